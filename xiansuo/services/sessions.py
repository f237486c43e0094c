"""Who is at the browser: opens, reads and ends logged-in sessions."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.domain.people import Membership, Role, Viewer
from xiansuo.services.office import Office
from xiansuo.storage.repositories import sessions
from xiansuo.storage.repositories.sessions import StoredSession
from xiansuo.storage.session import CHINA, now, reading, transaction
from xiansuo.storage.tables import Accounts, RoundMembers, Rounds

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_QUIET = timedelta(minutes=1)
"""A session is written at most once a minute: pages would otherwise wait for each other's disk flush."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A person at a browser, and the token that the browser's forms must bring back."""

    viewer: Viewer
    token: str = field(repr=False)


def open_session(office: Office, account_id: int) -> str:
    """Log an account in and return the cookie; only its digest is kept."""
    cookie, at = secrets.token_urlsafe(32), now()
    with transaction(office.engine) as session:
        sessions.add(session, _digest(cookie), StoredSession(account_id, secrets.token_urlsafe(32), at, at))
    return cookie


def end_session(office: Office, cookie: str) -> None:
    """Log a browser out."""
    with transaction(office.engine) as session:
        sessions.remove(session, _digest(cookie))


def logged_in(office: Office, cookie: str, *, at: datetime | None = None) -> LoggedIn | None:
    """Return who is at the browser with `cookie`; nobody once it was idle for 30 minutes or open for 12 hours."""
    at, key = at or now(), _digest(cookie)
    with reading(office.engine) as session:
        found = sessions.get(session, key)
        viewer = _viewer(session, found.account_id, at) if found and _alive(found, at) else None
    if found is None or viewer is None:
        return None
    if at - found.seen > _QUIET:
        with transaction(office.engine) as session:
            sessions.touch(session, key, at)
    return LoggedIn(viewer, found.token)


def viewer_of_account(session: Session, account_id: int, at: datetime) -> Viewer | None:
    """Return an account as the person it is at the instant `at`."""
    return _viewer(session, account_id, at)


def _alive(found: StoredSession, at: datetime) -> bool:
    return at - found.seen <= IDLE and at - found.created <= LONGEST


def _viewer(session: Session, account_id: int, at: datetime) -> Viewer | None:
    account = session.get(Accounts, account_id)
    if account is None or account.state != "active":
        return None
    today = at.astimezone(CHINA).date()
    rounds = _memberships(session, account_id, today)
    role = Role(account.role)
    return Viewer(
        account.id,
        account.login,
        account.name,
        role,
        rounds,
        today,
        changing=account.must_change,
        locale=account.locale,
    )


def _memberships(session: Session, account_id: int, today: date) -> tuple[Membership, ...]:
    open_today = (Rounds.starts <= today, Rounds.ends >= today, Rounds.closed.is_(None))
    mine = (RoundMembers.account_id == account_id, RoundMembers.ended.is_(None))
    wanted = select(RoundMembers.round_id, RoundMembers.units).join(Rounds, Rounds.id == RoundMembers.round_id)
    rows = session.execute(wanted.where(*mine, *open_today).order_by(RoundMembers.round_id))
    return tuple(Membership(round_id, tuple(units)) for round_id, units in rows)


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
