import math

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Finding, Outcome
from xiansuo.evaluation.agreement import (
    SCOPE,
    Pair,
    agreement_of,
    beyond_chance,
    chance_by_margins,
    chance_by_prevalence,
    observed,
)
from xiansuo.evaluation.estimates import exact, tells_of_few
from xiansuo.evaluation.sight import FirstChoice, sight_of

GRAFT, WINDS = Category.EMBEZZLEMENT, Category.FOUR_WINDS
NONE = Finding(Outcome.OUT_OF_SCOPE)
TRIANGLE = (frozenset({1, 2}), frozenset({2, 3}), frozenset({1, 3}))


def _found(*labels: Category) -> Finding:
    return Finding(Outcome.CONFIRMED, labels) if labels else NONE


def _pairs(*counted: tuple[int, Finding, Finding]) -> list[Pair]:
    said = [(first, second) for count, first, second in counted for _ in range(count)]
    suggested = (frozenset({GRAFT}), frozenset({GRAFT}))
    return [Pair(first, second, suggested, TRIANGLE[place % 3]) for place, (first, second) in enumerate(said)]


def _beyond(table: list[int], *, rare: bool = False) -> float:
    counts = np.array(table)
    by_chance = chance_by_prevalence if rare else chance_by_margins
    return float(beyond_chance(observed(counts), by_chance(counts)))


# Feinstein & Cicchetti 1990: 85 of 100 answers are equal both times. AC1 of the second by Gwet 2008.
@pytest.mark.parametrize(
    ("table", "kappa", "ac1"),
    [([40, 9, 6, 45], 0.70, 0.70), ([80, 10, 5, 5], 0.32, 0.81), ([20, 5, 10, 15], 0.40, 0.40)],
)
def test_kappa_falls_where_a_class_is_rare_and_ac1_does_not(table: list[int], kappa: float, ac1: float) -> None:
    assert round(_beyond(table), 2) == kappa
    assert round(_beyond(table, rare=True), 2) == pytest.approx(ac1, abs=0.011)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@settings(deadline=None, phases=[Phase.generate])
@given(st.lists(st.integers(0, 30), min_size=4, max_size=4).filter(lambda table: sum(table) > 1))
def test_kappa_is_that_of_scikit_learn(table: list[int]) -> None:
    cells = [(True, True), (True, False), (False, True), (False, False)]
    first, second = zip(*[cell for cell, count in zip(cells, table, strict=True) for _ in range(count)], strict=True)
    expected = cohen_kappa_score(first, second, labels=[True, False])
    ours = _beyond(table)
    assert (math.isnan(ours) and math.isnan(expected)) or ours == pytest.approx(expected)


LABELS = st.sets(st.sampled_from([GRAFT, WINDS])).map(lambda labels: _found(*sorted(labels)))


@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(st.lists(st.tuples(LABELS, LABELS), min_size=30, max_size=60))
def test_who_is_called_the_first_reader_changes_nothing(said: list[tuple[Finding, Finding]]) -> None:
    pairs = _pairs(*((1, first, second) for first, second in said))
    turned = [Pair(one.second, one.first, one.suggested[::-1], one.readers) for one in pairs]
    one, other = agreement_of(pairs, []), agreement_of(turned, [])
    assert one.same == other.same
    for here, there in zip(one.questions, other.questions, strict=True):
        assert (here.people.raw, here.people.both, here.people.one) == (
            there.people.raw,
            there.people.both,
            there.people.one,
        )
        for ours, theirs in (
            (here.people.kappa, there.people.kappa),
            (here.people.ac1, there.people.ac1),
            (here.machine.raw, there.machine.raw),
            (here.machine.kappa, there.machine.kappa),
        ):
            assert _value(ours) == pytest.approx(_value(theirs), nan_ok=True)


def _value(one: object) -> float:
    return getattr(one, "value", math.nan)


def test_a_table_worked_out_by_hand_comes_with_intervals_around_it() -> None:
    # Of 50: 20 both in scope, 5 and 10 only one, 15 neither.
    found = agreement_of(
        _pairs(
            (20, _found(GRAFT), _found(GRAFT)), (5, _found(GRAFT), NONE), (10, NONE, _found(GRAFT)), (15, NONE, NONE)
        ),
        [],
    )
    scope = found.questions[0]
    assert (scope.code, scope.people.both, scope.people.one, scope.people.neither) == (SCOPE, 20, 15, 15)
    assert scope.people.raw == exact(35, 50)
    assert scope.people.kappa is not None
    assert scope.people.kappa.value == pytest.approx(0.4)
    assert scope.people.kappa.low < 0.4 < scope.people.kappa.high
    # The suggestion said yes to all: it agrees with each yes of either reader, 25 + 30 of 100 answers.
    assert scope.machine.raw is not None
    assert scope.machine.raw.value == pytest.approx(0.55)
    assert scope.machine.kappa is not None
    assert scope.machine.kappa.value == pytest.approx(0.0)


def test_where_nobody_differed_the_interval_still_has_a_width() -> None:
    found = agreement_of(_pairs((20, _found(GRAFT), _found(GRAFT)), (20, NONE, NONE)), [])
    kappa = found.questions[0].people.kappa
    assert kappa is not None
    assert kappa.value == 1.0
    assert 0.5 < kappa.low < 0.95


def test_a_category_that_hardly_anybody_named_says_how_many_clues_are_lacking() -> None:
    found = agreement_of(_pairs((30, _found(GRAFT), _found(GRAFT)), (4, _found(WINDS), NONE)), [])
    winds = next(one for one in found.questions if one.code == WINDS)
    assert winds.lacking == 6
    assert winds.people.kappa is None


def test_too_few_pairs_are_not_a_figure() -> None:
    found = agreement_of(_pairs((12, _found(GRAFT), NONE)), [])
    assert (found.lacking, found.same, found.questions) == (18, None, ())


def test_a_reader_who_was_not_sure_makes_no_pair() -> None:
    found = agreement_of(_pairs((30, NONE, NONE), (3, NONE, Finding(Outcome.UNSURE))), [])
    assert (found.pairs, found.unsure) == (30, 3)


@pytest.mark.parametrize(
    ("readers", "few"),
    [
        ([], False),
        ([{1, 2}] * 40, True),
        ([{1, 2}, {1, 3}] * 20, True),
        ([{1, 2}, {2, 3}, {1, 3}] * 15, False),
        ([{1, 2}] * 19 + [{3, 4}], True),
    ],
)
def test_figures_that_would_tell_about_single_people_are_withheld(readers: list[set[int]], few: bool) -> None:  # noqa: FBT001
    assert tells_of_few(readers) is few
    pairs = [Pair(NONE, NONE, (frozenset(), frozenset()), frozenset(one)) for one in readers]
    found = agreement_of(pairs, [])
    assert found.withheld is few
    assert not (few and found.questions)


def _choices(hits: int, tries: int, *, blind: bool, stratum: str = "1") -> list[FirstChoice]:
    said = [_found(GRAFT)] * hits + [NONE] * (tries - hits)
    return [FirstChoice(one, frozenset({GRAFT}), blind, stratum, reader=place % 3) for place, one in enumerate(said)]


def test_the_difference_that_sight_makes_has_the_interval_that_newcombe_published() -> None:
    # Newcombe 1998 II, table II (a), method 10: 56/70 - 48/80.
    found = sight_of([*_choices(56, 70, blind=False), *_choices(48, 80, blind=True)]).difference
    assert found is not None
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (0.2, 0.0524, 0.3339)


def test_rounds_with_other_shares_are_compared_each_by_itself() -> None:
    # In either round sight changes nothing; put in one pot the blind ones would look worse.
    easy = [*_choices(90, 100, blind=False, stratum="1"), *_choices(9, 10, blind=True, stratum="1")]
    hard = [*_choices(5, 10, blind=False, stratum="2"), *_choices(50, 100, blind=True, stratum="2")]
    found = sight_of([*easy, *hard]).difference
    assert found is not None
    assert found.value == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("first", "then", "towards", "away"),
    [(NONE, _found(GRAFT), 1, 0), (_found(GRAFT), NONE, 0, 1), (_found(WINDS), NONE, 1, 0), (NONE, NONE, 0, 0)],
)
def test_a_change_after_seeing_goes_towards_the_suggestion_or_away_from_it(
    first: Finding, then: Finding, towards: int, away: int
) -> None:
    one = FirstChoice(first, frozenset({GRAFT}), blind=True, stratum="1", reader=1, revised=then)
    found = sight_of([*_choices(30, 30, blind=False), *_choices(30, 30, blind=True), one])
    assert (found.towards, found.away, found.changed) == (towards, away, towards + away)
