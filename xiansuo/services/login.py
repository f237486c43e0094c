"""Logging in: the password and its growing lock-out, and the choice of a new password."""

from datetime import datetime

from sqlalchemy.orm import Session

from xiansuo.domain.account import AccountState, fold_login, weakness
from xiansuo.domain.audit import Result
from xiansuo.domain.people import Viewer
from xiansuo.errors import RefusedError, XiansuoError
from xiansuo.services.office import Office
from xiansuo.services.passwords import hash_password, in_line, is_right
from xiansuo.storage.repositories import accounts, audit, sessions
from xiansuo.storage.repositories.accounts import Account
from xiansuo.storage.session import now, transaction

WRONG = (
    "登录名或密码不对，或者刚刚连续输错、还要等一会儿。连续输错会越等越久，最长15分钟。忘了密码，请找系统管理员重置。"
)
WRONG_OLD = "原密码不对，或者刚刚连续输错、还要等一会儿。密码没有改，请核对后再试。"
NOT_CONFIRMED = "密码没有问题，但账号还没有经分管领导确认，现在不能使用。请等确认后再登录。"
_NOBODY = "-"


def log_in(office: Office, typed: str, password: str, *, at: datetime | None = None, familiar: bool = False) -> Account:
    """Return the account of a login name and password. A `familiar` browser (services/familiar.py) need not wait for strangers' wrong tries.

    Raises RefusedError, with the same sentence after the same time, for a wrong name, a wrong password, a closed account and
    one that has to wait; with another sentence for one that a head has yet to confirm, to whoever knows its password.
    """
    with in_line():
        account = _check(office, fold_login(typed), password, at or now(), familiar=familiar)
    if account is None:
        raise RefusedError(WRONG)
    if account.state is AccountState.PENDING and not account.must_change:
        raise RefusedError(NOT_CONFIRMED)
    return account


def change_password(office: Office, viewer: Viewer, old: str, new: str) -> Account:
    """Put a password of the person's own choice in the place of the old one, and end all the person's sessions.

    Raises RefusedError for a wrong old password, which counts like a failed log-in, and XiansuoError for a weak new one.
    """
    with in_line():
        account = _check(office, viewer.login, old, now())
    if account is None:
        raise RefusedError(WRONG_OLD)
    if weak := weakness(new, login=viewer.login, old=old):
        raise XiansuoError(weak.sentence)
    secret = hash_password(new)
    with transaction(office.engine) as session:
        accounts.set_password(session, account.id, secret)
        sessions.remove_all(session, account.id)
        _record(session, account, "password.change")
    return account


def set_locale(office: Office, account_id: int, locale: str) -> None:
    """Remember the language a person reads."""
    with transaction(office.engine) as session:
        accounts.set_locale(session, account_id, locale)


def _check(office: Office, login: str, password: str, at: datetime, *, familiar: bool = False) -> Account | None:
    """Return the account if the password is right. Every refusal costs two events and one hash, whatever the reason."""
    with transaction(office.engine) as session:
        attempt = accounts.begin_attempt(session, login, at, familiar=familiar)
        known = accounts.by_login(session, login)
        _record(session, known, "session.try")
    right = is_right(attempt.secret if attempt else None, password)
    with transaction(office.engine) as session:
        account = accounts.get(session, attempt.account_id) if attempt and right else None
        if account is None or account.state is AccountState.CLOSED:
            _record(session, known, "session.refused", Result.REFUSED)
            return None
        accounts.end_attempt(session, account.id)
        _record(session, account, "session.open")
    return account


def _record(session: Session, account: Account | None, action: str, result: Result = Result.DONE) -> None:
    # What was typed as the name of nobody is often a password, so it is not written down.
    actor, id_ = (account.login, str(account.id)) if account else (_NOBODY, "")
    audit.append(session, actor=actor, action=action, object_kind="account", object_id=id_, result=result)
