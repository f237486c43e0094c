import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiansuo.settings import Settings
from xiansuo.triage.learned import Placed, learned_rank
from xiansuo.triage.rubric import Learning, load_rubric

RUBRIC = load_rubric(Settings().rules / "ranking.yaml")
OUT = Placed(0.1 * 20, 0.1)
chances = st.floats(0, 1)
put_forward = st.builds(
    lambda points, scope: Placed(round(20 + 0.8 * points * scope, 4), scope, points), st.floats(0, 100), chances
)
put_off = st.builds(lambda scope: Placed(round(min(scope, 0.999) * 20, 4), scope), st.floats(0, 0.499))


def rank(placed: Placed, learned: float) -> float:
    return learned_rank(placed, learned, RUBRIC)


def test_what_decisions_speak_for_rises_above_the_floor() -> None:
    assert OUT.rank < RUBRIC.floor < rank(OUT, 0.8) < rank(OUT, 0.9)


def test_what_decisions_speak_against_falls_but_is_not_set_aside() -> None:
    forward = Placed(60.0, 0.9, 55.0)
    assert RUBRIC.floor < rank(forward, 0.1) < rank(forward, 0.5) < forward.rank


def test_points_that_the_machine_saw_count_for_a_clue_it_left_behind() -> None:
    assert rank(Placed(2.0, 0.1, 45.0), 0.8) > rank(OUT, 0.8)


@given(st.floats(0.01, 0.99), st.floats(1, 100))
def test_where_nothing_was_learned_nothing_moves(scope: float, points: float) -> None:
    placed = Placed(20 + 0.8 * points * scope, scope, points)
    assert rank(placed, scope) == pytest.approx(placed.rank, abs=1e-3)
    assert rank(Placed(scope / 2 * 20, scope / 2), scope / 2) == pytest.approx(scope / 2 * 20, abs=0.02)


@given(st.one_of(put_forward, put_off), chances)
def test_every_clue_keeps_a_place_and_none_that_was_put_forward_is_set_aside(placed: Placed, learned: float) -> None:
    assert 0 <= rank(placed, learned) <= 100
    assert placed.rank < RUBRIC.floor or rank(placed, learned) >= RUBRIC.floor


@given(st.one_of(put_forward, put_off), chances, chances)
def test_the_likelier_the_higher(placed: Placed, one: float, other: float) -> None:
    assert (rank(placed, one) <= rank(placed, other)) == (one <= other) or rank(placed, one) == rank(placed, other)


@given(st.floats(0.3, 1), st.floats(1, 99), chances)
def test_of_two_as_likely_the_more_checkable_one_stays_ahead(scope: float, points: float, learned: float) -> None:
    less, more = (Placed(20 + 0.8 * points * scope, scope, points) for points in (points, points + 1))
    assert rank(less, learned) <= rank(more, learned)


def test_the_shipped_rubric_says_when_to_learn() -> None:
    assert RUBRIC.learning == Learning(10, 20.0)
