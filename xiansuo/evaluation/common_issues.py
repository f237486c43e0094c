"""Owns the table of common problems (共性问题): categories by unit, type or system and by month, small cells withheld, and its trends in words."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.evaluation.suppression import LEAST, Publication, withheld

Counts = Mapping[tuple[str, str], int]
"""Clues by (row, category)."""
SPREAD, RISING = 3, 3
"""In how many units a problem is common; over how many months in a row it rises."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: per category, then the sum; None where a number is withheld."""

    name: str
    cells: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows taken together: `group` says where each row of the finest division belongs."""

    name: str
    group: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A division with its rows, largest first, and the row of sums."""

    name: str
    lines: tuple[Line, ...]
    total: Line

    @property
    def withheld(self) -> bool:
        """Whether a number of the table is withheld."""
        return any(None in (*line.cells, line.total) for line in (*self.lines, self.total))


def tables(
    counts: Counts, groupings: Sequence[Grouping], least: int = LEAST, also: Collection[str] = ()
) -> tuple[Table, ...]:
    """Return the table of each grouping, without the numbers that are small or that would tell a small one.

    All groupings divide the same clues, so what one of them withholds must not follow from another. `also` are categories whose
    sums, '*' for all, are withheld elsewhere.
    """
    places = {key: place for place, key in enumerate(sorted(counts))}
    names: list[tuple[str, str, str]] = []
    values: list[frozenset[int]] = []
    for key, cells in _published(places, groupings).items():
        names.append(key)
        values.append(frozenset(cells))
    # The same sum under two names is one number.
    publication = Publication([counts[key] for key in places], list(dict.fromkeys(values)))
    sums = {value for (_, row, category), value in zip(names, values, strict=True) if row == "*" and category in also}
    already = [place for place, value in enumerate(publication.values) if value in sums]
    hidden = {publication.values[place] for place in withheld(publication, least, already)}
    shown = {
        key: None if value in hidden else sum(publication.counts[cell] for cell in value)
        for key, value in zip(names, values, strict=True)
    }
    order = _order(counts, groupings, least)
    return tuple(_table(grouping.name, order[grouping.name], shown) for grouping in groupings)


def with_months(
    units: Counts, groupings: Sequence[Grouping], months: Counts, least: int = LEAST
) -> tuple[tuple[Table, ...], Table]:
    """Return the tables of the groupings and that of the months; what they have in common is shown in both or in neither."""
    by_month = [Grouping("month", {month: month for month, _ in months})]
    also: frozenset[str] = frozenset()
    while True:
        grouped, (monthly,) = tables(units, groupings, least, also), tables(months, by_month, least, also)
        hidden = also.union(*(_hidden_sums(one) for one in (*grouped, monthly)))
        if hidden == also:
            return grouped, monthly
        also = hidden


def _hidden_sums(table: Table) -> frozenset[str]:
    names = (*(category.value for category in CATEGORIES), "*")
    sums = zip(names, (*table.total.cells, table.total.total), strict=True)
    return frozenset(name for name, count in sums if count is None)


def _published(
    places: Mapping[tuple[str, str], int], groupings: Sequence[Grouping]
) -> dict[tuple[str, str, str], set[int]]:
    """Return the cells of each number by (grouping, row, category); '*' is a sum over all."""
    found: dict[tuple[str, str, str], set[int]] = {}
    for (row, category), place in places.items():
        for grouping in groupings:
            for key in ((grouping.group[row], category), (grouping.group[row], "*"), ("*", category), ("*", "*")):
                found.setdefault((grouping.name, *key), set()).add(place)
    return found


def _order(counts: Counts, groupings: Sequence[Grouping], least: int) -> dict[str, list[str]]:
    order = {}
    for grouping in groupings:
        sizes: Counter[str] = Counter()
        for (row, _category), count in counts.items():
            sizes[grouping.group[row]] += count
        # Rows below the threshold stand in order of name: their order would tell their size.
        order[grouping.name] = sorted(sizes, key=lambda row: (-sizes[row] if sizes[row] >= least else 0, row))
    return order


def _table(name: str, rows: Sequence[str], shown: Mapping[tuple[str, str, str], int | None]) -> Table:
    def line(row: str) -> Line:
        cells = tuple(shown.get((name, row, category.value), 0) for category in CATEGORIES)
        return Line(row, cells, shown.get((name, row, "*"), 0))

    return Table(name, tuple(line(row) for row in rows), line("*"))


@dataclass(frozen=True, slots=True)
class Trend:
    """A problem that is common (`units` of them), or rises (`months` in a row, from `first` to `last` clues)."""

    category: Category
    units: int = 0
    months: int = 0
    first: int = 0
    last: int = 0


def trends(units: Counts, months: Table, *, spread: int = SPREAD, rising: int = RISING) -> tuple[Trend, ...]:
    """Return what shows a tendency: found in `spread` units or more, or rising over the last `rising` months with every number shown."""
    common = Counter(category for (unit, category), count in units.items() if unit and count)
    found = [Trend(category, units=common[category]) for category in CATEGORIES if common[category] >= spread]
    return (*found, *_rising(months, rising))


def _rising(months: Table, rising: int) -> Iterable[Trend]:
    lines = sorted((line for line in months.lines if line.name), key=lambda line: line.name)[-rising:]
    for place, category in enumerate(CATEGORIES):
        row = [cell for line in lines if (cell := line.cells[place]) is not None]
        if len(row) == rising and all(one < two for one, two in pairwise(row)):
            yield Trend(category, months=rising, first=row[0], last=row[-1])
