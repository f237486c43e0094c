"""Owns how strongly two letters tell of the same doings: rare words, sums, times, category."""

import math

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Facts
from xiansuo.triage.identity import Shared
from xiansuo.triage.quantities import bounds
from xiansuo.triage.traits import Traits

_RARE, _TOPIC = 2.0, 1.0
_TYPICAL = 60
"""So many telling words have the letters by which the weights were set."""
_MOST_SUMS = 3.0
_MANY_PAIRS = 60
_DAY, _MONTH, _YEAR = 1.0, 0.7, 0.3
_SAME_CATEGORY = {Category.VOTE_BUYING: 2.0}
"""The rarer a category, the more it says that two letters share it; 1 for the others."""
_OTHER_CATEGORY, _ONE_ACCUSES, _NONE_ACCUSES = -1.0, -1.5, -4.5


def telling(one: Traits, other: Traits, shared: Shared) -> float:
    """Return the weight of the rare words that two letters have in common, what long letters share by chance discounted."""
    common = (one.terms & other.terms) - shared.names - shared.strange
    rare = len(common & (one.facts.rare | other.facts.rare))
    weight = _RARE * rare + _TOPIC * (len(common) - rare)
    return weight * _by_chance(min(len(one.terms), len(other.terms)))


def most_telling(common: int, fewest: int) -> float:
    """Return the most that `common` words can weigh between letters of which the shorter has `fewest`."""
    return _RARE * common * _by_chance(fewest)


def _by_chance(fewest: int) -> float:
    return math.sqrt(_TYPICAL / (_TYPICAL / 3 + fewest))


def category(one: Facts, other: Facts) -> float:
    """Return what the proposed categories say for or against the same matter."""
    if one.categories and other.categories:
        both = one.categories & other.categories
        return max((_SAME_CATEGORY.get(shared, 1.0) for shared in both), default=_OTHER_CATEGORY)
    # Letters that accuse nobody share towns, offices and prices without sharing a matter.
    return _ONE_ACCUSES if one.categories or other.categories else _NONE_ACCUSES


def sums(one: Facts, other: Facts) -> float:
    """Return the weight of equal and overlapping sums and counts, 0 to 3."""
    points = sorted((_sum(a, b) for a in one.sums for b in other.sums), reverse=True)[:3]
    # Between two long lists of sums some agree by chance.
    chance = 0.5 if len(one.sums) * len(other.sums) > _MANY_PAIRS else 1.0
    return min(_MOST_SUMS, sum(points)) * chance


def _sum(one: str, other: str) -> float:
    first, second = bounds(one), bounds(other)
    if first is None or second is None or first[2] != second[2] or first[1] < second[0] or second[1] < first[0]:
        return 0.0
    if one != other:
        return 0.4
    digits = len(f"{first[0]:.2f}".replace(".", "").strip("0"))
    return {1: 0.4, 2: 0.7}.get(digits, 1.5)


def times(one: Facts, other: Facts) -> float:
    """Return the weight of the closest time that both letters tell: a day, a month or a year."""
    if any(len(time) == len("2021-01-01") and "/" not in time for time in one.times & other.times):
        return _DAY
    if _months(one) & _months(other):
        return _MONTH
    return _YEAR if {time[:4] for time in one.times} & {time[:4] for time in other.times} else 0.0


def _months(facts: Facts) -> set[str]:
    return {time[:7] for time in facts.times if len(time) >= len("2021-01") and "/" not in time[:7]}
