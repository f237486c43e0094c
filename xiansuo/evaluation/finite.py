"""Exact bounds on how many clues a pile of known size holds, from a random sample of it."""

import math
from collections.abc import Sequence

import numpy as np

_MOST_MISSED = 0.5
_FAR, _FARTHER = 4, 60


def most(pile: int, read: int, found: int, *, risk: float = 0.05, missed: float = 0.0) -> int:
    """Return the largest number of clues in the pile under which so few finds among `read` have a chance above `risk`.

    One-sided, confidence 1 - risk (inverted hypergeometric test, Buonaccorsi 1987). `missed` is the share of clues that readers overlook,
    at most one half.
    """
    _check(pile, read, found, missed)
    low, high = found, pile if missed else pile - (read - found)
    while low < high:
        middle = (low + high + 1) // 2
        if _chance_of_so_few(pile, middle, read, found, missed) > risk:
            low = middle
        else:
            high = middle - 1
    return low


def fewest(pile: int, read: int, found: int, *, risk: float = 0.05) -> int:
    """Return the smallest number of clues in the pile under which so many finds among `read` have a chance above `risk`."""
    return pile - most(pile, read, read - found, risk=risk)


def share_at_most(read: int, found: int, *, risk: float = 0.05) -> float:
    """Return the same upper bound as a share of a pile without end (Clopper and Pearson 1934)."""
    return shares_at_most([read], [found], risk=risk)[0]


def shares_at_most(read: Sequence[int], found: Sequence[int], *, risk: float = 0.05) -> list[float]:
    """Do the same for several samples at once."""
    from scipy.stats import beta  # noqa: PLC0415 - slow to import, and most processes never ask this

    sizes, finds = np.array(read, dtype=float), np.array(found, dtype=float)
    # Where all hold something the second parameter is 0 and there is no bound but the whole.
    bounds = beta.ppf(1 - risk, finds + 1, np.maximum(sizes - finds, 0.5))
    return [float(one) for one in np.where(finds >= sizes, 1.0, bounds)]


def still_to_read(
    pile: int, read: int, found: int, target: float, *, same_share: bool = False, risk: float = 0.05
) -> int | None:
    """Return how many more have to be read for 'at most `target` of the pile', None where no number of them suffices.

    Supposes that nothing more is found, or with `same_share` as large a share as so far.
    """

    def suffices(more: int) -> bool:
        again = math.ceil(more * found / read) if same_share and read else 0
        return most(pile, read + more, min(found + again, read + more), risk=risk) <= target * pile

    if suffices(0):
        return 0
    if not suffices(pile - read):
        return None
    low, high = 0, pile - read
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle + 1, high)
    return low


def _chance_of_so_few(pile: int, clues: int, read: int, found: int, missed: float) -> float:
    from scipy.stats import binom, hypergeom  # noqa: PLC0415 - slow to import, and most processes never ask this

    if not missed:
        return float(hypergeom.cdf(found, pile, clues, read))
    # So few finds among more clues than this have no chance worth counting.
    drawn = np.arange(min(clues, read, _FAR * found + _FARTHER) + 1)
    chances = hypergeom.pmf(drawn, pile, clues, read) * binom.cdf(found, drawn, 1 - missed)
    return float(chances.sum())


def _check(pile: int, read: int, found: int, missed: float) -> None:
    if not (0 <= found <= read <= pile and 0 <= missed <= _MOST_MISSED):
        raise ValueError(f"found {found} of {read} read of {pile}, {missed} missed")
