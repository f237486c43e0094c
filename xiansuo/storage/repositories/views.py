"""Saved filters of the queue, each one person's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from xiansuo.storage.session import now
from xiansuo.storage.tables import SavedViews


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named filter. `query` is the address it opens; `start` marks the one the queue opens with."""

    id: int
    name: str = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    start: bool = False


def of_account(session: Session, account: int) -> list[SavedView]:
    """Return a person's views, in the order they were made."""
    rows = session.scalars(select(SavedViews).where(SavedViews.account_id == account).order_by(SavedViews.id))
    return [SavedView(row.id, row.name, dict(row.query), row.start) for row in rows]


def save(session: Session, account: int, name: str, query: Mapping[str, str]) -> int:
    """Keep a view under a name, in the place of the person's view of that name, and return its id."""
    found = session.scalars(
        select(SavedViews).where(SavedViews.account_id == account, SavedViews.name == name).limit(1)
    ).first()
    if found is None:
        found = SavedViews(account_id=account, name=name, start=False, created=now())
        session.add(found)
    found.query = dict(query)
    session.flush()
    return found.id


def rename(session: Session, account: int, view: int, name: str) -> None:
    """Give a person's view another name."""
    session.execute(update(SavedViews).where(_own(account, view)).values(name=name))


def remove(session: Session, account: int, view: int) -> None:
    """Remove a person's view."""
    session.execute(delete(SavedViews).where(_own(account, view)))


def start_with(session: Session, account: int, view: int | None) -> None:
    """Let the queue open with one of a person's views, or with none."""
    session.execute(update(SavedViews).where(SavedViews.account_id == account).values(start=False))
    if view is not None:
        session.execute(update(SavedViews).where(_own(account, view)).values(start=True))


def _own(account: int, view: int) -> ColumnElement[bool]:
    return and_(SavedViews.id == view, SavedViews.account_id == account)
