"""Inserts many rows at once: the statement is compiled once per table, and values go to the driver as plain tuples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table, column, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from xiansuo.storage.tables.base import Base, table_of

Row = tuple[object, ...]


def insert_tuples(
    session: Session, entity: type[Base], names: tuple[str, ...], rows: Sequence[Row], *, missing: bool = False
) -> None:
    """Insert `rows` in one statement; each is a tuple of the values of the columns `names`, in that order.

    The same values arrive as through SQLAlchemy (JSON, instants and texts go through the column's type) without its work per row.
    Nothing is returned, so take a block of ids from `repositories.numbers` first. Columns left out get the database's default.
    With `missing`, rows that break a unique constraint are left out.
    """
    if rows:
        connection = session.connection()
        statement = _compiled(connection.dialect, table_of(entity), names, missing=missing)
        connection.exec_driver_sql(statement.sql, statement.parameters(rows))


@dataclass(frozen=True, slots=True)
class _Statement:
    """An INSERT for one driver: per column what its type does to a value, and the names where the driver takes mappings."""

    sql: str
    converters: tuple[Callable[[Any], Any] | None, ...]
    named: tuple[str, ...] | None

    def parameters(self, rows: Sequence[Row]) -> Any:
        # Column by column: one look-up per column instead of one per value, and most columns need no conversion at all.
        columns = zip(*rows, strict=True)
        ready = (
            map(convert, values) if convert else values
            for convert, values in zip(self.converters, columns, strict=True)
        )
        tuples = list(zip(*ready, strict=True))
        return tuples if self.named is None else [dict(zip(self.named, row, strict=True)) for row in tuples]


@lru_cache(maxsize=256)
def _compiled(dialect: Dialect, whole: Table, names: tuple[str, ...], *, missing: bool) -> _Statement:
    types = [whole.c[name].type for name in names]
    # Of the mapped table SQLAlchemy would also fill the columns that are not given.
    lean = table(whole.name, *(column(name, kind) for name, kind in zip(names, types, strict=True)))
    statement = sqlite.insert(lean) if dialect.name == "sqlite" else postgresql.insert(lean)
    compiled: Any = (statement.on_conflict_do_nothing() if missing else statement).compile(dialect=dialect)
    converters = tuple(kind.dialect_impl(dialect).bind_processor(dialect) for kind in types)
    return _Statement(str(compiled), converters, None if compiled.positional else names)
