"""Letters that could not be read: why, where they came from, how often they were tried."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xiansuo.domain.letter import Channel, Trouble
from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import add_rows, now
from xiansuo.storage.tables import Quarantine


class QuarantineStatus(StrEnum):
    """Whether somebody still has to look at an entry."""

    OPEN = "open"
    RESOLVED = "resolved"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class NewQuarantined:
    """A letter to be quarantined. `position` says which one of its source it was, without names: 第3件 .docx 24 KB."""

    source_id: int
    trouble: Trouble
    channel: Channel
    received: date | None
    media_type: str
    size: int
    position: str
    seen_key: bytes
    detail: str = ""
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class Quarantined(NewQuarantined):
    """A quarantined letter as stored."""

    id: int = field(kw_only=True)
    status: QuarantineStatus = field(kw_only=True)
    tries: int = field(kw_only=True)
    created: datetime = field(kw_only=True)


def add(session: Session, letters: Sequence[NewQuarantined]) -> list[int]:
    """Store entries in the order given and return their ids."""
    ids = list(numbers.take(session, "quarantine", len(letters)))
    add_rows(session, Quarantine, [_to_row(letter, id_) for id_, letter in zip(ids, letters, strict=True)])
    return ids


def list_open(session: Session, *, after_id: int = 0, limit: int = 1000) -> list[Quarantined]:
    """Return entries that wait for somebody, oldest first."""
    waiting = select(Quarantine).where(Quarantine.status == QuarantineStatus.OPEN, Quarantine.id > after_id)
    return [_from_row(row) for row in session.scalars(waiting.order_by(Quarantine.id).limit(limit))]


def count_open(session: Session) -> dict[Trouble, int]:
    """Return how many entries wait, by trouble."""
    waiting = select(Quarantine.trouble, func.count()).where(Quarantine.status == QuarantineStatus.OPEN)
    return {Trouble(trouble): total for trouble, total in session.execute(waiting.group_by(Quarantine.trouble))}


def get(session: Session, id_: int) -> Quarantined | None:
    """Return one entry, or nothing when there is none with this id."""
    row = session.get(Quarantine, id_)
    return None if row is None else _from_row(row)


def resolve(session: Session, id_: int) -> None:
    """Note that the letter was stored or sealed after all."""
    session.get_one(Quarantine, id_).status = QuarantineStatus.RESOLVED
    session.flush()


def note_try(session: Session, id_: int, *, trouble: Trouble, detail: str = "") -> None:
    """Note that reading was tried again and what was in the way this time."""
    row = session.get_one(Quarantine, id_)
    row.tries, row.trouble, row.detail = row.tries + 1, trouble, detail
    session.flush()


def _to_row(letter: NewQuarantined, id_: int) -> dict[str, object]:
    return {
        "id": id_,
        "source_id": letter.source_id,
        "run_id": letter.run_id,
        "channel": letter.channel,
        "received": letter.received,
        "trouble": letter.trouble,
        "detail": letter.detail,
        "media_type": letter.media_type,
        "size": letter.size,
        "position": letter.position,
        "seen_key": letter.seen_key,
        "status": QuarantineStatus.OPEN,
        "tries": 1,
        "created": now(),
    }


def _from_row(row: Quarantine) -> Quarantined:
    return Quarantined(
        id=row.id,
        source_id=row.source_id,
        run_id=row.run_id,
        channel=Channel(row.channel),
        received=row.received,
        trouble=Trouble(row.trouble),
        detail=row.detail,
        media_type=row.media_type,
        size=row.size,
        position=row.position,
        seen_key=row.seen_key,
        status=QuarantineStatus(row.status),
        tries=row.tries,
        created=row.created,
    )
