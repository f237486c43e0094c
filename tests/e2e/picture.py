"""Everything that two installations must have in common once they have worked off the same letters."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select, text

from xiansuo.services.keys import HEAD_PRIVATE_FILE, load_head_private
from xiansuo.services.office import Office, open_office
from xiansuo.services.queue import as_records, top
from xiansuo.services.seal import SEALED_FOLDER
from xiansuo.settings import Settings
from xiansuo.storage.crypto import open_sealed
from xiansuo.storage.repositories import letters
from xiansuo.storage.repositories.sealed import Receipt, list_all
from xiansuo.storage.session import reading
from xiansuo.storage.tables import Letters, Quarantine
from xiansuo.storage.tables.base import Base


@dataclass(frozen=True, slots=True)
class Picture:
    """What an installation holds, without the instants at which it came and without what keys make different."""

    queue: list[dict[str, object]]
    rows: dict[str, int]
    letters: list[tuple[object, ...]]
    originals: list[str]
    quarantine: list[tuple[object, ...]]
    sealed: list[tuple[object, ...]]


def picture_of(state: Path) -> Picture:
    """Look at an installation; the order of lists is that of intake."""
    office = open_office(Settings(state_dir=state))
    try:
        return _picture(office)
    finally:
        office.engine.dispose()


def outcomes(state: Path) -> Counter[str]:
    """Return how many letters were stored, sealed and quarantined so far."""
    office = open_office(Settings(state_dir=state))
    with reading(office.engine) as session:
        found = Counter(session.scalars(text("SELECT outcome FROM seen")))
    office.engine.dispose()
    return found


def _picture(office: Office) -> Picture:
    with reading(office.engine) as session:
        if office.engine.dialect.name == "sqlite":
            assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        ids = letters.ids(session)
        originals = [office.vault.read_original(session, id_) for id_ in ids]
        receipts = list_all(session)
    return Picture(
        queue=as_records(top(office, limit=None)),
        rows=_rows(office.engine),
        letters=_columns(office.engine, Letters, "ingested_at", "message_key"),
        originals=[hashlib.sha256(one.data + one.locator.encode()).hexdigest() for one in originals],
        quarantine=_columns(office.engine, Quarantine, "created", "seen_key"),
        sealed=[_sealed(office.state_dir, receipt) for receipt in receipts],
    )


def _rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


def _columns(engine: Engine, entity: Any, *left_out: str) -> list[tuple[object, ...]]:
    table = entity.__table__
    with engine.connect() as connection:
        kept = [column for column in table.columns if column.name not in left_out]
        return [tuple(map(repr, row)) for row in connection.execute(select(*kept).order_by(table.c.id))]


def _sealed(state: Path, receipt: Receipt) -> tuple[object, ...]:
    """Return what a receipt says and what its envelope holds, which only the head's key opens."""
    envelope = (state / SEALED_FOLDER / receipt.file).read_bytes()
    clear = open_sealed(load_head_private(state / HEAD_PRIVATE_FILE), envelope)
    told = (receipt.number, receipt.received_on, receipt.channel, receipt.rule)
    return (*told, hashlib.sha256(clear).hexdigest())
