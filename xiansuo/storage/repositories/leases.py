"""Leases: which person is reading which clue, so that two never read the same; an expired lease holds nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Accounts, Clues, Leases

LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Lease:
    """A person reads a clue: since when without a break, and until when nobody else gets it."""

    clue_id: int
    account: int
    taken: datetime
    expires: datetime


def take(session: Session, clue_id: int, account: int, *, at: datetime) -> Lease | None:
    """Give the clue to `account`, or keep it there, for another half hour; None where somebody else holds it.

    One statement, so that of two who ask at once one gets it.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = insert(Leases).values(clue_id=clue_id, account_id=account, taken=at, expires=at + LASTS)
    kept = case((and_(Leases.account_id == account, Leases.expires > at), Leases.taken), else_=new.excluded.taken)
    change = {"account_id": new.excluded.account_id, "taken": kept, "expires": new.excluded.expires}
    mine_or_over = or_(Leases.account_id == account, Leases.expires <= at)
    asked = new.on_conflict_do_update(index_elements=["clue_id"], set_=change, where=mine_or_over)
    row = session.execute(asked.returning(Leases.taken, Leases.expires)).first()
    return Lease(clue_id, account, row.taken, row.expires) if row else None


def of(session: Session, clue_id: int, *, at: datetime) -> Lease | None:
    """Return the lease on a clue, None where nobody is reading it."""
    row = session.scalar(select(Leases).where(Leases.clue_id == clue_id, Leases.expires > at))
    return _to_lease(row) if row else None


def held_by(session: Session, account: int, *, at: datetime) -> list[Lease]:
    """Return the leases of a person, the latest taken first."""
    wanted = select(Leases).where(Leases.account_id == account, Leases.expires > at)
    return [_to_lease(row) for row in session.scalars(wanted.order_by(Leases.taken.desc(), Leases.clue_id))]


def readers(session: Session, clue_ids: Iterable[int], *, at: datetime) -> dict[int, int]:
    """Return the account that reads each clue, for those that are being read."""
    wanted = select(Leases.clue_id, Leases.account_id).where(Leases.expires > at)
    return {
        clue: account
        for chunk in chunks(clue_ids)
        for clue, account in session.execute(wanted.where(Leases.clue_id.in_(chunk))).tuples()
    }


def name_of(session: Session, account: int) -> str:
    """Return the name of a colleague, to say who is reading."""
    return session.scalar(select(Accounts.name).where(Accounts.id == account)) or ""


def free_for(account: int, *, at: datetime) -> ColumnElement[bool]:
    """Return the condition on `Clues` that nobody but `account` is reading the clue."""
    others = exists().where(Leases.clue_id == Clues.id, Leases.expires > at, Leases.account_id != account)
    return ~others


def release(session: Session, clue_id: int, *, account: int | None = None) -> bool:
    """Free a clue that `account` holds, or whoever holds it; tell whether there was anything to free."""
    owned = [] if account is None else [Leases.account_id == account]
    found = session.scalars(delete(Leases).where(Leases.clue_id == clue_id, *owned).returning(Leases.clue_id)).all()
    return bool(found)


def release_all(session: Session, account: int) -> None:
    """Free every clue that a person holds, as when logging out."""
    session.execute(delete(Leases).where(Leases.account_id == account))


def _to_lease(row: Leases) -> Lease:
    return Lease(row.clue_id, row.account_id, row.taken, row.expires)
