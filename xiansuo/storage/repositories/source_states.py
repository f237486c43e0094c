"""How reading each source went: when it was tried and read, what failed last, and when it is tried again."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.storage.tables import SourceStates


@dataclass(frozen=True, slots=True)
class SourceState:
    """How reading one source went; `trouble` is the kind of the last failure, empty after success, and `said` its sentence.

    `brought` is when something new last came from it; `fingerprint` stands for the settings that were refused.
    """

    tried: datetime | None = None
    succeeded: datetime | None = None
    failed: datetime | None = None
    brought: datetime | None = None
    failures: int = 0
    trouble: str = ""
    said: str = ""
    next_try: datetime | None = None
    fingerprint: bytes | None = None


_COLUMNS: Sequence[str] = tuple(one.name for one in fields(SourceState))


def get(session: Session, source_id: int) -> SourceState:
    """Return how reading a source went so far."""
    row = session.get(SourceStates, source_id)
    return SourceState() if row is None else _of(row)


def all_of(session: Session) -> dict[int, SourceState]:
    """Return how reading every source went, by source id."""
    return {row.source_id: _of(row) for row in session.scalars(select(SourceStates))}


def put(session: Session, source_id: int, state: SourceState) -> None:
    """Keep how reading a source went."""
    row = session.get(SourceStates, source_id)
    if row is None:
        row = SourceStates(source_id=source_id)
        session.add(row)
    for name in _COLUMNS:
        setattr(row, name, getattr(state, name))
    session.flush()


def _of(row: SourceStates) -> SourceState:
    return SourceState(**{name: getattr(row, name) for name in _COLUMNS})
