"""Bounds on how many clues a pile holds: against tables of the field, against counting all samples, and against each other."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiansuo.evaluation.finite import fewest, most, share_at_most, still_to_read

ENDLESS = 10**7


@pytest.mark.parametrize(("read", "share"), [(299, 0.01), (149, 0.02), (59, 0.05)])
def test_none_found_bounds_the_share_as_the_field_knows_it(read: int, share: float) -> None:
    assert share_at_most(read, 0) <= share < share_at_most(read - 1, 0)
    assert most(ENDLESS, read, 0) / ENDLESS == pytest.approx(share_at_most(read, 0), rel=1e-4)


@pytest.mark.parametrize(("pile", "read"), [(200, 59), (2000, 149), (500, 299)])
def test_a_pile_that_ends_is_bounded_more_tightly_than_one_without_end(pile: int, read: int) -> None:
    assert most(pile, read, 0) / pile < share_at_most(read, 0)


@pytest.mark.parametrize("found", [0, 1, 2])
def test_the_bound_is_what_counting_every_possible_sample_says(found: int) -> None:
    pile, read = 9, 4

    def chance(clues: int) -> float:
        samples = combinations(range(pile), read)
        return sum(sum(one < clues for one in sample) <= found for sample in samples) / comb(pile, read)

    likely = [clues for clues in range(pile + 1) if chance(clues) > 0.05]
    assert most(pile, read, found) == max(one for one in likely if one <= pile - (read - found))


@st.composite
def piles(draw: st.DrawFn) -> tuple[int, int, int]:
    pile = draw(st.integers(1, 3000))
    read = draw(st.integers(0, pile))
    return pile, read, draw(st.integers(0, min(read, 20)))


@given(piles())
def test_bounds_hold_what_was_found_and_leave_out_what_was_found_clean(one: tuple[int, int, int]) -> None:
    pile, read, found = one
    assert found <= fewest(pile, read, found) <= most(pile, read, found) <= pile - (read - found)
    assert most(pile, read, found, missed=0.1) >= most(pile, read, found)


@given(piles())
def test_all_read_is_known_and_nothing_read_is_not(one: tuple[int, int, int]) -> None:
    pile, _, found = one
    assert most(pile, pile, min(found, pile)) == min(found, pile)
    assert most(pile, 0, 0) == pile


@given(piles(), st.sampled_from([0.05, 0.02, 0.01, 0.005]))
def test_reading_as_many_as_it_says_suffices_and_one_fewer_does_not(one: tuple[int, int, int], target: float) -> None:
    pile, read, found = one
    more = still_to_read(pile, read, found, target)
    if more is None:
        assert found > target * pile
        return
    assert most(pile, read + more, found) <= target * pile
    assert more == 0 or most(pile, read + more - 1, found) > target * pile


def test_with_the_same_share_more_is_needed_and_a_share_above_the_target_is_never_enough() -> None:
    none, same = still_to_read(10_000, 100, 1, 0.02), still_to_read(10_000, 100, 1, 0.02, same_share=True)
    assert none is not None
    assert same is not None
    assert 0 < none < same
    assert still_to_read(10_000, 100, 5, 0.01, same_share=True) is None


def test_more_found_than_read_is_refused() -> None:
    with pytest.raises(ValueError, match="found 3 of 2"):
        most(10, 2, 3)
