"""What readers are shown, by the definitions under which the commands `classify` and `link` are judged, on rows made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from xiansuo.classifiers.corpus import GoldLetter, Quote
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType
from xiansuo.evaluation.grouping import b_cubed, pairs
from xiansuo.evaluation.outputs import Outputs, Shown
from xiansuo.evaluation.report import Report, measure

TAKEN, BEATEN = Category.EMBEZZLEMENT, Category.BULLYING


def letter(number: int, *labels: Category, matter: str = "", **more: object) -> GoldLetter:
    plain = GoldLetter(
        f"a1-{number}", "natural", "a1", matter or f"m{number}", Kind.FORM, "", "一二三四五六七八九十", None,
        bool(labels), frozenset(labels), priority=3 * bool(labels),
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


QUOTED = (Quote(TAKEN, Span(0, 3)), Quote(BEATEN, Span(6, 8)))
GOLD = (
    letter(0, TAKEN, BEATEN, matter="same", quotes=QUOTED, petitioner=("李四", "张三"), respondents=("张三", "王五")),
    letter(1, TAKEN, matter="same", kind=Kind.TRANSCRIPT, quotes=(Quote(TAKEN, Span(2, 4)),)),
    letter(2, kind=Kind.TRANSCRIPT, named={"org": ("柳河镇政府", "县医院")}),
    letter(3, picked="random"),
)
SHOWN = (
    Shown(allegations=((TAKEN, Span(2, 5)), (TAKEN, Span(4, 7))), masked="〔反映人〕告王五", clue="1"),
    Shown(allegations=((BEATEN, Span(3, 4)),), abstained=True, clue="2"),
    Shown(entities=((EntityType.ORG, "柳河镇"),), clue="2"),
    Shown(clue="4"),
)
RAISED = ((TAKEN,), (), (BEATEN,), ())


@pytest.fixture(scope="module")
def report() -> Report:
    raised = np.array([[category in row for category in CATEGORIES] for row in RAISED])
    scope = np.array([0.9, 0.1, 0.6, 0.2])
    given = Outputs(scope, np.where(raised, 0.8, 0.1), raised, scope)
    return measure(GOLD, given, data="d", method="m", rounds=0, shown=SHOWN)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("quotes_covered", 1 / 3),
        ("accusations_covered", 3 / 3),
        ("text_shown", (5 / 10 + 1 / 10) / 2),
        ("masked", 1 / 1),
        ("readable", 1 / 1),
        ("entities_org", 1 / 2),
        ("abstained", 1 / 4),
        ("silently_missed", 0 / 2),
        ("in_scope_found", 1 / 2),
        ("serious_found", 1 / 2),
        ("out_of_scope_raised", 1 / 2),
        ("random_out_of_scope_raised", 0 / 1),
        ("interview_found", 0 / 1),
        ("interview_out_of_scope_raised", 1 / 1),
        ("interview_macro_f1", 0.0),
        ("macro_f1", (2 / 3 + 0 + 0 + 0 + 0 + 0) / 6),
        ("precision_bullying", 0 / 1),
        ("recall_embezzlement", 1 / 2),
        ("pairs_found", 0 / 1),
        ("pairs_right", 0 / 1),
        ("b_cubed_precision", (1 + 1 / 2 + 1 / 2 + 1) / 4),
        ("b_cubed_recall", (1 / 2 + 1 / 2 + 1 + 1) / 4),
    ],
)
def test_a_figure_of_what_is_shown_follows_its_definition(report: Report, figure: str, expected: float) -> None:
    assert report.value(figure) == pytest.approx(expected)


def test_a_quote_counts_where_it_is_touched_though_by_another_category(report: Report) -> None:
    assert report.value("accusations_covered") > report.value("quotes_covered")


def test_perfect_groups_have_no_fault_and_one_heap_keeps_every_pair() -> None:
    matters = ["a", "a", "b", "c"]
    assert all((share == 1).all() for share in b_cubed(matters, matters))
    precision, recall = b_cubed(matters, ["x"] * 4)
    assert (precision.mean(), recall.mean()) == (pytest.approx(6 / 16), 1.0)
    heap = pairs(matters, ["x"] * 4)
    assert (heap.same.sum(), heap.found.sum(), heap.joined.sum()) == (1, 1, 6)


def test_nothing_is_said_of_links_where_no_two_letters_are_on_one_matter() -> None:
    gold = [replace(one, matter=one.id) for one in GOLD]
    given = Outputs(np.full(4, 0.5), np.zeros((4, 6)), np.zeros((4, 6), dtype=bool), np.full(4, 0.5))
    found = measure(gold, given, data="d", method="m", rounds=0, shown=[replace(one, clue="") for one in SHOWN])
    assert found.figure("b_cubed_f1") is None
    assert found.figure("abstained") is not None
