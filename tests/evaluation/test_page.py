import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tests.evaluation.test_shown import GOLD, RAISED, SHOWN
from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation.behaviours import PairKind, Rate
from xiansuo.evaluation.charts import Axis, Series, plot
from xiansuo.evaluation.curves import curves
from xiansuo.evaluation.evaluation import Behaviour, Details, Evaluation, LearningStep, Mode, Part
from xiansuo.evaluation.gold import answers
from xiansuo.evaluation.mistakes import Mistake, Word
from xiansuo.evaluation.outputs import Outputs
from xiansuo.evaluation.page import HEADLINE, SECTIONS, render
from xiansuo.evaluation.report import Figure, measure
from xiansuo.evaluation.slices import confusion, slices
from xiansuo.evaluation.targets import Target, TargetRow
from xiansuo.evaluation.verdict import hundred
from xiansuo.evaluation.words import Words

LETTERS = GOLD * 12


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    raised = np.array([[category in row for category in CATEGORIES] for row in RAISED] * 12)
    scope = np.array([0.9, 0.1, 0.6, 0.2] * 12)
    given = Outputs(scope, np.where(raised, 0.8, 0.1), raised, scope)
    said, abstained = answers(LETTERS), np.array([one.abstained for one in SHOWN] * 12)
    mistake = Mistake(
        "a1-1", missed=True, abstained=False, scope=0.1, gold=(CATEGORIES[0],), proposed=(), words=(Word("<推>", -1.0),),
        rules=(("sf-1", False),), context="前后文",
    )  # fmt: skip
    report = measure(LETTERS, given, data="literary, by matter", method="xiansuo", rounds=3, shown=SHOWN * 12)
    details = Details(
        curves(said, given, abstained, threshold=0.2),
        confusion(said, given),
        slices(LETTERS, said, given),
        (),
        (mistake,),
    )
    part = Part("literary", Mode.BY_MATTER, 48, 24, authored=True, report=report, details=details)
    rows = (TargetRow(Target(figure="ece", on=("literary, by matter",), most=0.05), part.report.data, None),)
    half = replace(report, data="literary")
    rate = Rate("negation", PairKind.MINIMAL, 4, 3, 2, 1, 1, 0, ("negation-01a",))
    return Evaluation(
        "2026-01-01", "xiansuo evaluate", "0", 5, 0.2, (part,), rows,
        learning=(LearningStep(0.5, 20, (half,)), LearningStep(1.0, 40, (half,))),
        behaviours=(Behaviour(rate, None, rate),),
    )  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["chinese", "english"])
def page(request: pytest.FixtureRequest, evaluation: Evaluation) -> str:
    return render(evaluation, english=request.param)


def test_the_page_needs_no_script_and_no_network(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page)
    assert "default-src 'none'" in page


def test_the_verdict_stands_before_every_table_and_says_what_it_does_not_show(page: str) -> None:
    first = min(page.index("<table"), page.index("<svg"))
    assert page.index('class="verdict"') < first
    assert page.count("<li>") >= 5
    assert page.index("<li>") < first


def test_words_of_letters_cannot_become_markup(page: str) -> None:
    assert "&lt;推&gt;" in page
    assert "<推>" not in page


def test_every_tag_is_closed(page: str) -> None:
    opened: list[str] = []

    class Balanced(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            if tag not in {"meta", "br"}:
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Balanced().feed(re.sub(r"<([\w]+)[^<>]*/>", "", page))
    assert opened == []


def test_the_chinese_page_speaks_chinese_only(evaluation: Evaluation) -> None:
    page = render(evaluation, english=False)
    seen = re.sub(r"<style.*?</style>|<[^>]+>|&nbsp;", " ", page, flags=re.DOTALL)
    commands = {"xiansuo", "evaluate", "simulate", "rules", "stats", "benchmarks", "copies"}
    proper = {"Wilson", "Review", "evaluation", "gold", "frozen", "with", "text"}
    assert set(re.findall(r"[A-Za-z][a-z]{3,}", seen)) - proper - commands == set()


@pytest.mark.parametrize("english", [False, True])
def test_everything_measured_has_a_name_in_both_languages(*, english: bool) -> None:
    words = Words(english=english)
    names = {*HEADLINE, *(name for group in SECTIONS.values() for name in group), "letters_per_second"}
    assert [name for name in sorted(names) if f"figure.{name}" not in words] == []
    assert words.data("literary, author left out") != "literary, author left out"
    assert "某县2025" in words.data("某县2025")


@pytest.mark.parametrize(
    ("low", "high", "turned", "told"),
    [(0.031, 0.08, False, "3–8"), (0.92, 0.97, True, "3–8"), (0.001, 0.002, False, "0")],
)
def test_a_range_is_told_as_letters_of_a_hundred(low: float, high: float, told: str, *, turned: bool) -> None:
    assert hundred(Figure("f", 0.05, low, high, 50), turned=turned) == told


def test_drawings_are_sound_vectors_that_name_chinese_fonts() -> None:
    drawn = plot(
        [Series("四风 & <b>", ((0, 0), (0.5, 2.0))), Series("点", ((0.2, 0.3),), ((0.1, 0.4),), dots=True)],
        Axis("召回率"),
        Axis("准确率"),
        title="图",
    )
    root = ET.fromstring(drawn)  # noqa: S314 - our own drawing
    assert "Noto Sans CJK SC" in root.attrib["font-family"]
    assert "四风 & <b>" in "".join(root.itertext())
    places = [
        float(number)
        for path in root.iter()
        if "d" in path.attrib
        for number in re.findall(r"[\d.]+", path.attrib["d"])
    ]
    assert max(places) <= 500
