"""Hand-over batches (移交批次): their clues, receipt and returns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.handling import BatchState
from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import CHINA, add_rows, chunks, now
from xiansuo.storage.tables import Accounts, Clues, HandOverClues, HandOvers


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as stored. `clues` are the ids in the order of its list."""

    id: int
    number: str
    receiver: str
    state: BatchState
    created: datetime
    created_by: str
    handed_on: date | None
    handed_by: str
    received_by: str
    received_on: date | None
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Handed:
    """A clue's place in a batch."""

    clue_id: int
    batch: Batch
    position: int
    returned_on: date | None
    return_reason: str = field(repr=False)

    @property
    def pending(self) -> bool:
        """Whether the batch still binds the clue: it is prepared, or handed on without receipt, and the clue did not come back."""
        return self.returned_on is None and self.batch.state is not BatchState.RECEIVED


def take_turn(session: Session) -> None:
    """Wait until nobody else opens a batch; they wait until this transaction ends."""
    numbers.take_turn(session, "hand-overs")


def create(session: Session, receiver: str, *, by: int, request: str, note: str = "") -> Batch:
    """Open a batch under the next number of the year (YJ-2026-0001)."""
    at = now()
    year = at.astimezone(CHINA).year
    (given,) = numbers.take(session, f"hand-overs-{year}")
    row = HandOvers(
        number=f"YJ-{year}-{given:04d}",
        request=request,
        receiver=receiver,
        state=BatchState.DRAFT,
        created=at,
        created_by=by,
        handed_on=None,
        handed_by="",
        received_by="",
        received_on=None,
        note=note,
    )
    session.add(row)
    session.flush()
    return _batch(session.execute(_batches().where(HandOvers.id == row.id)).one())


def by_number(session: Session, number: str, *, lock: bool = False) -> Batch | None:
    """Return a batch by its number; with `lock` nobody else changes it before this transaction ends."""
    wanted = _batches().where(HandOvers.number == number)
    found = session.execute(wanted.with_for_update(of=HandOvers) if lock else wanted).first()
    return None if found is None else _batch(found)


def by_request(session: Session, request: str) -> Batch | None:
    """Return the batch that a browser's key opened."""
    found = session.execute(_batches().where(HandOvers.request == request)).first()
    return None if found is None else _batch(found)


def listed(session: Session, *, before: int | None = None, limit: int = 50) -> list[Batch]:
    """Return batches, newest first, older than the one with id `before`."""
    wanted = _batches().order_by(HandOvers.id.desc()).limit(limit)
    return [_batch(row) for row in session.execute(wanted if before is None else wanted.where(HandOvers.id < before))]


def tally(session: Session, batch_ids: Sequence[int], where: ColumnElement[bool]) -> dict[int, tuple[int, int]]:
    """Return how many clues that fulfil `where` each batch holds, and how many of them came back."""
    counted = select(HandOverClues.batch_id, func.count(), func.count(HandOverClues.returned_on))
    wanted = counted.join(Clues, Clues.id == HandOverClues.clue_id).where(HandOverClues.batch_id.in_(batch_ids), where)
    rows = session.execute(wanted.group_by(HandOverClues.batch_id)).tuples()
    return {batch: (clues, back) for batch, clues, back in rows}


def size(session: Session, batch_id: int) -> int:
    """Return how many clues a batch holds."""
    held = select(func.count()).select_from(HandOverClues).where(HandOverClues.batch_id == batch_id)
    return session.scalar(held) or 0


def put(session: Session, batch_id: int, clue_ids: Sequence[int]) -> None:
    """Put clues at the end of a batch."""
    last = session.scalar(select(func.max(HandOverClues.position)).where(HandOverClues.batch_id == batch_id)) or 0
    common = {"batch_id": batch_id, "returned_on": None, "return_reason": ""}
    rows = [{**common, "clue_id": id_, "position": last + step} for step, id_ in enumerate(clue_ids, 1)]
    add_rows(session, HandOverClues, rows)


def take_out(session: Session, batch_id: int, clue_id: int) -> None:
    """Take a clue out of a batch that is still being prepared."""
    session.execute(delete(HandOverClues).where(HandOverClues.batch_id == batch_id, HandOverClues.clue_id == clue_id))


def hand(session: Session, batch_id: int, *, on: date, by: str) -> None:
    """Note that a batch was handed over."""
    _change(session, batch_id, state=BatchState.HANDED, handed_on=on, handed_by=by)


def receive(session: Session, batch_id: int, *, on: date, by: str) -> None:
    """Note the receiver's signature."""
    _change(session, batch_id, state=BatchState.RECEIVED, received_on=on, received_by=by)


def give_back(session: Session, batch_id: int, clue_id: int, *, on: date, reason: str) -> None:
    """Note that a clue came back."""
    place = HandOverClues.batch_id == batch_id, HandOverClues.clue_id == clue_id
    session.execute(update(HandOverClues).where(*place).values(returned_on=on, return_reason=reason))


def places(session: Session, batch_id: int, where: ColumnElement[bool]) -> list[Handed]:
    """Return the clues of a batch that fulfil `where`, in the order of its list."""
    wanted = _places().join(Clues, Clues.id == HandOverClues.clue_id)
    found = session.execute(wanted.where(HandOverClues.batch_id == batch_id, where).order_by(HandOverClues.position))
    return [_place(row) for row in found]


def latest(session: Session, clue_ids: Iterable[int]) -> dict[int, Handed]:
    """Return the last batch that each clue was put into."""
    found: dict[int, Handed] = {}
    for chunk in chunks(clue_ids):
        wanted = _places().where(HandOverClues.clue_id.in_(chunk)).order_by(HandOverClues.batch_id)
        found |= {row.HandOverClues.clue_id: _place(row) for row in session.execute(wanted)}
    return found


def _batches() -> Select[tuple[HandOvers, str]]:
    return select(HandOvers, Accounts.name).join(Accounts, Accounts.id == HandOvers.created_by)


def _places() -> Select[tuple[HandOverClues, HandOvers, str]]:
    joined = select(HandOverClues, HandOvers, Accounts.name).join(HandOvers, HandOvers.id == HandOverClues.batch_id)
    return joined.join(Accounts, Accounts.id == HandOvers.created_by)


def _change(session: Session, batch_id: int, **columns: object) -> None:
    session.execute(update(HandOvers).where(HandOvers.id == batch_id).values(columns))


def _batch(row: Row[tuple[HandOvers, str]] | Row[tuple[HandOverClues, HandOvers, str]]) -> Batch:
    stored: HandOvers = row.HandOvers
    return Batch(
        id=stored.id,
        number=stored.number,
        receiver=stored.receiver,
        state=BatchState(stored.state),
        created=stored.created,
        created_by=row.name,
        handed_on=stored.handed_on,
        handed_by=stored.handed_by,
        received_by=stored.received_by,
        received_on=stored.received_on,
        note=stored.note,
    )


def _place(row: Row[tuple[HandOverClues, HandOvers, str]]) -> Handed:
    place: HandOverClues = row.HandOverClues
    return Handed(place.clue_id, _batch(row), place.position, place.returned_on, place.return_reason)
