"""Accounts: who may log in, the password's hash, failed tries, and the rounds a person is authorised for."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xiansuo.domain.account import AccountState, failures_now, is_expired, is_locked, wait_after
from xiansuo.domain.people import Membership, Role
from xiansuo.storage.session import now
from xiansuo.storage.tables import Accounts, RoundMembers, Rounds


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made. `secret` is the password's hash; `by` the login of who makes it."""

    login: str
    name: str = field(repr=False)
    role: Role
    state: AccountState
    secret: str = field(repr=False)
    by: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored, without its password. `prepared_by` is who made or last reset it.

    `stamp` changes with the password, role and state, so that an act can name what its person saw.
    """

    id: int
    login: str
    name: str = field(repr=False)
    role: Role
    state: AccountState
    must_change: bool
    locked_until: datetime | None
    locale: str
    created: datetime
    prepared_by: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to log in that was counted before its password is looked at."""

    account_id: int
    secret: str = field(repr=False)


def add(session: Session, new: NewAccount) -> int:
    """Store an account whose password has to be changed first, and return its id."""
    row = Accounts(
        login=new.login,
        name=new.name,
        role=new.role,
        state=new.state,
        password=new.secret,
        must_change=True,
        issued=now(),
        failures=0,
        locked_until=None,
        locale="zh",
        screened=False,
        created=now(),
        created_by=new.by,
    )
    session.add(row)
    session.flush()
    return row.id


def get(session: Session, id_: int, *, lock: bool = False) -> Account | None:
    """Return one account; with `lock` nobody else changes it before this transaction ends."""
    row = session.get(Accounts, id_, with_for_update=lock or None)
    return None if row is None else _from_row(row)


def by_login(session: Session, login: str) -> Account | None:
    """Return the account of a login name, None where there is none."""
    row = session.scalar(select(Accounts).where(Accounts.login == login))
    return None if row is None else _from_row(row)


def listed(session: Session) -> list[Account]:
    """Return all accounts in order of creation."""
    return [_from_row(row) for row in session.scalars(select(Accounts).order_by(Accounts.id))]


def in_use(session: Session, role: Role, *, besides: int = 0) -> bool:
    """Tell whether an active account has `role`, other than the account `besides`. Waits for others who change such accounts."""
    active = select(Accounts.id).where(Accounts.role == role, Accounts.state == AccountState.ACTIVE)
    return bool(set(session.scalars(active.with_for_update())) - {besides})


def set_state(session: Session, id_: int, state: AccountState) -> None:
    """Put an account into another state."""
    _change(session, id_, state=state)


def set_role(session: Session, id_: int, role: Role, *, state: AccountState, by: str) -> None:
    """Give an account another role; like a new account it names who prepared it."""
    _change(session, id_, role=role, state=state, created_by=by)


def set_locale(session: Session, id_: int, locale: str) -> None:
    """Remember the language a person reads."""
    _change(session, id_, locale=locale)


def reset(session: Session, id_: int, secret: str, *, state: AccountState, by: str) -> None:
    """Give an account a temporary password; like a new account it names who prepared it."""
    changed = {"password": secret, "must_change": True, "issued": now(), "state": state, "created_by": by}
    _change(session, id_, **changed, failures=0, locked_until=None)


def set_password(session: Session, id_: int, secret: str) -> None:
    """Store the hash of a password that the person chose."""
    _change(session, id_, password=secret, must_change=False, issued=None, failures=0, locked_until=None)


def begin_attempt(session: Session, login: str, at: datetime, *, familiar: bool = False) -> Attempt | None:
    """Count a try to log in as failed until `end_attempt`; None where the account waits, is closed or does not exist.

    None also where a temporary password has run out, so that it is refused like a wrong one.

    Counting first, under the row's lock, keeps many tries at the same time from sharing one chance. Tries from a `familiar`
    browser are counted at the door (review/throttle.py): they neither wait for those of strangers nor make anybody wait.
    """
    row = session.scalar(select(Accounts).where(Accounts.login == login).with_for_update())
    if row is None or row.state == AccountState.CLOSED or is_expired(row.issued, at):
        return None
    if familiar:
        return Attempt(row.id, row.password)
    if is_locked(row.locked_until, at):
        return None
    row.failures = failures_now(row.failures, row.locked_until, at) + 1
    row.locked_until = at + wait_after(row.failures)
    session.flush()
    return Attempt(row.id, row.password)


def end_attempt(session: Session, id_: int) -> None:
    """Note that the password was right, and forget the failures before."""
    _change(session, id_, failures=0, locked_until=None)


def memberships(session: Session, account_id: int, today: date) -> tuple[Membership, ...]:
    """Return the rounds open on the day `today` (in China) that authorise the person."""
    named = select(RoundMembers.round_id, RoundMembers.units).join(Rounds, Rounds.id == RoundMembers.round_id)
    named = named.where(RoundMembers.account_id == account_id, RoundMembers.ended.is_(None))
    opened = named.where(Rounds.closed.is_(None), Rounds.starts <= today, Rounds.ends >= today)
    return tuple(Membership(row.round_id, tuple(row.units)) for row in session.execute(opened.order_by(Rounds.id)))


def _change(session: Session, id_: int, **columns: object) -> None:
    session.execute(update(Accounts).where(Accounts.id == id_).values(columns))


def _from_row(row: Accounts) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        state=AccountState(row.state),
        must_change=row.must_change,
        locked_until=row.locked_until,
        locale=row.locale,
        created=row.created,
        prepared_by=row.created_by,
        stamp=_stamp(row),
    )


def _stamp(row: Accounts) -> str:
    # The hash holds 128 bits of salt, so its own digest tells nothing of the password.
    seen = f"{row.password}\n{row.role}\n{row.state}\n{row.created_by}"
    return hashlib.sha256(seen.encode()).hexdigest()[:16]
