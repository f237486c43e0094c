"""Owns which numbers of a publication are withheld so that nobody can compute a small one from those that are shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

LEAST = 3
_EXACT = 1e-7


@dataclass(frozen=True, slots=True)
class Publication:
    """Numbers to be shown together: `counts` of disjoint cells, and `values`, each the sum of some cells (by place in `counts`).

    A cell that is shown by itself is a value of one cell.
    """

    counts: Sequence[int]
    values: Sequence[frozenset[int]]

    def total(self, value: int) -> int:
        """Return the number that stands at a value."""
        return sum(self.counts[cell] for cell in self.values[value])


@dataclass(slots=True)
class _Shown:
    """What readers know while values are being withheld."""

    publication: Publication
    least: int
    hidden: set[int] = field(default_factory=set)

    def unknown(self) -> frozenset[int]:
        """Return the cells that are not shown by themselves."""
        values = self.publication.values
        known = {cell for place in self.visible() if len(values[place]) == 1 for cell in values[place]}
        return frozenset(range(len(self.publication.counts))) - known

    def visible(self) -> list[int]:
        """Return the places of the values that are shown."""
        return [place for place in range(len(self.publication.values)) if place not in self.hidden]

    def small(self) -> list[int]:
        """Return the places of the values that must not be learnt."""
        values = range(len(self.publication.values))
        return [place for place in values if 0 < self.publication.total(place) < self.least]

    def cover(self, value: int) -> int:
        """Return what to withhold beside a hidden number in a sum: its smallest shown cell above zero, without any the sum itself."""
        values, total = self.publication.values, self.publication.total
        cells = [
            place
            for place in self.visible()
            if len(values[place]) == 1 and values[place] < values[value] and total(place)
        ]
        return min(cells, key=lambda place: (total(place), place), default=value)


def withheld(publication: Publication, least: int = LEAST, already: Iterable[int] = ()) -> frozenset[int]:
    """Return the places of the values to withhold: those from 1 to `least` - 1, and more until none of them follows from the rest.

    Those `already` withheld for another reason are among them.

    After each round two things hold of what is shown: no sum less its shown cells leaves a small number, and no small number is
    a linear combination of shown ones (tested as membership in their row space). Complementary suppression, as in Willenborg
    and de Waal, Elements of Statistical Disclosure Control (2001), ch. 4; the choice of cells is greedy, not the least possible.
    """
    shown = _Shown(publication, least, set(already))
    shown.hidden.update(shown.small())
    while more := _small_rests(shown) or _computable(shown):
        shown.hidden |= more
    return frozenset(shown.hidden)


def _small_rests(shown: _Shown) -> set[int]:
    unknown, counts = shown.unknown(), shown.publication.counts
    found = set()
    for place in shown.visible():
        value = shown.publication.values[place]
        rest = sum(counts[cell] for cell in value & unknown)
        if len(value) > 1 and 0 < rest < shown.least:
            found.add(shown.cover(place))
    return found


def _computable(shown: _Shown) -> set[int]:
    """Return what to withhold next because some small number is a combination of shown sums."""
    values, unknown = shown.publication.values, sorted(shown.unknown())
    sums = [place for place in shown.visible() if len(values[place]) > 1]
    small = shown.small()
    if not sums or not small or not unknown:
        return set()
    rows, targets = (_matrix([values[place] for place in places], unknown) for places in (sums, small))
    shares, *_ = np.linalg.lstsq(rows.T, targets.T, rcond=None)
    exact = np.abs(rows.T @ shares - targets.T).max(axis=0) < _EXACT
    return {shown.cover(_smallest(shown, sums, shares[:, column])) for column in np.flatnonzero(exact)}


def _smallest(shown: _Shown, sums: Sequence[int], shares: npt.NDArray[np.floating[Any]]) -> int:
    used = [place for place, share in zip(sums, shares, strict=True) if abs(share) > _EXACT]
    return min(used, key=lambda place: (shown.publication.total(place), place))


def _matrix(values: Sequence[frozenset[int]], cells: Sequence[int]) -> npt.NDArray[np.float64]:
    column = {cell: place for place, cell in enumerate(cells)}
    rows = np.zeros((len(values), len(cells)))
    for row, value in enumerate(values):
        rows[row, [column[cell] for cell in value if cell in column]] = 1.0
    return rows
