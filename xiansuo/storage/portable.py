"""Writes tables as lines of JSON that mean the same on SQLite and PostgreSQL, and reads them back.

A block of lines begins with the names of the columns, in alphabetical order, for migrations add columns at the end. Rows come in the
order of their keys. So equal tables give equal lines.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)

from xiansuo.storage.tables import Base

_BLOCK = 4 << 20
_AT_ONCE = 50
"""Rows fetched at once; a row may hold a mail of 25 MB."""


class Tally:
    """How many rows of a table there are and the SHA-256 over their lines, however they were cut into blocks."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = hashlib.sha256()

    def add(self, lines: Sequence[bytes]) -> None:
        """Count lines in their order."""
        self.rows += len(lines)
        for line in lines:
            self._hash.update(line + b"\n")

    @property
    def sha256(self) -> str:
        """The digest of all lines so far."""
        return self._hash.hexdigest()

    def as_json(self) -> dict[str, object]:
        """Return what a manifest says of a table."""
        return {"rows": self.rows, "sha256": self.sha256}


def tables() -> list[Table]:
    """Return all tables of this program, those that others refer to before the others."""
    return Base.metadata.sorted_tables


def reflected(connection: Connection, wanted: Iterable[str]) -> dict[str, Table]:
    """Return tables as they are in the database, which may be of an earlier program; what is not there is left out."""
    there = set(inspect(connection).get_table_names())
    metadata = MetaData()
    metadata.reflect(connection, only=[name for name in wanted if name in there])
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                # As the program's own tables have it: nothing is NULL, not the word null.
                column.type = JSON(none_as_null=True)
    return dict(metadata.tables)


def rows(connection: Connection, table: Table) -> CursorResult[Any]:
    """Return all rows of a table in the order of their keys, fetched some at a time."""
    wanted = select(*_columns(table)).order_by(*_key(connection, table))
    return connection.execute(wanted, execution_options={"yield_per": _AT_ONCE})


def blocks(connection: Connection, table: Table, tally: Tally) -> Iterator[bytes]:
    """Yield a table as blocks of lines of some megabytes each, counting its rows."""
    head = no_rows(table)
    lines, size = [], 0
    for row in rows(connection, table):
        line = orjson.dumps([_plain(value) for value in row], default=_plain)
        lines.append(line)
        size += len(line)
        if size >= _BLOCK:
            tally.add(lines)
            yield b"\n".join([head, *lines])
            lines, size = [], 0
    tally.add(lines)
    if lines:
        yield b"\n".join([head, *lines])


def no_rows(table: Table) -> bytes:
    """Return the first line of a table's blocks, which is all there is of an empty table."""
    return orjson.dumps([column.name for column in _columns(table)])


def tally_of(connection: Connection, table: Table) -> Tally:
    """Return the count and digest of a table as it is in the database."""
    tally = Tally()
    for _ in blocks(connection, table, tally):
        pass
    return tally


def rows_of(block: bytes) -> list[dict[str, Any]]:
    """Return the rows of a block as they are written, by column."""
    head, *lines = block.split(b"\n")
    columns = orjson.loads(head)
    return [dict(zip(columns, orjson.loads(line), strict=True)) for line in lines]


def load(connection: Connection, table: Table, block: bytes) -> None:
    """Put the rows of a block into a table."""
    decode = {column.name: _decoder(column.type) for column in table.columns}
    rows = [
        {name: None if value is None else decode[name](value) for name, value in row.items()} for row in rows_of(block)
    ]
    if rows:
        connection.execute(insert(table), rows)


def renumber(connection: Connection, tables: Iterable[Table]) -> None:
    """Let rows that come later be numbered after those that were loaded; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            place = {"table": table.name, "column": column.name}
            series = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), place)
            last = connection.scalar(select(func.max(column))) if series else None
            if last is not None:
                connection.execute(text("SELECT setval(:series, :last)"), {"series": series, "last": last})


def from_bytes(data: bytes) -> str:
    """Return bytes as they stand in a line."""
    return base64.b64encode(data).decode()


def to_bytes(written: str) -> bytes:
    """Return the bytes that a line holds."""
    return base64.b64decode(written, validate=True)


def _columns(table: Table) -> list[Column[Any]]:
    return sorted(table.columns, key=lambda column: column.name)


def _key(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    # By the bytes of words, as SQLite has it, whatever language the other database sorts in.
    by_bytes = connection.dialect.name == "postgresql"
    return [
        column.collate("C") if by_bytes and isinstance(column.type, String) else column
        for column in table.primary_key.columns
    ]


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return from_bytes(bytes(value))
    if isinstance(value, datetime):
        # SQLite forgets the zone, which is always UTC.
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _decoder(kind: object) -> Callable[[Any], object]:
    return next((found for of, found in _DECODERS if isinstance(kind, of)), _as_it_is)


def _as_it_is(value: object) -> object:
    return value


_DECODERS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (LargeBinary, to_bytes),
    (DateTime, datetime.fromisoformat),
    (Date, date.fromisoformat),
)
