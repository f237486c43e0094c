import random
from collections.abc import Callable, Container, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiansuo.triage.turns import CATEGORY, DEFERRED, DRAWN, LONGEST, Turns, in_turn

ROUND = (LONGEST, CATEGORY, DRAWN, DEFERRED)


def _oldest_of(waiting: Iterable[int]) -> Callable[[str, Container[int]], int | None]:
    return lambda _kind, placed: min((clue for clue in waiting if clue not in placed), default=None)


def test_by_rank_but_for_every_third_place() -> None:
    ranked = [5, 4, 3, 2, 1]
    order = list(in_turn(ranked, Turns(3, 0, ROUND), _oldest_of(ranked)))
    assert order == [(5, ""), (4, ""), (1, LONGEST), (3, ""), (2, "")]


def test_a_clue_whose_rank_would_bring_it_anyway_took_no_turn() -> None:
    assert list(in_turn([1, 2], Turns(2, 0, ROUND), lambda _kind, _placed: 2)) == [(1, ""), (2, "")]


@pytest.mark.parametrize("turns", [Turns(10, 7, ROUND), Turns(2, 7, ())])
def test_where_nobody_has_waited_long_the_order_is_by_rank(turns: Turns) -> None:
    assert [clue for clue, _ in in_turn(range(50), turns, lambda _kind, _placed: None)] == list(range(50))


@given(st.permutations(range(30)), st.integers(2, 6), st.integers(0, 40))
def test_every_clue_is_shown_exactly_once(ranked: list[int], every: int, read: int) -> None:
    order = [clue for clue, _ in in_turn(ranked, Turns(every, 0, ROUND), _oldest_of(ranked), read=read)]
    assert sorted(order) == list(range(30))


@pytest.mark.parametrize("at_once", [1, 3, 20])
def test_the_worst_ranked_clue_is_reached_although_better_ones_keep_coming(at_once: int) -> None:
    """Whatever arrives, a clue behind `m` older ones is read after at most every · kinds · (m + 1) readings."""
    turns, rng, older = Turns(5, 0, ROUND), random.Random(3), 4  # noqa: S311 - the same arrivals in every run
    waiting, read, number = dict.fromkeys(range(older + 1), 0.0), 0, older + 1
    while older in waiting:
        for _ in range(at_once):
            waiting[number], number = 1.0 + rng.random(), number + 1
        ranked = sorted(waiting, key=lambda clue: -waiting[clue])
        for clue, _ in list(in_turn(ranked, turns, _oldest_of(ranked), read=read))[:at_once]:
            del waiting[clue]
            read += 1
        assert read <= turns.every * len(ROUND) * (older + 1)
