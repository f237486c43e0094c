"""Owns registers and partners' hand-over lists: one row of a table becomes one letter."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import NoReturn

import orjson

from xiansuo.domain.letter import Channel, Defect, HandOver, Item, Letter, Trouble, Unreadable
from xiansuo.intake import media
from xiansuo.intake.content import CannotRead
from xiansuo.intake.dates import parse_date
from xiansuo.intake.handover import hand_over_list, is_footer
from xiansuo.intake.headings import Column, Field, Headings, columns_of, load_headings, load_mapping
from xiansuo.intake.limits import Limits
from xiansuo.intake.rows import read_cells
from xiansuo.intake.sheets import DELIMITERS, Row, Sheet, decode, open_delimited
from xiansuo.intake.sniff import sniff
from xiansuo.intake.workbooks import open_workbook

# Titles, notes and addressees stand above the headings, seldom more than a dozen lines.
_HEADING_ROWS = 30
_HEAD_CHARS = 65_536
_CLOSED = {media.LOCKED_OFFICE: Trouble.ENCRYPTED, media.XLS: Trouble.UNKNOWN_FORMAT, media.OLE: Trouble.UNKNOWN_FORMAT}


def collect_rows(
    path_or_bytes: Path | bytes,
    *,
    source: str,
    locator: str,
    limits: Limits,
    channel: Channel | None = None,
    mapping: Path | None = None,
) -> Iterator[Item | Unreadable | Defect]:
    """Yield one item per row of an xlsx or csv register, and what is wrong with it as a hand-over list.

    A file without recognisable headings is one Unreadable; a sheet without them beside others is a Defect. The channel
    is that of the row's own column, else `channel`, else 部门移送: a register is a list that another office kept.
    Raises HeadingError when `mapping` cannot be used.
    """
    words = load_headings()
    if mapping is not None:
        words = words.with_mapping(load_mapping(mapping, words))
    origin = _Origin(source, locator, channel or Channel.TRANSFER, words, limits)
    try:
        yield from _collect(path_or_bytes, origin)
    except CannotRead as reason:
        yield Unreadable(_whole(path_or_bytes, origin), reason.trouble, reason.detail)
    except OSError as error:
        yield Unreadable(_whole(b"", origin), Trouble.UNREADABLE, type(error).__name__)


def read_row(item: Item, *, limits: Limits) -> Letter | Unreadable:
    """Read a register row into a letter: title and content apart, the writer's columns as identities only."""
    try:
        return read_cells(item, words=load_headings(), limits=limits)
    except CannotRead as reason:
        return Unreadable(item, reason.trouble, reason.detail)


@dataclass(frozen=True, slots=True)
class _Origin:
    """What every row of a file shares."""

    source: str
    locator: str
    channel: Channel
    words: Headings
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet below its headings, and the lines above them."""

    name: str
    columns: tuple[Column, ...]
    headings: frozenset[tuple[str, ...]]
    above: tuple[Row, ...]
    rows: Iterator[Row]


def _collect(source: Path | bytes, origin: _Origin) -> Iterator[Item | Unreadable | Defect]:
    found, rows, unknown = False, 0, list[str]()
    for number, sheet in enumerate(_sheets(source, origin), 1):
        head, rest = _begun(sheet.rows)
        if table := _find_table(sheet.name, head, rest, origin.words):
            found = True
            for one in _items(table, origin):
                rows += 1
                yield one
        elif head or any(rest):
            unknown.append(str(number))
    if not found:
        raise CannotRead(Trouble.NO_HEADINGS if unknown else Trouble.EMPTY)
    if not rows and not unknown:  # it may have been cut off below its headings
        raise CannotRead(Trouble.EMPTY, "只有表头，没有内容行")
    if unknown:
        yield Defect(origin.source, f"第{'、'.join(unknown)}张工作表没有认得的表头，未导入")


def _begun(rows: Iterator[Row]) -> tuple[list[Row], Iterator[Row]]:
    """Take the rows in which headings are looked for; damage among them is told where it stands, after the rows before it."""
    head = list[Row]()
    try:
        head.extend(islice(rows, _HEADING_ROWS))
    except CannotRead as reason:
        return head, map(_raise, [reason])
    return head, rows


def _raise(reason: CannotRead) -> NoReturn:
    raise reason


def _sheets(source: Path | bytes, origin: _Origin) -> Iterator[Sheet]:
    kind = _kind(source)
    if kind in _CLOSED:
        raise CannotRead(_CLOSED[kind])
    if kind in {media.XLSX, media.ZIP}:
        yield from open_workbook(source, limits=origin.limits)
        return
    text = decode(source if isinstance(source, bytes) else _read(source, origin.limits))
    yield open_delimited(text, limits=origin.limits, delimiter=_delimiter(text[:_HEAD_CHARS], origin))


def _kind(source: Path | bytes) -> str:
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        return sniff(file, suffix=".csv")


def _read(path: Path, limits: Limits) -> bytes:
    if path.stat().st_size > limits.max_total_unpacked:
        raise CannotRead(Trouble.TOO_LARGE, f"超过上限{limits.max_total_unpacked}字节")
    return path.read_bytes()


def _delimiter(head: str, origin: _Origin) -> str:
    """Return the delimiter that shows the most known headings; the comma if none shows any."""

    def known(delimiter: str) -> int:
        sheet = open_delimited(head, limits=origin.limits, delimiter=delimiter)
        table = _find_table("", *_begun(sheet.rows), origin.words)
        return sum(column.field is not None for column in table.columns) if table else 0

    return max(DELIMITERS, key=known)


def _find_table(name: str, head: list[Row], rest: Iterator[Row], words: Headings) -> _Table | None:
    """Return the table that starts at the first heading row of `head`, the rows already taken from the sheet."""
    for place, row in enumerate(head):
        below = head[place + 1].cells if place + 1 < len(head) else ()
        if not (found := columns_of(row.cells, below, words)):
            continue
        columns, height = found
        # A lone known word further down is a line of a letter or form, at the top it is a one-column table.
        if len([cell for cell in row.cells if cell]) == 1 and place:
            continue
        titles = frozenset(taken.cells for taken in head[place : place + height])
        return _Table(name, columns, titles, tuple(head[:place]), chain(head[place + height :], rest))
    return None


def _items(table: _Table, origin: _Origin) -> Iterator[Item | Unreadable | Defect]:
    # A heading row is repeated where a new printed page begins.
    rows = (row for row in table.rows if row.cells not in table.headings)
    partner = hand_over_list([row.cells for row in table.above], table.columns, origin.words)
    if partner is None:
        yield from (_item(row, table, origin) for row in rows if not is_footer(row.cells, table.columns, origin.words))
        return
    letters, footers = list[Row](), list[tuple[str, ...]]()
    for row in rows:
        if is_footer(row.cells, table.columns, origin.words):
            footers.append(row.cells)
        else:
            letters.append(row)
    partner = partner.with_lines(footers, origin.words)
    for row in letters:
        yield _item(row, table, origin, partner.hand_over(_cells(row, table.columns)))
    sentences = partner.defects([_cells(row, table.columns) for row in letters], table.columns)
    yield from (Defect(origin.source, sentence) for sentence in sentences)


def _item(row: Row, table: _Table, origin: _Origin, hand_over: HandOver | None = None) -> Item | Unreadable:
    named = _cells(row, table.columns)
    place = f"{table.name}!{row.number}" if table.name else str(row.number)
    item = Item(
        source=origin.source,
        locator=f"{origin.locator}#{place}",
        data=_canonical(row, table.columns),
        media_type=media.ROW,
        channel=origin.words.channel_of(named.get(Field.CHANNEL, "")) or origin.channel,
        received=parse_date(named.get(Field.RECEIVED, "")),
        hand_over=hand_over,
    )
    return item if len(item.data) <= origin.limits.max_letter_bytes else Unreadable(item, Trouble.TOO_LARGE)


def _cells(row: Row, columns: tuple[Column, ...]) -> dict[Field, str]:
    """Return the first filled cell of every known field."""
    cells: dict[Field, str] = {}
    for column, cell in zip(columns, row.cells, strict=False):
        if cell and column.field:
            cells.setdefault(column.field, cell)
    return cells


def _canonical(row: Row, columns: tuple[Column, ...]) -> bytes:
    """Return the row as JSON that is the same wherever in a register it stands."""
    cells: dict[str, str] = {}
    for column, cell in zip_longest(columns, row.cells[: len(columns)]):
        if cell and column.key and column.field is not Field.POSITION:
            cells[column.key] = cell
    nameless = [cell for i, cell in enumerate(row.cells) if cell and (i >= len(columns) or not columns[i].key)]
    if nameless:
        cells[""] = "\n".join(nameless)
    return _json(cells)


def _json(cells: dict[str, str]) -> bytes:
    """Return JSON whose bytes depend on the cells alone, because a row is known again by them."""
    try:
        return orjson.dumps(cells, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # The same bytes, except that half characters, which no charset has, become question marks.
        return json.dumps(cells, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def _whole(source: Path | bytes, origin: _Origin) -> Item:
    try:
        data = source if isinstance(source, bytes) else _head(source, origin.limits.max_kept_bytes)
        kind = _kind(source)
    except OSError:
        data, kind = b"", media.UNKNOWN
    return Item(origin.source, origin.locator, data, kind, origin.channel)


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
