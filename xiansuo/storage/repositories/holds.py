"""What people keep from being erased, why, and who released it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xiansuo.storage.session import add_missing, now
from xiansuo.storage.tables import Clues, Letters, Quarantine, RetentionHolds


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that stands: `kind` is clue, letter or quarantine, `ref` the id, `number` the register number."""

    id: int
    kind: str
    ref: int
    number: str
    actor: str
    reason: str = field(repr=False)
    created: datetime


def place(session: Session, number: str) -> tuple[str, int] | None:
    """Return kind and id of the clue, letter or quarantined file of this number."""
    for kind, table in (("clue", Clues), ("letter", Letters)):
        found = session.scalar(select(table.id).where(table.number == number))
        if found is not None:
            return kind, found
    known = number.isascii() and number.isdecimal() and len(number) < 16
    found = session.scalar(select(Quarantine.id).where(Quarantine.id == int(number))) if known else None
    return None if found is None else ("quarantine", found)


def add(session: Session, place_: tuple[str, int], *, actor: str, reason: str, request: str) -> bool:
    """Hold something; tell whether it is new: the same act twice holds it once."""
    if session.scalar(select(RetentionHolds.id).where(RetentionHolds.request == request)):
        return False
    kind, ref = place_
    row = {"kind": kind, "ref": ref, "request": request, "actor": actor, "reason": reason, "created": now()}
    add_missing(session, RetentionHolds, [{**row, "released_by": "", "release_reason": ""}])
    return True


def release(session: Session, id_: int, *, actor: str, reason: str) -> bool:
    """Release a hold; tell whether it still stood."""
    stands = update(RetentionHolds).where(RetentionHolds.id == id_, RetentionHolds.released.is_(None))
    values = {"released": now(), "released_by": actor, "release_reason": reason}
    return session.connection().execute(stands.values(values)).rowcount == 1


def standing(session: Session) -> list[Hold]:
    """Return the holds that stand, oldest first."""
    wanted = select(RetentionHolds).where(RetentionHolds.released.is_(None)).order_by(RetentionHolds.id)
    rows = session.scalars(wanted).all()
    numbers = _numbers(session, rows)
    return [
        Hold(
            row.id,
            row.kind,
            row.ref,
            numbers.get((row.kind, row.ref), str(row.ref)),
            row.actor,
            row.reason,
            row.created,
        )
        for row in rows
    ]


def _numbers(session: Session, rows: Sequence[RetentionHolds]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for kind, table in (("clue", Clues), ("letter", Letters)):
        refs = [row.ref for row in rows if row.kind == kind]
        known = session.execute(select(table.id, table.number).where(table.id.in_(refs))).tuples()
        found |= {(kind, id_): number for id_, number in known}
    return found
