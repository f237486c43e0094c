"""Owns which numbers of a publication are withheld so that nobody can compute a small one from those that are shown."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

LEAST = 3
_EXACT = 1e-7
_DIRECTIONS = 3
_Numbers = npt.NDArray[np.float64]


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
    totals: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        self.totals = [self.publication.total(place) for place in range(len(self.publication.values))]

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
        return [place for place, total in enumerate(self.totals) if 0 < total < self.least]

    def cover(self, value: int) -> int:
        """Return what to withhold beside a hidden number in a sum: its smallest shown cell above zero, without any the sum itself."""
        values, totals = self.publication.values, self.totals
        cells = [
            place
            for place in self.visible()
            if len(values[place]) == 1 and values[place] < values[value] and totals[place]
        ]
        return min(cells, key=lambda place: (totals[place], place), default=value)


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
    apart, others = _apart(values, [place for place in shown.visible() if len(values[place]) > 1], set(unknown))
    if not (apart or others) or not unknown:
        return set()
    alone, rows = (_matrix([values[place] for place in places], unknown) for places in (apart, others))
    sums = _Sums(alone, rows)
    suspects = _suspects([values[place] for place in shown.small()], unknown, sums)
    if not suspects:
        return set()
    targets = _matrix(suspects, unknown)
    shares, rest = sums.explain(targets)
    exact = np.abs(rest).max(axis=1) < _EXACT
    return {shown.cover(_smallest(shown, [*apart, *others], row)) for row in shares[exact]}


def _suspects(small: Sequence[frozenset[int]], unknown: Sequence[int], sums: "_Sums") -> list[frozenset[int]]:
    """Return those of some numbers that may follow from the sums: they stay the same however the cells move under fixed sums."""
    drawn = np.random.default_rng(0).standard_normal((_DIRECTIONS, len(unknown)))
    _, moved = sums.explain(drawn)
    column = {cell: place for place, cell in enumerate(unknown)}
    return [
        value
        for value in small
        if np.abs(moved[:, [column[cell] for cell in value if cell in column]].sum(axis=1)).max() < _EXACT
    ]


class _Sums:
    """Sums as rows over cells: those `alone` share no cell with each other, `rows` are the others.

    What disjoint sums tell of anything is its mean over each of them; taken out first, it leaves few rows for the solver.
    """

    def __init__(self, alone: _Numbers, rows: _Numbers) -> None:
        self._alone, self._rows = alone, rows
        self._sizes = alone.sum(axis=1)
        self._rest = self._without_means(rows)

    def explain(self, targets: _Numbers) -> tuple[_Numbers, _Numbers]:
        """Return the shares of the sums that come closest to each target, and what they leave of it."""
        wanted = self._without_means(targets)
        shares, *_ = np.linalg.lstsq(self._rest.T, wanted.T, rcond=None)
        means = self._means(targets - shares.T @ self._rows)
        return np.hstack([means, shares.T]), wanted - shares.T @ self._rest

    def _means(self, rows: _Numbers) -> _Numbers:
        means: _Numbers = (rows @ self._alone.T) / self._sizes
        return means

    def _without_means(self, rows: _Numbers) -> _Numbers:
        return rows - self._means(rows) @ self._alone


def _apart(
    values: Sequence[frozenset[int]], sums: Sequence[int], unknown: AbstractSet[int]
) -> tuple[list[int], list[int]]:
    """Divide sums into some that share no unknown cell with each other, the shortest first, and the others."""
    apart, others, taken = list[int](), list[int](), set[int]()
    for place in sorted(sums, key=lambda one: len(values[one])):
        cells = values[place] & unknown
        if cells and taken.isdisjoint(cells):
            apart.append(place)
            taken |= cells
        elif cells:
            others.append(place)
    return apart, others


def _smallest(shown: _Shown, sums: Sequence[int], shares: _Numbers) -> int:
    used = [place for place, share in zip(sums, shares, strict=True) if abs(share) > _EXACT]
    return min(used, key=lambda place: (shown.totals[place], place))


def _matrix(values: Sequence[frozenset[int]], cells: Sequence[int]) -> _Numbers:
    column = {cell: place for place, cell in enumerate(cells)}
    rows = np.zeros((len(values), len(cells)))
    for row, value in enumerate(values):
        rows[row, [column[cell] for cell in value if cell in column]] = 1.0
    return rows
