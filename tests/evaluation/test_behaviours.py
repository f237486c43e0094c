import json
from pathlib import Path

import pytest

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Suggestion
from xiansuo.errors import UsageError
from xiansuo.evaluation.behaviours import Case, PairKind, Rate, rates, read_behaviours, shortfalls

TAKEN, GIFTS = Category.EMBEZZLEMENT, Category.FOUR_WINDS


def case(id_: str, *labels: Category, test: PairKind = PairKind.MINIMAL, pair: str = "p") -> Case:
    return Case(id_, pair, test, "negation", "letter", "", "文字", bool(labels), frozenset(labels), held=False)  # type: ignore[arg-type]


def said(*labels: Category, scope: float = 0.5) -> Suggestion:
    return Suggestion(scope, {}, labels, abstained=False)


def one(cases: list[Case], suggestions: list[Suggestion]) -> Rate:
    (rate,) = rates(cases, suggestions)
    return rate


def test_a_pair_is_right_only_when_both_of_its_cases_are() -> None:
    rate = one([case("a"), case("b", TAKEN)], [said(), said()])
    assert (rate.right, rate.cases, rate.pairs_right, rate.missed, rate.wrong) == (1, 2, 0, 1, ("b",))


def test_a_proposal_may_name_more_than_the_expected_category_but_must_name_it() -> None:
    assert one([case("b", TAKEN)], [said(TAKEN, GIFTS)]).right == 1
    assert one([case("b", TAKEN)], [said(GIFTS)]).right == 0


def test_a_case_that_should_not_be_raised_and_is_counts_as_falsely_raised() -> None:
    assert one([case("a")], [said(GIFTS)]).falsely_raised == 1


@pytest.mark.parametrize(
    ("changed", "right"),
    [(said(scope=0.6), True), (said(scope=0.9), False), (said(GIFTS, scope=0.5), False)],
)
def test_a_changed_case_must_get_the_answer_of_the_one_it_was_made_from(changed: Suggestion, *, right: bool) -> None:
    cases = [case("a", TAKEN, test=PairKind.INVARIANCE), case("b", TAKEN, test=PairKind.INVARIANCE)]
    assert one(cases, [said(), changed]).wrong == (("a",) if right else ("a", "b"))


def test_what_falls_below_its_minimum_is_named_with_the_cases_that_are_wrong() -> None:
    rate = one([case("a"), case("b", TAKEN)], [said(), said()])
    assert list(shortfalls([rate], {"negation": 0.5})) == []
    assert list(shortfalls([rate], {"negation": 0.8, "question": 0.1})) == [
        "negation：1/2 符合，低于 0.80；不符合的是 b。",
        "question：没有用例，无法核对。",
    ]


def test_a_line_that_is_no_case_is_named_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps({"id": "a"}) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="第 1 行不是行为用例"):
        read_behaviours(file)
