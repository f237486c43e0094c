"""What is said of missed clues holds as often as it claims, in offices where letters, order and readers all move."""

import pytest
from scipy.stats import binomtest

from benchmarks.elusion import Floats, Held, offices, secret_lots

LOTS = 30_000
OFFICES = 200


def _too_rare(held: list[bool]) -> bool:
    """Tell whether so few of them could hardly be chance if 95 % hold."""
    return binomtest(sum(held), len(held), 0.95, alternative="less").pvalue < 0.01


@pytest.fixture(scope="module")
def lots() -> Floats:
    return secret_lots(LOTS)


@pytest.fixture(scope="module")
def many(lots: Floats) -> list[Held]:
    """Offices in which one of ten set-aside clues holds an accusation, where a bound is most easily wrong."""
    return list(offices(lots, 2_000, 0.1, OFFICES, seed=5))


def test_the_bounds_hold_in_at_least_nineteen_of_twenty_offices(many: list[Held]) -> None:
    assert not _too_rare([one.truth <= one.most for one in many])
    assert not _too_rare([one.low <= one.truth <= one.high for one in many])
    assert sum(one.most for one in many) < 0.2 * sum(one.pile for one in many)


def test_they_hold_for_a_small_pile_that_is_read_in_large_part(lots: Floats) -> None:
    found = list(offices(lots, 200, 0.02, OFFICES, seed=5))
    assert not _too_rare([one.truth <= one.most for one in found])


def test_a_bound_that_claims_too_much_is_noticed(many: list[Held]) -> None:
    assert _too_rare([one.truth <= one.most * 0.8 for one in many])


def test_where_readers_overlook_much_only_the_careful_bound_holds(lots: Floats) -> None:
    found = list(offices(lots, 2_000, 0.1, OFFICES // 4, seed=5, overlooked=0.3))
    assert _too_rare([one.truth <= one.most for one in found])
    assert not _too_rare([one.truth <= one.careful for one in found])
