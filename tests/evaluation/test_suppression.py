"""That a withheld number cannot be computed from those that are shown."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiansuo.evaluation.suppression import Publication, withheld


def _table(rows: list[list[int]], groups: tuple[int, ...] = ()) -> Publication:
    """A table with its margins, and the sums of groups of rows per column."""
    height, width = len(rows), len(rows[0])
    cells = [frozenset({row * width + column}) for row in range(height) for column in range(width)]
    lines = [frozenset(range(row * width, (row + 1) * width)) for row in range(height)]
    columns = [frozenset(range(column, height * width, width)) for column in range(width)]
    together = [
        frozenset(row * width + column for row in range(height) if groups[row] == group)
        for group in sorted(set(groups))
        for column in range(width)
    ]
    counts = [count for row in rows for count in row]
    return Publication(counts, [*cells, *lines, *columns, *together, frozenset(range(len(counts)))])


def _solved(publication: Publication, hidden: frozenset[int]) -> set[int]:
    """Return the hidden small values that Gauss's elimination over fractions finds from the shown ones."""
    width = len(publication.counts)
    reduced: list[list[Fraction]] = []
    for place, value in enumerate(publication.values):
        if place not in hidden and (row := _reduce(_row(value, width), reduced)):
            reduced.append(row)
    small = {place for place in hidden if 0 < publication.total(place) < 3}
    return {place for place in small if _reduce(_row(publication.values[place], width), reduced) is None}


def _row(value: frozenset[int], width: int) -> list[Fraction]:
    return [Fraction(cell in value) for cell in range(width)]


def _reduce(row: list[Fraction], reduced: list[list[Fraction]]) -> list[Fraction] | None:
    for other in reduced:
        lead = next(place for place, number in enumerate(other) if number)
        if factor := row[lead] / other[lead]:
            row = [one - factor * two for one, two in zip(row, other, strict=True)]
    return row if any(row) else None


def test_small_numbers_are_withheld_and_zeros_are_not() -> None:
    publication = _table([[0, 1, 9], [5, 2, 7], [6, 8, 9]])
    hidden = withheld(publication)
    assert {1, 4} <= hidden
    assert 0 not in hidden


def test_one_small_cell_is_never_withheld_alone_in_a_line_with_a_sum() -> None:
    publication = _table([[1, 9, 8], [5, 4, 7], [6, 8, 9]])
    naive = frozenset({0})
    assert _solved(publication, naive) == {0}
    assert _solved(publication, withheld(publication)) == set()


def test_two_ones_are_covered_by_a_third_cell_because_their_sum_tells_them() -> None:
    publication = _table([[1, 1, 8, 9], [5, 6, 7, 9], [9, 9, 9, 9]])
    hidden = withheld(publication)
    assert len([cell for cell in range(4) if cell in hidden]) >= 3 or 12 in hidden


def test_nothing_is_withheld_where_nothing_is_small() -> None:
    assert withheld(_table([[3, 4], [0, 8]])) == frozenset()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_small_number_follows_from_the_shown_ones(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(2, 6)), data.draw(st.integers(2, 5))
    rows = data.draw(
        st.lists(st.lists(st.integers(0, 7), min_size=width, max_size=width), min_size=height, max_size=height)
    )
    groups = tuple(data.draw(st.lists(st.integers(0, 2), min_size=height, max_size=height)))
    publication = _table(rows, groups)
    assert _solved(publication, withheld(publication)) == set()


@pytest.mark.parametrize("least", [2, 3, 5])
def test_the_threshold_can_be_set(least: int) -> None:
    publication = _table([[4, 20, 20], [20, 20, 20], [20, 20, 20]])
    assert (0 in withheld(publication, least)) == (least == 5)
