"""The audit trail: an append-only chain in which every event holds the hash of the one before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from xiansuo.domain.audit import START, Anchor, AuditEvent, ChainState, Fault, Link, Result, examine, hash_of
from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import now, table_of
from xiansuo.storage.tables import AuditEvents, Counters

_SERIES = "audit"
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events are wanted; what is empty does not narrow. `objects` are (kind, id), `action` may be the beginning of one."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    objects: tuple[tuple[str, str], ...] = ()
    refused: bool = False


def append(
    session: Session,
    *,
    actor: str,
    action: str,
    object_kind: str = "",
    object_id: str = "",
    result: Result = Result.DONE,
) -> AuditEvent:
    """Add an event to the end of the chain; other writers wait until this one commits."""
    (id_,) = numbers.take(session, _SERIES)
    event = AuditEvent(id_, now(), actor, action, object_kind, object_id, result)
    previous = session.scalar(select(AuditEvents.hash).where(AuditEvents.id == id_ - 1)) or START
    row = AuditEvents(id=id_, at=event.at, actor=actor, action=action, object_kind=object_kind, object_id=object_id)
    row.result, row.previous, row.hash = result.value, previous, hash_of(event, previous)
    session.add(row)
    session.flush()
    return event


def verify(session: Session, anchors: Sequence[Anchor] = ()) -> ChainState:
    """Follow the whole chain and say which event is the first that does not fit.

    Whoever can write the database can also compute a whole new chain, so keep `head` elsewhere from time to time.
    """
    least = _given(session)
    state = examine(links(session), anchors, least=least)
    # What others append meanwhile is counted in the same commit, so a count read later is never behind the events.
    given = _given(session)
    if state.holds and state.fine > given:
        return replace(state, fine=given, first_bad=given + 1, fault=Fault.UNCOUNTED)
    return state


def links(session: Session) -> Iterator[Link | Fault]:
    """Yield the chain in the order of ids; a fault stands in the place of an event that cannot be read."""
    # Somebody may have put an event before the first one, so the start is not 0.
    after: int | None = None
    while rows := _page(session, after=after):
        for row in rows:
            yield Fault.UNREADABLE if isinstance(row, int) else _to_link(row)
        last = rows[-1]
        after = last if isinstance(last, int) else last.id


def head(session: Session) -> Anchor:
    """Return the last event's id and hash."""
    last = session.execute(select(AuditEvents.id, AuditEvents.hash).order_by(AuditEvents.id.desc()).limit(1)).first()
    return Anchor(0, START) if last is None else Anchor(last.id, last.hash)


def hashes(session: Session, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the hashes that these events have now."""
    found = select(AuditEvents.id, AuditEvents.hash).where(AuditEvents.id.in_(ids))
    return {row.id: row.hash for row in session.execute(found)}


def page(session: Session, *, after: int = 0, limit: int = 200) -> list[AuditEvent]:
    """Return events after the id `after`, oldest first."""
    events = table_of(AuditEvents)
    wanted = select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)
    return [_to_event(row) for row in session.execute(wanted)]


def search(session: Session, sought: Sought, *, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
    """Return up to `limit` events that match, newest first, older than the id `before`."""
    events = table_of(AuditEvents)
    wanted: Select[Any] = select(events).where(*_conditions(sought)).order_by(events.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(events.c.id < before)
    return [_to_event(row) for row in session.execute(wanted)]


def distinct(session: Session, column: str) -> list[str]:
    """Return the values that `column` (actor or action) has, in order. Each costs one step down the index, not a row each."""
    values, named = list[str](), table_of(AuditEvents).c[column]
    while (found := session.scalar(_after(named, values))) is not None:
        values.append(found)
    return values


def _after(named: Column[Any], values: Sequence[str]) -> Select[Any]:
    least = select(func.min(named))
    return least.where(named > values[-1]) if values else least


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    events = table_of(AuditEvents).c
    if sought.since:
        yield events.at >= sought.since
    if sought.until:
        yield events.at < sought.until
    if sought.actor:
        yield events.actor == sought.actor
    if sought.action:
        yield or_(events.action == sought.action, events.action.startswith(f"{sought.action}.", autoescape=True))
    if sought.objects:
        yield tuple_(events.object_kind, events.object_id).in_(sought.objects)
    if sought.refused:
        yield or_(events.result == Result.REFUSED.value, events.action.endswith(".refused"))


def _given(session: Session) -> int:
    return session.scalar(select(Counters.value).where(Counters.name == _SERIES)) or 0


def _page(session: Session, *, after: int | None, limit: int = _PAGE) -> Sequence[Row[Any] | int]:
    # Rows, not objects: a session would keep every object of a long chain in memory.
    events = table_of(AuditEvents)
    wanted = select(events).order_by(events.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(events.c.id > after)
    try:
        return session.execute(wanted).all()
    except (TypeError, ValueError):
        # SQLite keeps whatever is written into a column; one such row must not hide which one it is.
        if limit > 1:
            return _page(session, after=after, limit=limit // 10)
        return list(session.scalars(wanted.with_only_columns(events.c.id)))


def _to_link(row: Row[Any]) -> Link | Fault:
    try:
        return Link(_to_event(row), row.previous, row.hash)
    except ValueError:
        return Fault.UNREADABLE


def _to_event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(row.id, row.at, row.actor, row.action, row.object_kind, row.object_id, Result(row.result))
