"""Writes tables as xlsx files that leave the program: every cell is text or a number, every row says who exported it, and nothing hides in the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Cell = str | int | float | date | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST = 32_000
_ON_PAPER = 115
STAMP = "导出标识"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its heading and its width in characters."""

    heading: str
    width: int = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be written. `about` are lines (name, text) for the second sheet, `stamp` the watermark of every page and row."""

    title: str
    columns: Sequence[Column]
    about: Sequence[tuple[str, str]]
    stamp: str = field(repr=False)


def write(sheet: Sheet, rows: Iterable[Sequence[Cell]], folder: Path) -> tuple[bytes, int]:
    """Return the file and the number of its rows. What is written on the way lies in `folder`, closed to others, and is gone at the end."""
    import xlsxwriter  # noqa: PLC0415 - only who exports needs it

    with TemporaryDirectory(dir=folder, prefix="export-") as inside:
        file = Path(inside) / "sheet.xlsx"
        with xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": inside, "strings_to_urls": False}) as book:
            book.set_properties({"title": sheet.title, "author": "", "company": ""})
            count = _table(book, sheet, rows)
            _about(book, sheet)
        return file.read_bytes(), count


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula, also after it was saved in another format (OWASP, CSV injection)."""
    shortened = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return "'" + shortened if shortened.startswith(_FORMULA) else shortened


def on_paper(text: str) -> str:
    """Return text for a page's header: a spreadsheet leaves out one of more than 255 characters, the stamp with it."""
    plain = text.replace("&", "＆")
    return plain if len(plain) <= _ON_PAPER else plain[: _ON_PAPER - 1] + "…"


def _table(book: Any, sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> int:
    page = book.add_worksheet(sheet.title)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#F1F0EB", "border": 1})
    plain = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    columns = (*sheet.columns, Column(STAMP, 24))
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.heading, bold)
    count = 0
    for count, row in enumerate(rows, 1):
        for place, cell in enumerate((*row, sheet.stamp)):
            _write(page, count, place, cell, plain)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(count, 1), len(columns) - 1)
    _paper(page, sheet)
    return count


def _write(page: Any, row: int, place: int, cell: Cell, look: object) -> None:
    if isinstance(cell, int | float):
        page.write_number(row, place, cell, look)
    elif isinstance(cell, date):
        page.write_string(row, place, f"{cell:%Y-%m-%d}", look)
    else:
        page.write_string(row, place, safe(cell or ""), look)


def _about(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet("说明")
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 80)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for row, (name, text) in enumerate(sheet.about):
        page.write_string(row, 0, safe(name), wrap)
        page.write_string(row, 1, safe(text), wrap)
    _paper(page, sheet)


def _paper(page: Any, sheet: Sheet) -> None:
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header(f"&L{on_paper(sheet.title)}&R{on_paper(sheet.stamp)}")
    page.set_footer(f"&L{on_paper(sheet.stamp)}&C第&P页，共&N页&R内容须保密，不得外传")
