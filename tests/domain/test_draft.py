"""How choices grow into a decision: categories follow allegations, and nothing proposed disappears unseen."""

import pytest

from xiansuo.domain.category import Category
from xiansuo.domain.decision import FoundAllegation, Origin, Outcome
from xiansuo.domain.draft import (
    Draft,
    Place,
    Proposal,
    add,
    choose,
    drop,
    found,
    labels_of,
    outcome_of,
    refile,
    restore,
    worked,
)
from xiansuo.domain.spans import Span

GRAFT, WINDS, BULLY = Category.EMBEZZLEMENT, Category.FOUR_WINDS, Category.BULLYING
ONE, TWO = Place(1, 0, 5, GRAFT), Place(1, 6, 9, WINDS)
OWN = Place(1, 10, 14, BULLY)
PROPOSED = Proposal((GRAFT, WINDS), {ONE: "B6", TWO: "A2"})


def test_an_untouched_draft_is_the_suggestion() -> None:
    assert labels_of(Draft(), PROPOSED) == (GRAFT, WINDS)
    assert outcome_of((WINDS, GRAFT), PROPOSED, touched=False) is Outcome.CONFIRMED
    assert outcome_of((GRAFT,), PROPOSED, touched=False) is Outcome.CORRECTED
    assert outcome_of((WINDS, GRAFT), PROPOSED, touched=True) is Outcome.CORRECTED


@pytest.mark.parametrize(
    ("draft", "labels"),
    [
        (add(Draft(), PROPOSED, OWN), {GRAFT, WINDS, BULLY}),
        (drop(Draft(), PROPOSED, TWO), {GRAFT}),
        (refile(Draft(), PROPOSED, TWO, BULLY), {GRAFT, BULLY}),
        (restore(drop(Draft(), PROPOSED, TWO), PROPOSED, TWO), {GRAFT, WINDS}),
        (restore(refile(Draft(), PROPOSED, TWO, BULLY), PROPOSED, TWO), {GRAFT, WINDS}),
        (drop(add(Draft(), PROPOSED, OWN), PROPOSED, OWN), {GRAFT, WINDS}),
        (refile(add(Draft(), PROPOSED, OWN), PROPOSED, OWN, GRAFT), {GRAFT, WINDS}),
        (add(choose(Draft(), PROPOSED, [WINDS]), PROPOSED, OWN), {WINDS, BULLY}),
    ],
)
def test_categories_follow_the_allegations(draft: Draft, labels: set[Category]) -> None:
    assert set(labels_of(draft, PROPOSED)) == labels


def test_a_dropped_allegation_stays_in_sight_and_out_of_the_decision() -> None:
    draft = refile(drop(add(Draft(), PROPOSED, OWN), PROPOSED, ONE), PROPOSED, TWO, BULLY)
    assert [(one.place, one.dropped, one.origin) for one in worked(draft, PROPOSED)] == [
        (ONE, True, Origin.KEPT),
        (TWO, False, Origin.REFILED),
        (OWN, False, Origin.ADDED),
    ]
    assert found(draft, PROPOSED, (BULLY,)) == (
        FoundAllegation(1, Span(6, 9), BULLY, "", Origin.REFILED),
        FoundAllegation(1, Span(10, 14), BULLY, "", Origin.ADDED),
    )


def test_allegations_of_categories_not_chosen_are_not_decided() -> None:
    assert found(Draft(), PROPOSED, (GRAFT,)) == (FoundAllegation(1, Span(0, 5), GRAFT, "B6", Origin.KEPT),)


def test_adding_what_is_proposed_puts_it_back() -> None:
    draft = add(drop(Draft(), PROPOSED, ONE), PROPOSED, ONE)
    assert not draft.touches_allegations
    assert draft.labels is None


def test_a_place_is_named_in_a_form_and_read_again() -> None:
    assert Place.parse(OWN.key) == OWN
    with pytest.raises(ValueError, match="not enough values"):
        Place.parse("1-2")
