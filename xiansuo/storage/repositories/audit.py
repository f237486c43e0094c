"""The audit trail: an append-only chain in which every event holds the hash of the one before."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import now, table_of
from xiansuo.storage.tables import AuditEvents, Counters

_SERIES = "audit"
_START = bytes(32)
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to which object. It names objects by id only, never by what they say."""

    id: int
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str


def append(session: Session, *, actor: str, action: str, object_kind: str = "", object_id: str = "") -> AuditEvent:
    """Add an event to the end of the chain; other writers wait until this one commits."""
    (id_,) = numbers.take(session, _SERIES)
    event = AuditEvent(id_, now(), actor, action, object_kind, object_id)
    previous = session.scalar(select(AuditEvents.hash).where(AuditEvents.id == id_ - 1)) or _START
    row = AuditEvents(id=id_, at=event.at, actor=actor, action=action, object_kind=object_kind, object_id=object_id)
    row.previous, row.hash = previous, _hash(event, previous)
    session.add(row)
    session.flush()
    return event


def verify(session: Session) -> int | None:
    """Return the id of the first event that was changed, removed or put in; nothing when the chain holds.

    Whoever can write the database can also compute a whole new chain, so keep `head` elsewhere from time to time.
    """
    expected, previous = 1, _START
    while rows := _page(session, after=expected - 1):
        for row in rows:
            event = _to_event(row)
            if (row.id, row.previous, row.hash) != (expected, previous, _hash(event, previous)):
                return expected
            expected, previous = expected + 1, row.hash
    given = session.scalar(select(Counters.value).where(Counters.name == _SERIES)) or 0
    return None if given == expected - 1 else expected


def head(session: Session) -> tuple[int, bytes]:
    """Return the id and hash of the last event."""
    last = session.execute(select(AuditEvents.id, AuditEvents.hash).order_by(AuditEvents.id.desc()).limit(1)).first()
    return (0, _START) if last is None else (last.id, last.hash)


def page(session: Session, *, after: int = 0, limit: int = 200) -> list[AuditEvent]:
    """Return events after the id `after`, oldest first."""
    return [_to_event(row) for row in _page(session, after=after, limit=limit)]


def _page(session: Session, *, after: int, limit: int = _PAGE) -> Sequence[Row[Any]]:
    # Rows, not objects: a session would keep every object of a long chain in memory.
    events = table_of(AuditEvents)
    return session.execute(select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)).all()


def _to_event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(row.id, row.at, row.actor, row.action, row.object_kind, row.object_id)


def _hash(event: AuditEvent, previous: bytes) -> bytes:
    fields = [
        event.id,
        event.at.isoformat(),
        event.actor,
        event.action,
        event.object_kind,
        event.object_id,
        previous.hex(),
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).digest()
