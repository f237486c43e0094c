from pathlib import Path

import numpy as np
import pytest

from tests.evaluation.test_shown import BEATEN, GOLD, TAKEN
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Context, RuleHit
from xiansuo.errors import UsageError
from xiansuo.evaluation.curves import reading, reliability, risk_coverage
from xiansuo.evaluation.gold import answers
from xiansuo.evaluation.mistakes import rules_of, worst
from xiansuo.evaluation.outputs import Outputs
from xiansuo.evaluation.report import Figure, Report
from xiansuo.evaluation.slices import confusion, is_shown, slices
from xiansuo.evaluation.split import growing
from xiansuo.evaluation.targets import Target, as_lines, read_targets, rows

HOME = Path(__file__).resolve().parents[2]
LETTERS = GOLD * 6


def given(scope: list[float], *raised: tuple[str, ...]) -> Outputs:
    said = np.array([[category in row for category in CATEGORIES] for row in raised])
    return Outputs(np.array(scope), np.where(said, 0.8, 0.1), said, np.array(scope))


ONE = given([0.9, 0.1, 0.6, 0.2], (TAKEN,), (), (BEATEN,), ())
MANY = given([0.9, 0.1, 0.6, 0.2] * 6, *((TAKEN,), (), (BEATEN,), ()) * 6)


def test_a_right_proposal_for_the_other_category_is_no_confusion() -> None:
    table = confusion(answers(GOLD), ONE)
    row = dict(zip(CATEGORIES, table.cells, strict=False))
    taken, beaten, none = list(CATEGORIES).index(TAKEN), list(CATEGORIES).index(BEATEN), len(CATEGORIES)
    assert (row[TAKEN][taken], row[TAKEN][none], row[BEATEN][taken]) == (1, 1, 0)
    assert (table.cells[-1][beaten], table.cells[-1][none]) == (1, 1)
    assert table.letters[-1] == 2


def test_small_cells_show_no_share() -> None:
    found = {(one.group, one.name): one for one in slices(LETTERS, answers(LETTERS), MANY)}
    forms = found["kind", "form"]
    assert (forms.letters, forms.missed.hits, forms.missed.tries) == (12, 0, 6)
    assert not is_shown(forms.missed)
    whole = found["length", "below_150"]
    assert is_shown(whole.missed)
    assert (whole.missed.value, whole.raised.value) == (0.5, 0.5)


def test_the_most_certain_answers_carry_the_least_risk() -> None:
    abstained = np.array([False, True, True, False] * 6)
    found = risk_coverage(answers(LETTERS), MANY, abstained, threshold=0.2)
    assert found.points[-1] == (1.0, 0.5)
    assert found.band == (0.5, 0.0)


def test_reading_in_the_best_order_finds_everything_first() -> None:
    truth = np.array([True, False, True, False])
    assert reading(truth, truth.astype(float)) == ((0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (0.75, 1.0), (1.0, 1.0))


def test_a_bin_says_how_sure_its_share_is() -> None:
    (low, high) = reliability(np.array([False, True, True]), np.array([0.15, 0.95, 0.95]))
    assert (low.letters, low.observed, high.observed) == (1, 0.0, 1.0)
    assert low.high > high.high - high.low > 0.5


def test_the_worst_errors_are_serious_letters_missed_and_sure_false_alarms() -> None:
    missed, false = worst(answers(GOLD), ONE)
    assert ([GOLD[row].id for row in missed], [GOLD[row].id for row in false]) == (["a1-1"], ["a1-2"])


def test_a_rule_counts_when_one_of_its_hits_does() -> None:
    silent = RuleHit("r", TAKEN, "", Span(0, 1), Span(0, 2), 1.0, "", frozenset({Context.NEGATED}))
    loud = RuleHit("s", TAKEN, "", Span(0, 1), Span(0, 2), 1.0, "")
    assert rules_of([silent, silent]) == (("r", False),)
    assert rules_of([silent, loud, RuleHit("r", TAKEN, "", Span(3, 4), Span(3, 5), 1.0, "")]) == (
        ("r", True),
        ("s", True),
    )


def test_a_larger_share_of_matters_holds_the_smaller_one() -> None:
    some, more = (set(growing(LETTERS, share).tolist()) for share in (0.3, 0.7))
    assert some <= more <= set(range(len(LETTERS)))


def test_a_target_without_a_report_is_unmeasured_and_never_reached() -> None:
    targets = read_targets(HOME / "evaluation/targets.toml")
    report = Report("某县", "xiansuo", 9, (Figure("scope_auroc", 0.96, 0.9, 1.0, 9), Figure("slope", 1.3, 1, 2, 9)))
    found = {(row.target.figure, row.on): row for row in rows(targets, [report], gold=["某县"])}
    assert found["scope_auroc", "某县"].reached
    assert not found["slope", "某县"].reached
    assert found["mean_ap", "某县"].figure is None
    assert not any(row.reached for row in found.values() if row.figure is None)
    lines = list(as_lines([found["scope_auroc", "某县"], found["slope", "某县"], found["mean_ap", "某县"]]))
    assert [line.split()[0] for line in lines] == ["达到", "未达到", "未测量"]
    assert all(
        "某县" in line and row in line for line, row in zip(lines, ("≥ 0.95", "0.8–1.25", "≥ 0.75"), strict=True)
    )


@pytest.mark.parametrize(
    "content", ["[[target]]\nfigure = 'ece'\non = ['gold']", "[[target]]\nfigure = 1", "target = 3", "["]
)
def test_unusable_targets_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "targets.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"targets\.toml"):
        read_targets(tmp_path / "targets.toml")


def test_both_bounds_of_a_target_hold() -> None:
    slope = Target(figure="slope", on=("gold",), least=0.8, most=1.25)
    assert [slope.reached(value) for value in (0.7, 1.0, 1.3)] == [False, True, False]
