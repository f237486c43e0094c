"""Persons' decisions to read the set-aside clues of a round, or of the office, no further; and their withdrawal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from xiansuo.storage.session import now
from xiansuo.storage.tables import Accounts, ClueRounds, Clues, Rounds, Stops


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop with its round (None: the whole office), who, why, what was known then, and when and by whom it was withdrawn."""

    id: int
    round: int | None
    name: str
    account: int
    who: str = field(repr=False)
    reason: str = field(repr=False)
    statement: Mapping[str, Any] = field(repr=False)
    created: datetime
    withdrawn: datetime | None
    withdrawn_by: str = field(repr=False)


def listed(session: Session, rounds: Sequence[int] | None) -> list[Stop]:
    """Return the stops of some rounds and of the office, the latest first; of all rounds for None."""
    wanted = _with_names().order_by(Stops.id.desc())
    if rounds is not None:
        wanted = wanted.where(or_(Stops.round_id.is_(None), Stops.round_id.in_(rounds)))
    return [_from_row(*row) for row in session.execute(wanted).tuples()]


def find(session: Session, stop_id: int) -> Stop | None:
    """Return a stop."""
    row = session.execute(_with_names().where(Stops.id == stop_id)).tuples().one_or_none()
    return _from_row(*row) if row else None


def in_force(session: Session, round_id: int | None) -> bool:
    """Tell whether a round, or the office for None, is stopped by a decision for just that."""
    same = Stops.round_id.is_(None) if round_id is None else Stops.round_id == round_id
    return session.scalar(select(Stops.id).where(Stops.withdrawn.is_(None), same).limit(1)) is not None


def by_request(session: Session, request: str) -> int | None:
    """Return the id of the stop that carried this request key."""
    return session.scalar(select(Stops.id).where(Stops.request == request))


def add(
    session: Session, *, round_id: int | None, account: int, request: str, reason: str, statement: Mapping[str, Any]
) -> int:
    """Write a stop down and return its id."""
    row = Stops(round_id=round_id, account_id=account, request=request, reason=reason, statement=dict(statement))
    row.created = now()
    session.add(row)
    session.flush()
    return row.id


def withdraw(session: Session, stop_id: int, account: int) -> None:
    """Take a stop back; one that was taken back stays as it is."""
    row = session.get_one(Stops, stop_id)
    if row.withdrawn is None:
        row.withdrawn, row.withdrawn_by = now(), account


def stopped() -> ColumnElement[bool]:
    """Return the condition on `Clues` that a stop in force holds for one of their rounds, or for the office."""
    of_round = exists().where(ClueRounds.clue_id == Clues.id, ClueRounds.round_id == Stops.round_id)
    of_round = of_round.correlate(Clues, Stops)
    return exists().where(Stops.withdrawn.is_(None), or_(Stops.round_id.is_(None), of_round)).correlate(Clues)


def _with_names() -> Select[tuple[Stops, str, str, str]]:
    other = aliased(Accounts)
    wanted = select(Stops, Rounds.name, Accounts.name, other.name).join(Accounts, Accounts.id == Stops.account_id)
    return wanted.outerjoin(Rounds, Rounds.id == Stops.round_id).outerjoin(other, other.id == Stops.withdrawn_by)


def _from_row(row: Stops, name: str | None, who: str, by: str | None) -> Stop:
    return Stop(
        id=row.id,
        round=row.round_id,
        name=name or "",
        account=row.account_id,
        who=who,
        reason=row.reason,
        statement=row.statement,
        created=row.created,
        withdrawn=row.withdrawn,
        withdrawn_by=by or "",
    )
