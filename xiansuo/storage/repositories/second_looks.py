"""Decisions that were offered for a second look, and what people answered. A decision is offered once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Act, ClueState, Finding, Outcome
from xiansuo.storage.session import add_missing, now
from xiansuo.storage.tables import Clues, Decisions, SecondLooks

_STANDING = (ClueState.DECIDED, ClueState.CLOSED)


class LookState(StrEnum):
    """Where a second look stands. REDECIDED: somebody decided about the clue since, by way of the second look or not."""

    WAITING = "waiting"
    KEPT = "kept"
    REDECIDED = "redecided"


@dataclass(frozen=True, slots=True)
class NewLook:
    """A decision to be looked at again: what is doubted of it (`scope` or a category), and clues written alike, with whether each says otherwise."""

    decision: int
    clue: int
    doubt: float
    label: str
    near: tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True)
class Look(NewLook):
    """A second look as stored, with the clue it is about."""

    id: int = field(kw_only=True)
    number: str = field(kw_only=True)
    unit: str = field(kw_only=True, repr=False)
    finding: Finding = field(kw_only=True, repr=False)
    state: LookState = field(kw_only=True)
    account: int | None = field(kw_only=True, repr=False)
    clue_state: ClueState = field(kw_only=True)
    created: datetime = field(kw_only=True)


def add(session: Session, looks: Sequence[NewLook], *, found_by: str) -> int:
    """Offer decisions for a second look and return how many; those that were offered before stay as they are."""
    at, before = now(), len(clues_offered(session))
    rows = [
        {
            "decision_id": one.decision,
            "clue_id": one.clue,
            "doubt": one.doubt,
            "evidence": {"label": one.label, "near": [list(pair) for pair in one.near]},
            "found_by": found_by,
            "state": LookState.WAITING.value,
            "note": "",
            "created": at,
        }
        for one in looks
    ]
    add_missing(session, SecondLooks, rows)
    return len(clues_offered(session)) - before


def clues_offered(session: Session) -> frozenset[int]:
    """Return the clues of which a decision was ever offered, answered or not; they are not offered again."""
    return frozenset(session.scalars(select(SecondLooks.clue_id)))


def waiting_count(session: Session) -> int:
    """Return how many second looks wait in all."""
    wanted = select(func.count()).select_from(SecondLooks).join(Clues, Clues.id == SecondLooks.clue_id)
    return session.scalar(wanted.where(_waits())) or 0


def waiting(session: Session, where: ColumnElement[bool], *, limit: int) -> list[Look]:
    """Return the second looks that wait about clues that fulfil `where`, the most doubtful first."""
    wanted = _looks().where(_waits(), where).order_by(SecondLooks.doubt.desc(), SecondLooks.id)
    return [_look(*row) for row in session.execute(wanted.limit(limit)).tuples()]


def lock(session: Session, id_: int, where: ColumnElement[bool]) -> Look | None:
    """Return a second look about a clue that fulfils `where`, held against other answers until the transaction ends."""
    wanted = _looks().where(SecondLooks.id == id_, where).with_for_update(of=[SecondLooks, Clues])
    row = session.execute(wanted).tuples().one_or_none()
    return _look(*row) if row else None


def stands(session: Session, look: Look) -> bool:
    """Tell whether the decision in question is still the last word about its clue."""
    waits = (
        select(SecondLooks.id).join(Clues, Clues.id == SecondLooks.clue_id).where(_waits(), SecondLooks.id == look.id)
    )
    return session.scalar(waits) is not None


def keep(session: Session, id_: int, *, account: int, note: str) -> None:
    """Write down that a person looked again and kept the decision."""
    row = session.get_one(SecondLooks, id_)
    row.state, row.account_id, row.note, row.answered = LookState.KEPT.value, account, note, now()


def answer_redecided(session: Session) -> int:
    """Mark those that wait although somebody has decided about their clue since; return how many."""
    later = _later()
    rows = session.scalars(select(SecondLooks).where(SecondLooks.state == LookState.WAITING.value, later)).all()
    for row in rows:
        row.state, row.answered = LookState.REDECIDED.value, now()
    return len(rows)


def _looks() -> Select[tuple[SecondLooks, Clues, Decisions]]:
    joined = select(SecondLooks, Clues, Decisions).join(Clues, Clues.id == SecondLooks.clue_id)
    return joined.join(Decisions, Decisions.id == SecondLooks.decision_id)


def _waits() -> ColumnElement[bool]:
    return and_(
        SecondLooks.state == LookState.WAITING.value, Clues.state.in_([one.value for one in _STANDING]), ~_later()
    )


def _later() -> ColumnElement[bool]:
    act = aliased(Decisions)
    spoken = or_(act.act == Act.DECIDE.value, act.act == Act.UNDO.value)
    return (
        exists()
        .where(act.clue_id == SecondLooks.clue_id, act.id > SecondLooks.decision_id, spoken)
        .correlate(SecondLooks)
    )


def _look(row: SecondLooks, clue: Clues, said: Decisions) -> Look:
    return Look(
        finding=Finding(Outcome(said.outcome), tuple(map(Category, said.labels)), said.destination),
        decision=row.decision_id,
        clue=row.clue_id,
        doubt=row.doubt,
        label=row.evidence["label"],
        near=tuple((id_, bool(unlike)) for id_, unlike in row.evidence["near"]),
        id=row.id,
        number=clue.number,
        unit=clue.unit,
        state=LookState(row.state),
        account=row.account_id,
        clue_state=ClueState(clue.state),
        created=row.created,
    )
