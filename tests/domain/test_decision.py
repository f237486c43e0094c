"""Which of several readings of a clue holds."""

import pytest

from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState, Finding, Judgement, Mode, Outcome, settle

GRAFT, WINDS = Category.EMBEZZLEMENT, Category.FOUR_WINDS
CONFIRMED = Finding(Outcome.CONFIRMED, (GRAFT,))
CORRECTED = Finding(Outcome.CORRECTED, (GRAFT, WINDS))
OUTSIDE = Finding(Outcome.OUT_OF_SCOPE, destination="Z1")
UNSURE = Finding(Outcome.UNSURE)


def first(finding: Finding) -> Judgement:
    return Judgement(1, Mode.OPEN, finding)


def second(finding: Finding) -> Judgement:
    return Judgement(2, Mode.SECOND, finding)


@pytest.mark.parametrize(
    ("readings", "double", "state", "final"),
    [
        ([], False, ClueState.OPEN, None),
        ([first(CONFIRMED)], False, ClueState.DECIDED, CONFIRMED),
        ([first(CONFIRMED)], True, ClueState.SECOND, None),
        ([first(UNSURE)], False, ClueState.DISPUTED, None),
        ([first(UNSURE)], True, ClueState.SECOND, None),
        ([first(UNSURE), second(UNSURE)], True, ClueState.DISPUTED, None),
        ([first(CONFIRMED), second(CONFIRMED)], True, ClueState.DECIDED, CONFIRMED),
        ([first(CONFIRMED), second(CORRECTED)], True, ClueState.DISPUTED, None),
        ([first(CONFIRMED), second(OUTSIDE)], True, ClueState.DISPUTED, None),
        ([first(CONFIRMED), first(CORRECTED)], False, ClueState.DECIDED, CORRECTED),
        (
            [first(CONFIRMED), second(OUTSIDE), Judgement(3, Mode.ADJUDICATED, OUTSIDE)],
            True,
            ClueState.DECIDED,
            OUTSIDE,
        ),
    ],
)
def test_readings_settle_where_a_clue_stands(
    readings: list[Judgement], *, double: bool, state: ClueState, final: Finding | None
) -> None:
    assert settle(readings, double=double) == (state, final)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (CONFIRMED, Finding(Outcome.CORRECTED, (GRAFT,)), True),
        (CORRECTED, Finding(Outcome.CORRECTED, (WINDS, GRAFT)), True),
        (CONFIRMED, CORRECTED, False),
        (OUTSIDE, Finding(Outcome.OUT_OF_SCOPE, destination="Z2"), True),
        (OUTSIDE, Finding(Outcome.NO_SUBSTANCE), False),
    ],
)
def test_two_readings_agree_on_categories_or_on_why_there_are_none(one: Finding, other: Finding, *, same: bool) -> None:
    assert one.agrees(other) is same
    assert other.agrees(one) is same


def test_a_lead_who_read_first_and_then_decides_between_the_readings_has_the_last_word() -> None:
    readings = [first(CONFIRMED), second(OUTSIDE), Judgement(1, Mode.ADJUDICATED, OUTSIDE)]
    assert settle(readings, double=True) == (ClueState.DECIDED, OUTSIDE)
