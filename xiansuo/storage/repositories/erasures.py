"""Proposals to erase, what belongs to them, and the certificates they become."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xiansuo.storage.repositories import numbers
from xiansuo.storage.repositories.retention import Kept, Kind
from xiansuo.storage.session import CHINA, add_missing, add_rows, chunks, now
from xiansuo.storage.tables import ErasedItems, Erasures, Seen
from xiansuo.storage.tables.base import Json


class State(StrEnum):
    """How far a proposal got."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    CONFIRMED = "confirmed"
    DONE = "done"

    @property
    def chinese(self) -> str:
        """The word on screens."""
        return _STATES[self]


_STATES = {
    State.PROPOSED: "待另一人确认",
    State.WITHDRAWN: "没有执行",
    State.CONFIRMED: "已确认，正在执行",
    State.DONE: "已销毁",
}
OPEN = (State.PROPOSED, State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A thing of a proposal; `digest` is keyed."""

    kind: Kind
    ref: int
    rule: str
    digest: bytes
    done: bool = False
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class NewErasure:
    """A proposal to be stored; `rules` are the rules as they stand."""

    request: str
    day: date
    rules: Json
    reason: str = field(repr=False)
    proposed_by: str
    items: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Erasure:
    """A proposal as stored, by now perhaps a certificate."""

    id: int
    state: State
    day: date
    rules: Json
    reason: str = field(repr=False)
    proposed_by: str
    proposed: datetime
    answered_by: str
    answered: datetime | None
    answer: str = field(repr=False)
    number: str
    finished: datetime | None
    certificate: Json
    digest: bytes | None


def add(session: Session, new: NewErasure) -> int:
    """Store a proposal and return its id."""
    row = Erasures(
        request=new.request,
        state=State.PROPOSED.value,
        day=new.day,
        rules=new.rules,
        reason=new.reason,
        proposed_by=new.proposed_by,
        proposed=now(),
        answered_by="",
        answer="",
    )
    session.add(row)
    session.flush()
    list_items(session, row.id, new.items)
    return row.id


def list_items(session: Session, erasure: int, items: Sequence[Listed], *, done: datetime | None = None) -> None:
    """Put things under a proposal, or under a certificate from elsewhere by which they are `done`."""
    for chunk in chunks(items):
        rows = [
            {
                "erasure_id": erasure,
                "kind": one.kind.value,
                "ref": one.ref,
                "rule": one.rule,
                "digest": one.digest,
                "done": done,
                "kept": "",
            }
            for one in chunk
        ]
        add_rows(session, ErasedItems, rows)


def by_request(session: Session, request: str, proposed_by: str) -> int | None:
    """Return the proposal that a person made by this act."""
    return session.scalar(select(Erasures.id).where(Erasures.request == request, Erasures.proposed_by == proposed_by))


def get(session: Session, id_: int, *, lock: bool = False) -> Erasure | None:
    """Return a proposal, with `lock` held against others until the transaction ends."""
    wanted = select(Erasures).where(Erasures.id == id_).execution_options(populate_existing=True)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    return None if row is None else _from_row(row)


def by_number(session: Session, number: str) -> Erasure | None:
    """Return the proposal with this certificate number."""
    row = session.scalar(select(Erasures).where(Erasures.number == number))
    return None if row is None else _from_row(row)


def listed(session: Session, states: Iterable[State] = tuple(State), *, limit: int = 100) -> list[Erasure]:
    """Return proposals in these states, newest first."""
    wanted = select(Erasures).where(Erasures.state.in_(list(states))).order_by(Erasures.id.desc()).limit(limit)
    return [_from_row(row) for row in session.scalars(wanted)]


def items(session: Session, erasure: int) -> list[Listed]:
    """Return all things of a proposal."""
    wanted = select(ErasedItems).where(ErasedItems.erasure_id == erasure).order_by(ErasedItems.kind, ErasedItems.ref)
    return [_item(row) for row in session.scalars(wanted)]


def waiting(session: Session, erasure: int, *, limit: int) -> list[Listed]:
    """Return up to `limit` things of a proposal that were neither erased nor kept yet."""
    open_ = (ErasedItems.erasure_id == erasure, ErasedItems.done.is_(None), ErasedItems.kept == "")
    wanted = select(ErasedItems).where(*open_).order_by(ErasedItems.kind, ErasedItems.ref).limit(limit)
    return [_item(row) for row in session.scalars(wanted)]


def in_hand(session: Session) -> set[tuple[Kind, int]]:
    """Return what stands in a proposal that is not at its end."""
    wanted = select(ErasedItems.kind, ErasedItems.ref).join(Erasures, Erasures.id == ErasedItems.erasure_id)
    rows = session.execute(wanted.where(Erasures.state.in_(OPEN))).tuples()
    return {(Kind(kind), ref) for kind, ref in rows}


def settle(session: Session, erasure: int, things: Iterable[Listed], kept: Kept | None = None) -> None:
    """Note that things were erased, or why they stay."""
    values: dict[str, object] = {"kept": kept.value} if kept else {"done": now()}
    for one in things:
        here = (ErasedItems.erasure_id == erasure, ErasedItems.kind == one.kind.value, ErasedItems.ref == one.ref)
        session.execute(update(ErasedItems).where(*here).values(values).execution_options(synchronize_session=False))


def answer(session: Session, id_: int, state: State, *, by: str, said: str = "") -> bool:
    """Confirm or withdraw a proposal that waits; tell whether it did. A confirmed one gets its number, such as XH-2026-0001."""
    values: dict[str, object] = {"state": state.value, "answered_by": by, "answered": now(), "answer": said}
    if state is State.CONFIRMED:
        year = now().astimezone(CHINA).year
        (number,) = numbers.take(session, f"erasures-{year}")
        values["number"] = f"XH-{year}-{number:04d}"
    waits = update(Erasures).where(Erasures.id == id_, Erasures.state == State.PROPOSED.value)
    return session.connection().execute(waits.values(values)).rowcount == 1


def finish(session: Session, id_: int, certificate: Json, digest: bytes, at: datetime) -> None:
    """Note that a confirmed proposal was carried out."""
    values = {"state": State.DONE.value, "finished": at, "certificate": certificate, "digest": digest}
    session.execute(update(Erasures).where(Erasures.id == id_).values(values))


def bring(session: Session, certificate: Json, digest: bytes, finished: datetime) -> int | None:
    """Store a certificate that an older backup does not know and return its id; None where it is known."""
    number = str(certificate["number"])
    if by_number(session, number):
        return None
    row = Erasures(
        request=f"brought {number}",
        state=State.DONE.value,
        day=date.fromisoformat(certificate["day"]),
        rules=certificate["rules"],
        reason="",
        proposed_by=certificate["proposed_by"],
        proposed=datetime.fromisoformat(certificate["proposed_at"]),
        answered_by=certificate["confirmed_by"],
        answered=datetime.fromisoformat(certificate["confirmed_at"]),
        answer="",
        number=number,
        finished=finished,
        certificate=certificate,
        digest=digest,
    )
    session.add(row)
    session.flush()
    _, year, given = number.split("-")
    while numbers.take(session, f"erasures-{year}", 0).stop - 1 < int(given):
        numbers.take(session, f"erasures-{year}")
    return row.id


def certificates(session: Session) -> list[Erasure]:
    """Return all certificates, oldest first."""
    wanted = select(Erasures).where(Erasures.state == State.DONE.value).order_by(Erasures.number)
    return [_from_row(row) for row in session.scalars(wanted)]


def keys_of(session: Session, outcome: str, refs: Iterable[int]) -> dict[int, bytes]:
    """Return the keyed digest of the bytes each letter (or receipt, or quarantined file) came in as."""
    return {
        ref: key
        for chunk in chunks(sorted(refs))
        for ref, key in session.execute(
            select(Seen.ref, Seen.key).where(Seen.outcome == outcome, Seen.ref.in_(chunk)).order_by(Seen.key)
        ).tuples()
    }


def known(session: Session, keys: Iterable[bytes]) -> dict[bytes, tuple[str, int]]:
    """Return outcome and id of what came in under these keyed digests."""
    return {
        key: (outcome, ref)
        for chunk in chunks(keys)
        for key, outcome, ref in session.execute(
            select(Seen.key, Seen.outcome, Seen.ref).where(Seen.key.in_(chunk))
        ).tuples()
    }


def remember(session: Session, keys: Iterable[bytes], outcome: str) -> None:
    """Let what comes in under these digests be taken for seen."""
    add_missing(session, Seen, [{"key": key, "outcome": outcome, "ref": 0} for key in keys])


def counts(found: Iterable[Listed]) -> tuple[Counter[Kind], Counter[Kept]]:
    """Return how many were erased by kind, and how many stayed by reason."""
    found = list(found)
    return Counter(one.kind for one in found if one.done), Counter(one.kept for one in found if one.kept)


def _item(row: ErasedItems) -> Listed:
    kept = Kept(row.kept) if row.kept else None
    return Listed(Kind(row.kind), row.ref, row.rule, row.digest, row.done is not None, kept)


def _from_row(row: Erasures) -> Erasure:
    return Erasure(
        id=row.id,
        state=State(row.state),
        day=row.day,
        rules=row.rules,
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed=row.proposed,
        answered_by=row.answered_by,
        answered=row.answered,
        answer=row.answer,
        number=row.number or "",
        finished=row.finished,
        certificate=row.certificate,
        digest=row.digest,
    )
