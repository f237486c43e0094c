"""Writes a report's parts as an xlsx file: one sheet a part, numbers as numbers, no formula, nothing that a spreadsheet would run."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple

from xiansuo.evaluation.parts import Estimated, Look, Part, Ratio, Table, Value, written
from xiansuo.services.sheet import on_paper, safe

_FORMATS = {
    Look.WORDS: "@",
    Look.COUNT: "0",
    Look.SHARE: "0.0%",
    Look.FIGURE: "0.00",
    Look.CHANCE: "0.000",
}
_SPREAD = (Look.SHARE, Look.SHARE, Look.SHARE)
_PLAIN: Mapping[Look, tuple[Look, ...]] = {
    Look.RATE: (*_SPREAD, Look.COUNT, Look.COUNT),
    Look.SPREAD: _SPREAD,
    Look.ESTIMATE: (Look.FIGURE, Look.FIGURE, Look.FIGURE),
}
"""The columns that a value with a range takes: itself, the ends of its range, and for a share its cases."""
_NARROWEST, _WIDEST, _ACROSS = 9, 44, 8
_LINE = 15.0
_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Book:
    """A report to be written: its parts, lines that open the first sheet, the watermark, and what follows a heading for the ends of a range and for a share's cases."""

    title: str
    lines: Sequence[str]
    parts: Sequence[Part] = field(repr=False)
    stamp: str = field(repr=False)
    endings: tuple[str, str, str, str]


class _Formats(NamedTuple):
    """How cells look, made once a file."""

    title: Any
    head: Any
    text: Any
    cells: dict[Look, Any]


def workbook(book: Book) -> bytes:
    """Return the file."""
    import xlsxwriter  # noqa: PLC0415 - only who exports needs it

    stream = BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(stream, options) as file:
        file.set_properties({"title": book.title, "author": "", "company": ""})
        formats = _formats(file)
        for place, part in enumerate(book.parts):
            page = file.add_worksheet(_name(part.title))
            _part(page, part, (book.title, *book.lines) if place == 0 else (), formats, book.endings)
            _paper(page, book)
    return stream.getvalue()


def _formats(file: Any) -> _Formats:
    top = {"valign": "top", "text_wrap": True}
    return _Formats(
        file.add_format({"bold": True, "font_size": 13}),
        file.add_format({**top, "bold": True, "bg_color": "#F1F0EB", "border": 1}),
        file.add_format(top),
        {look: file.add_format({**top, "border": 1, "num_format": form}) for look, form in _FORMATS.items()},
    )


def _name(title: str) -> str:
    return _NOT_IN_NAMES.sub(" ", title)[:_LONGEST_NAME]


def _part(page: Any, part: Part, opening: Iterable[str], formats: _Formats, endings: Sequence[str]) -> None:
    page.write_string(0, 0, safe(part.title), formats.title)
    tables = [_flat(table, endings) for table in part.all_tables]
    widths = _widths(tables)
    for place, width in enumerate(widths):
        page.set_column(place, place, width)
    row = 2
    for table in tables:
        row = _table(page, row, table, formats)
    for line in (*opening, *part.sentences, *part.notes):
        row = _line(page, row, line, widths, formats)
    # With one table its headings stay in sight; with several the sheet's title does, else a heading would stand over another's columns.
    page.freeze_panes(4 if len(tables) == 1 and tables[0].title else 3 if len(tables) == 1 else 1, 1)


@dataclass(frozen=True, slots=True)
class _Flat:
    """A table with one value a cell."""

    title: str
    headings: tuple[str, ...]
    looks: tuple[Look, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str


def _flat(table: Table, endings: Sequence[str]) -> _Flat:
    headings, looks = list[str](), list[Look]()
    for column in table.columns:
        plain = _PLAIN.get(column.look, (column.look,))
        headings += [column.heading + ending for ending in ("", *endings)[: len(plain)]]
        looks += plain
    rows = tuple(tuple(_cells(row, table)) for row in table.rows)
    return _Flat(table.title, tuple(headings), tuple(looks), rows, table.note)


def _cells(row: Sequence[Value], table: Table) -> Iterator[Value]:
    for value, column in zip(row, table.columns, strict=True):
        width = len(_PLAIN.get(column.look, (column.look,)))
        if isinstance(value, Ratio):
            yield from (value.value, value.low, value.high, value.hits, value.tries)
        elif isinstance(value, Estimated):
            yield from value
        else:
            yield from (value, *[None] * (width - 1))


def _table(page: Any, row: int, table: _Flat, formats: _Formats) -> int:
    if table.title:
        page.write_string(row, 0, safe(table.title), formats.text)
        row += 1
    for place, heading in enumerate(table.headings):
        page.write_string(row, place, safe(heading), formats.head)
    for number, values in enumerate(table.rows, row + 1):
        for place, (value, look) in enumerate(zip(values, table.looks, strict=True)):
            _cell(page, (number, place), value, formats.cells[look])
    row += len(table.rows) + 1
    if table.note:
        page.write_string(row, 0, safe(table.note))
        row += 1
    return row + 1


def _cell(page: Any, at: tuple[int, int], value: Value, look: Any) -> None:
    if isinstance(value, int | float):
        page.write_number(*at, value, look)
    elif value is None:
        page.write_blank(*at, None, look)
    else:
        page.write_string(*at, safe(written(value, Look.WORDS)), look)


def _line(page: Any, row: int, line: str, widths: Sequence[float], formats: _Formats) -> int:
    page.merge_range(row, 0, row, _ACROSS - 1, "", formats.text)
    page.write_string(row, 0, safe(line), formats.text)
    room = sum(widths[:_ACROSS])
    page.set_row(row, _LINE * (1 + _cells_of(line) // int(room)))
    return row + 1


def _widths(tables: Sequence[_Flat]) -> list[float]:
    """Return the width of each column in characters: its longest value, within bounds; text that is longer wraps."""
    columns = max((len(table.headings) for table in tables), default=0)
    widths = [float(_NARROWEST)] * max(columns, _ACROSS)
    for table in tables:
        for place, heading in enumerate(table.headings):
            values = (written(row[place], table.looks[place]) for row in table.rows)
            longest = max(_cells_of(heading), *map(_cells_of, values), _NARROWEST)
            widths[place] = max(widths[place], min(longest + 2, _WIDEST))
    return widths


def _cells_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _paper(page: Any, book: Book) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_header(f"&L{on_paper(book.title)}&R{on_paper(book.stamp)}")
    page.set_footer(f"&L{on_paper(book.stamp)}&C&P / &N")
