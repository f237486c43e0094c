"""Owns what a figure about people's readings needs before it is shown: an interval, enough clues, and enough people behind it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

FEWEST_CLUES = 30
"""From fewer clues no share and no kappa is shown: the interval of a share would be wider than 35 points."""

FEWEST_PEOPLE = 3
"""With two readers the share of agreement is a figure about these two; a third makes it one about the office."""

LARGEST_PART = 0.9
"""Where one person had a part in more of the clues than this, the figure is about that person, however many others there are."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def tells_of_few(readers: Sequence[Collection[int]]) -> bool:
    """Tell whether a figure over clues with these readers would be one about single people."""
    parts = Counter(reader for one in readers for reader in one)
    few = len(parts) < FEWEST_PEOPLE
    return bool(parts) and (few or max(parts.values()) > LARGEST_PART * len(readers))


def exact(hits: int, tries: int) -> Estimate:
    """Return a share with its exact 95 % interval (Clopper & Pearson 1934). Raises ValueError where there are no tries."""
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import, and most processes never ask this

    low, high = binomtest(hits, tries).proportion_ci(confidence_level=0.95, method="exact")
    return Estimate(hits / tries, float(low), float(high))
