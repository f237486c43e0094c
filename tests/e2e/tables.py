"""All rows of an installation in one order and one spelling, so that two which share their keys can be compared byte for byte."""

import json
from pathlib import Path

from sqlalchemy import Column, Connection, Table, select

from xiansuo.storage.session import open_engine
from xiansuo.storage.tables.base import Base, UtcDateTime

_LEFT_OUT = {
    # Encryption draws a new nonce each time, an envelope a new name.
    "vault_records": ("nonce", "ciphertext"),
    "sealed_receipts": ("file",),
    # PostgreSQL leaves a number out where a transaction was undone; nothing refers to it.
    "allegations": ("id",),
    "runs": ("id",),
}


def tables_of(state_dir: Path) -> dict[str, list[str]]:
    """Return the rows of every table, ids included, without the instants at which they were written."""
    engine = open_engine(state_dir)
    with engine.connect() as connection:
        found = {table.name: _rows(connection, table) for table in Base.metadata.sorted_tables}
    engine.dispose()
    return found


def _rows(connection: Connection, table: Table) -> list[str]:
    kept = [one for one in table.columns if _is_kept(table.name, one)]
    wanted = select(*kept)
    if table.name == "counters":
        # How often the check for recusals took its turn, a number of nothing.
        wanted = wanted.where(table.c.name != "screening")
    if table.name == "vault_records":
        # By it an installation knows its own keys; one made by copying keys writes it when it is opened, or not yet.
        wanted = wanted.where(table.c.kind != "witness")
    rows = connection.execute(wanted).mappings()
    return sorted(json.dumps(dict(row), sort_keys=True, default=_told, ensure_ascii=False) for row in rows)


def _is_kept(table: str, column: Column[object]) -> bool:
    return column.name not in _LEFT_OUT.get(table, ()) and not isinstance(column.type, UtcDateTime)


def _told(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
