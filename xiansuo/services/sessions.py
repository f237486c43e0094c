"""Who is at the browser: opens, reads and ends logged-in sessions."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from xiansuo.domain.account import AccountState, fold_login
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import UsageError
from xiansuo.services.office import Office
from xiansuo.storage.repositories import accounts, audit, leases, sessions
from xiansuo.storage.repositories.sessions import StoredSession
from xiansuo.storage.session import CHINA, now, reading, transaction

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_QUIET = timedelta(minutes=1)
"""A session is written at most once a minute: pages would otherwise wait for each other's disk flush."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A person at a browser, and the token that the browser's forms must bring back."""

    viewer: Viewer
    token: str = field(repr=False)


def open_session(office: Office, account_id: int, *, instead_of: str = "") -> str:
    """Log an account in and return a new cookie, of which only the digest is kept; the browser's old one ends."""
    cookie, at = secrets.token_urlsafe(32), now()
    with transaction(office.engine) as session:
        sessions.purge(session, seen_before=at - IDLE, created_before=at - LONGEST)
        sessions.remove(session, _digest(instead_of))
        sessions.add(session, _digest(cookie), StoredSession(account_id, secrets.token_urlsafe(32), at, at))
    return cookie


def end_session(office: Office, cookie: str, viewer: Viewer | None = None, *, everywhere: bool = False) -> None:
    """Log a browser out; with `everywhere` all browsers of the person."""
    with transaction(office.engine) as session:
        sessions.remove(session, _digest(cookie))
        if viewer and everywhere:
            sessions.remove_all(session, viewer.account)
        if viewer:
            # What the person was reading waits for others at once.
            leases.release_all(session, viewer.account)
            id_ = str(viewer.account)
            audit.append(session, actor=viewer.login, action="session.end", object_kind="account", object_id=id_)


def logged_in(office: Office, cookie: str, *, at: datetime | None = None, active: bool = True) -> LoggedIn | None:
    """Return who is at the browser with `cookie`; nobody once it was idle for 30 minutes or open for 12 hours.

    A request that the page makes by itself (`active` false) keeps nobody logged in.
    """
    at, key = at or now(), _digest(cookie)
    with reading(office.engine) as session:
        found = sessions.get(session, key)
        viewer = viewer_of_account(session, found.account_id, at) if found and _alive(found, at) else None
    if found is None or viewer is None:
        return None
    if active and at - found.seen > _QUIET:
        with transaction(office.engine) as session:
            sessions.touch(session, key, at)
    return LoggedIn(viewer, found.token)


def viewer_named(office: Office, login: str, *, at: datetime | None = None) -> Viewer | None:
    """Return the person of a login name, for commands at the machine; None where there is none who may log in."""
    with reading(office.engine) as session:
        account = accounts.by_login(session, fold_login(login))
        return viewer_of_account(session, account.id, at or now()) if account else None


def asking(office: Office, login: str, power: Power, otherwise: str) -> Viewer | None:
    """Return on whose behalf a command is given; nobody before there are accounts.

    Raises UsageError with the sentence `otherwise` where there are accounts and none is named, or the one named has not the power.
    """
    with reading(office.engine) as session:
        if not login and not accounts.listed(session):
            return None
    viewer = viewer_named(office, login)
    if viewer is None or not viewer.may(power):
        raise UsageError(otherwise)
    return viewer


def viewer_of_account(session: Session, account_id: int, at: datetime) -> Viewer | None:
    """Return an account as the person it is at the instant `at`; None where it may not be used.

    One that a head has yet to confirm may be used to choose a password and for nothing else: so the operator who made it no
    longer knows the password on the day it opens anything.
    """
    account = accounts.get(session, account_id)
    if account is None or account.state is AccountState.CLOSED:
        return None
    if account.state is AccountState.PENDING and not account.must_change:
        return None
    today = at.astimezone(CHINA).date()
    return Viewer(
        account.id,
        account.login,
        account.name,
        account.role,
        accounts.memberships(session, account.id, today),
        today,
        changing=account.must_change,
        locale=account.locale,
    )


def _alive(found: StoredSession, at: datetime) -> bool:
    return at - found.seen <= IDLE and at - found.created <= LONGEST


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
