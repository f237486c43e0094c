"""Owns turning workbooks and delimited text into rows of strings, one at a time."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from xiansuo.domain.letter import Trouble
from xiansuo.intake.content import CannotRead
from xiansuo.intake.limits import Limits
from xiansuo.intake.sniff import looks_utf16

DELIMITERS = ",\t;|，"
# A spreadsheet has no more rows; a file that jumps further wants to keep the reader busy.
_MOST_ROWS = 1_048_576
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row as strings; `number` counts from 1 as the spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file; its rows, without empty ones, can be read once. `name` is '' for delimited text."""

    name: str
    rows: Iterator[Row]


@contextmanager
def _damage_told() -> Iterator[None]:
    """Turn whatever the spreadsheet library raises on a hostile file into CannotRead, so that it ends in quarantine."""
    try:
        yield
    except CannotRead:
        raise
    except Exception as error:  # its parsers raise KeyError, ValueError, zlib.error and more, without a common base
        raise CannotRead(Trouble.DAMAGED, type(error).__name__) from error


def open_workbook(source: Path | bytes, *, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of an xlsx file with the values its author saw; raise CannotRead if it is damaged or unpacks too far."""
    import openpyxl  # noqa: PLC0415 - slow to import, and most processes open no workbook

    # Opened here, so that a file without permission is told from a damaged one.
    file = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with ExitStack() as opened:
        opened.enter_context(file)
        with _damage_told():
            _check_unpacked(file, limits)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        opened.enter_context(closing(book))
        for sheet in book.worksheets:
            # Writers often note a wrong extent; rows beyond it would be lost without a word.
            sheet.reset_dimensions()
            yield Sheet(sheet.title, _filled(_told(sheet.iter_rows(values_only=True))))


def open_delimited(text: str, *, limits: Limits, delimiter: str = ",") -> Sheet:
    """Return the rows of a delimited text; CannotRead(DAMAGED) after the last row says that a quotation mark was left open."""
    # The library's bound of 128 KiB per field is below the length of a letter.
    csv.field_size_limit(max(csv.field_size_limit(), limits.max_letter_bytes))
    return Sheet("", _filled(_delimited_rows(text, delimiter)))


def decode(data: bytes) -> str:
    """Return the text of bytes in UTF-8, UTF-16 or GB18030; raise CannotRead(UNDECODABLE) if they are none of these."""
    if data.startswith(b"\xef\xbb\xbf"):
        encodings: tuple[str, ...] = ("utf-8-sig",)
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif looks_utf16(data):
        encodings = ("utf-16-le" if data[1:4096:2].count(0) else "utf-16-be",)
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise CannotRead(Trouble.UNDECODABLE)


def _told(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[str, ...]]:
    with _damage_told():
        for row in rows:
            yield tuple([_cell(value) for value in row])


def _filled(rows: Iterable[tuple[str, ...]]) -> Iterator[Row]:
    empty = 0
    for number, cells in enumerate(rows, 1):
        if any(cells):
            empty = 0
            yield Row(number, cells)
        elif (empty := empty + 1) > _MOST_ROWS:
            raise CannotRead(Trouble.DAMAGED, f"第{number}行之前全是空行")


def _cell(value: object) -> str:
    """Return what the cell shows: whole numbers without a point (phone numbers), days without midnight."""
    if value is None:
        return ""
    if isinstance(value, str):
        return (_ESCAPED.sub(_unescaped, value) if "_x" in value else value).strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # `str` writes days and times in ISO form.
    return str(value).removesuffix(" 00:00:00") if isinstance(value, datetime) else str(value)


def _unescaped(match: re.Match[str]) -> str:
    """Return the control character that a spreadsheet wrote as `_x000D_`; surrogates stay as they are, no charset has them."""
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _check_unpacked(file: BinaryIO, limits: Limits) -> None:
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > limits.max_total_unpacked:
        raise CannotRead(Trouble.ARCHIVE_LIMIT, f"解压后总量超过上限{limits.max_total_unpacked}字节")


def _delimited_rows(text: str, delimiter: str) -> Iterator[tuple[str, ...]]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    start = 0
    for row in reader:
        yield tuple([cell.strip() for cell in row])
        last, start = start, reader.line_num
    if start and _left_open(islice(io.StringIO(text, newline=""), last, None), delimiter):
        raise CannotRead(Trouble.DAMAGED, f"第{last + 1}行的引号没有成对")


def _left_open(lines: Iterable[str], delimiter: str) -> bool:
    """Tell whether the last record swallowed the rest of the file, because of a quotation mark without its partner."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
