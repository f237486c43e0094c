"""Gives the table of common problems (共性问题): confirmed clues by category and unit, type, system and month, without small numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from xiansuo.domain.people import Viewer
from xiansuo.domain.units import UnitTree
from xiansuo.evaluation.common_issues import Counts, Grouping, Table, Trend, trends, with_months
from xiansuo.services.office import Office
from xiansuo.services.statistics import UNPLACED, sight_of
from xiansuo.storage.repositories import figures
from xiansuo.storage.session import reading

UNIT, TYPE, SYSTEM, MONTH = "unit", "type", "system", "month"
_AREA = "地区"
"""The register's type of a county or city as a whole, which is no system of units."""


@dataclass(frozen=True, slots=True)
class CommonIssues:
    """The tables by unit, type and system, the table by month, and what shows a tendency. `least` is the smallest number shown."""

    by: Mapping[str, Table] = field(repr=False)
    months: Table = field(repr=False)
    trends: tuple[Trend, ...]
    types: Mapping[str, int]
    least: int


def common_issues(
    office: Office, viewer: Viewer, round_id: int | None = None, *, pending: bool = False
) -> CommonIssues:
    """Return the common problems of a round, of clues that people confirmed, or of `pending` ones as the system suggests.

    The two are never added up: a suggestion is no finding. Raises RefusedError, NotVisibleError.
    """
    sight = sight_of(office, viewer, round_id)
    with reading(office.engine) as session:
        units = figures.issues_by_unit(session, sight, pending=pending)
        months = figures.issues_by_month(session, sight, pending=pending)
    least = office.settings.small_cells
    tree = UnitTree.of(office.register)
    groupings = _groupings(tree, units, frozenset(tree.above(office.register.office)) | tree.of_type(_AREA))
    divided = tuple((one.name, tuple(one.group.items())) for one in groupings)
    grouped, monthly = _tables(tuple(units.items()), divided, tuple(months.items()), least)
    by = {table.name: table for table in grouped}
    return CommonIssues(by, monthly, trends(units, monthly), _types(tree, units), least)


_Counted = tuple[tuple[tuple[str, str], int], ...]


@lru_cache(maxsize=16)
def _tables(
    units: _Counted, divided: tuple[tuple[str, tuple[tuple[str, str], ...]], ...], months: _Counted, least: int
) -> tuple[tuple[Table, ...], Table]:
    """Return the tables of what was counted; what to withhold takes seconds to find out for hundreds of units."""
    groupings = [Grouping(name, dict(group)) for name, group in divided]
    return with_months(dict(units), groupings, dict(months), least)


def _groupings(tree: UnitTree, counts: Counts, areas: frozenset[str]) -> list[Grouping]:
    units = sorted({unit for unit, _ in counts})
    types = {unit: tree.units[unit].type if unit in tree.units else UNPLACED for unit in units}
    return [
        Grouping(UNIT, {unit: unit for unit in units}),
        Grouping(TYPE, types),
        Grouping(SYSTEM, {unit: _system(tree, unit, areas) for unit in units}),
    ]


def _system(tree: UnitTree, unit: str, areas: frozenset[str]) -> str:
    """Return the 系统 a unit belongs to: the highest registered unit above it that is no area as a whole, or itself."""
    above = {name: steps for name, steps in tree.above(unit).items() if name in tree.units and name not in areas}
    return max(above, key=lambda name: (above[name], name), default=unit)


def _types(tree: UnitTree, counts: Counts) -> dict[str, int]:
    found = Counter(tree.units[unit].type for unit in {unit for unit, _ in counts} if unit in tree.units)
    return dict(found)
