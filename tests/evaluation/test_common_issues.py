"""The table of common problems: what it withholds in one division does not follow from another."""

import random

import pytest

from tests.evaluation.test_suppression import _solved
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.evaluation.common_issues import Grouping, tables, trends, with_months
from xiansuo.evaluation.suppression import Publication

_UNITS = [f"单位{number}" for number in range(12)]
_GROUPINGS = [
    Grouping("unit", {unit: unit for unit in _UNITS}),
    Grouping("type", {unit: "村" if int(unit[2:]) % 3 else "局" for unit in _UNITS}),
    Grouping("system", {unit: f"系统{int(unit[2:]) // 4}" for unit in _UNITS}),
]


def _counts(seed: int) -> dict[tuple[str, str], int]:
    lot = random.Random(seed)  # noqa: S311 - a made-up table
    return {(unit, category.value): lot.choice([0, 0, 1, 2, 3, 5, 8]) for unit in _UNITS for category in CATEGORIES}


@pytest.mark.parametrize("seed", range(12))
def test_no_small_cell_follows_from_all_divisions_together(seed: int) -> None:
    counts = _counts(seed)
    places = {key: place for place, key in enumerate(counts)}
    values: list[frozenset[int]] = []
    hidden = []
    for grouping, table in zip(_GROUPINGS, tables(counts, _GROUPINGS), strict=True):
        for line in (*table.lines, table.total):
            rows = [unit for unit in _UNITS if line.name in {"*", grouping.group[unit]}]
            for place, count in enumerate((*line.cells, line.total)):
                some = CATEGORIES[place : place + 1] or CATEGORIES
                hidden += [len(values)] if count is None else []
                values.append(frozenset(places[row, category.value] for row in rows for category in some))
    publication = Publication(list(counts.values()), values)
    assert hidden
    assert _solved(publication, frozenset(hidden)) == set()


def test_what_is_shown_is_true() -> None:
    counts = _counts(3)
    (units, *_) = tables(counts, _GROUPINGS)
    for line in units.lines:
        for category, count in zip(CATEGORIES, line.cells, strict=True):
            assert count in {None, counts[line.name, category.value]}


def test_a_sum_is_shown_by_unit_and_by_month_or_in_neither() -> None:
    for seed in range(12):
        counts = _counts(seed)
        months = {(f"2026-0{1 + place % 3}", category): 0 for place, (_, category) in enumerate(counts)}
        for place, ((_, category), count) in enumerate(counts.items()):
            months[f"2026-0{1 + place % 3}", category] += count
        grouped, monthly = with_months(counts, _GROUPINGS, months)
        assert {one.total for one in (*grouped, monthly)} == {monthly.total}


def test_a_problem_in_three_units_is_a_tendency_and_one_that_rises_an_early_sign() -> None:
    units = {(unit, "bullying"): 1 for unit in _UNITS[:3]} | {(_UNITS[0], "four_winds"): 21}
    months = {(f"2026-0{month}", "four_winds"): 3 + month for month in (1, 2, 3)}
    (monthly,) = tables(months, [Grouping("month", {month: month for month, _ in months})])
    found = trends(units, monthly)
    assert [(one.category, one.units, one.months) for one in found] == [
        (Category.BULLYING, 3, 0),
        (Category.FOUR_WINDS, 0, 3),
    ]
    assert (found[1].first, found[1].last) == (4, 6)
