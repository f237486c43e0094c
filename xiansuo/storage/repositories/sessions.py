"""Logged-in browsers, known by the digest of their cookie."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from xiansuo.storage.tables import Sessions


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A logged-in browser. `token` is what its forms must bring back."""

    account_id: int
    token: str = field(repr=False)
    created: datetime
    seen: datetime


def add(session: Session, key: bytes, opened: StoredSession) -> None:
    """Remember a browser under the digest of its cookie."""
    row = Sessions(key=key, account_id=opened.account_id, token=opened.token)
    row.created, row.seen = opened.created, opened.seen
    session.add(row)


def get(session: Session, key: bytes) -> StoredSession | None:
    """Return the browser with this digest."""
    row = session.get(Sessions, key)
    return StoredSession(row.account_id, row.token, row.created, row.seen) if row else None


def touch(session: Session, key: bytes, at: datetime) -> None:
    """Note that a browser was active."""
    session.execute(update(Sessions).where(Sessions.key == key, Sessions.seen < at).values(seen=at))


def remove(session: Session, key: bytes) -> None:
    """Forget a browser."""
    session.execute(delete(Sessions).where(Sessions.key == key))


def remove_all(session: Session, account_id: int) -> None:
    """Forget every browser of an account."""
    session.execute(delete(Sessions).where(Sessions.account_id == account_id))


def purge(session: Session, *, seen_before: datetime, created_before: datetime) -> None:
    """Forget browsers whose time has run out."""
    session.execute(delete(Sessions).where(or_(Sessions.seen < seen_before, Sessions.created < created_before)))
