"""Accounts as they are managed: the operator makes, resets and closes them, a head confirms; nobody does both (职责分离)."""

import os
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from xiansuo.domain.account import LOGIN, AccountState, fold_login
from xiansuo.domain.people import Power, Role, Viewer
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.office import Office
from xiansuo.services.passwords import hash_password, temporary_password
from xiansuo.services.screening import screen_account
from xiansuo.storage.repositories import accounts, audit, sessions
from xiansuo.storage.repositories.accounts import Account, NewAccount
from xiansuo.storage.session import reading, transaction

__all__ = [
    "Account",
    "Issued",
    "Machine",
    "change_role",
    "close",
    "confirm",
    "create",
    "find",
    "get",
    "list_accounts",
    "reset",
]

_LONGEST_NAME = 40
_FOUNDERS = frozenset({Role.HEAD, Role.OPERATOR})


@dataclass(frozen=True, slots=True)
class Machine:
    """Whoever commands the machine itself, known by the system's user number; has the operator's power over accounts."""

    login: str = field(default_factory=lambda: f"uid:{os.getuid()}")
    account: int = 0

    def may(self, power: Power) -> bool:
        """Tell whether the machine's commander has a power."""
        return power is Power.ACCOUNTS


@dataclass(frozen=True, slots=True)
class Issued:
    """An account with the temporary password that is shown once."""

    account: Account
    password: str = field(repr=False)


def list_accounts(office: Office, by: Viewer | Machine) -> list[Account]:
    """Return all accounts. Raises NotVisibleError for somebody who manages none."""
    if not (by.may(Power.ACCOUNTS) or by.may(Power.CONFIRM_ACCOUNTS)):
        raise NotVisibleError
    with reading(office.engine) as session:
        return accounts.listed(session)


def get(office: Office, by: Viewer | Machine, id_: int) -> Account:
    """Return one account. Raises NotVisibleError where there is none, or for somebody who manages none."""
    _require(by, Power.ACCOUNTS)
    with reading(office.engine) as session:
        return _existing(session, id_)


def find(office: Office, by: Viewer | Machine, login: str) -> Account:
    """Return the account of a login name. Raises XiansuoError where there is none."""
    _require(by, Power.ACCOUNTS)
    with reading(office.engine) as session:
        found = accounts.by_login(session, fold_login(login))
    if found is None:
        raise XiansuoError("没有这个登录名。请用 xiansuo accounts list 查看。")
    return found


def create(  # noqa: PLR0913 - two of them only say how
    office: Office, by: Viewer | Machine, login: str, name: str, role: Role, *, password: str = "", check: bool = True
) -> Issued:
    """Make an account that a head has to confirm, with a temporary password. Raises XiansuoError for an unusable or taken name.

    Without `check` the caller checks the clues for it (`screening.screen_account`); the account sees nothing before.
    """
    _require(by, Power.ACCOUNTS)
    login, name = fold_login(login), " ".join(name.split())
    if not LOGIN.fullmatch(login):
        raise XiansuoError("登录名须以小写字母开头，2至40个字符，只用小写字母、数字、点、横线和下划线，如 wang.fang。")
    if not 0 < len(name) <= _LONGEST_NAME:
        raise XiansuoError(f"请填写姓名，最多{_LONGEST_NAME}个字。")
    password = password or temporary_password()
    secret = hash_password(password)
    with transaction(office.engine) as session:
        if accounts.by_login(session, login):
            raise ConflictError(
                f"登录名“{login}”已经有了。如果是刚刚新建而没有看到临时密码，或者本人回来工作，请重置这个账号；否则请另取一个。"
            )
        state = _state(session, by, role)
        id_ = accounts.add(session, NewAccount(login, name, role, state, secret, by.login))
        _record(session, by, "account.create", f"{id_}:{role.value}")
        issued = Issued(_existing(session, id_), password)
    # The name alone may keep the person from clues; before all were checked the account sees none.
    if check:
        screen_account(office, id_)
    return issued


def reset(office: Office, by: Viewer | Machine, id_: int, *, stamp: str = "", password: str = "") -> Issued:
    """Give an account a new temporary password; it ends all sessions and has to be confirmed again."""
    _require(by, Power.ACCOUNTS)
    password = password or temporary_password()
    secret = hash_password(password)
    with transaction(office.engine) as session:
        account = _other(session, by, id_, stamp)
        state = _state(session, by, account.role, besides=id_)
        _require_head_left(session, by, account)
        accounts.reset(session, id_, secret, state=state, by=by.login)
        sessions.remove_all(session, id_)
        _record(session, by, "account.reset", id_)
        return Issued(_existing(session, id_), password)


def change_role(office: Office, by: Viewer | Machine, id_: int, role: Role, *, stamp: str = "") -> Account:
    """Give an account another role; it ends all sessions and has to be confirmed again."""
    _require(by, Power.ACCOUNTS)
    with transaction(office.engine) as session:
        account = _other(session, by, id_, stamp)
        if account.state is AccountState.CLOSED:
            raise ConflictError("账号已停用，不能换角色。请先重置账号。")
        _require_head_left(session, by, account)
        accounts.set_role(session, id_, role, state=AccountState.PENDING, by=by.login)
        sessions.remove_all(session, id_)
        _record(session, by, "account.role", f"{id_}:{role.value}")
        return _existing(session, id_)


def close(office: Office, by: Viewer | Machine, id_: int, *, stamp: str = "") -> Account:
    """Close an account and end all its sessions; the operator may, and a head."""
    if not (by.may(Power.ACCOUNTS) or by.may(Power.CONFIRM_ACCOUNTS)):
        raise NotVisibleError
    with transaction(office.engine) as session:
        account = _other(session, by, id_, stamp)
        _require_head_left(session, by, account)
        accounts.set_state(session, id_, AccountState.CLOSED)
        sessions.remove_all(session, id_)
        _record(session, by, "account.close", id_)
        return _existing(session, id_)


def confirm(office: Office, by: Viewer, id_: int, *, stamp: str = "") -> Account:
    """Let an account be used. Raises RefusedError to whoever made or reset it, ConflictError before the person chose a password."""
    _require(by, Power.CONFIRM_ACCOUNTS)
    with transaction(office.engine) as session:
        account = _other(session, by, id_, stamp)
        if account.prepared_by == by.login:
            raise RefusedError("账号是您本人新建或重置的，须由另一位分管领导确认。")
        if account.state is not AccountState.PENDING:
            raise ConflictError(f"账号“{account.login}”不在待确认状态，可能别人已经处理。请刷新后再看。")
        if account.must_change:
            raise ConflictError("本人还没有用临时密码登录并改好密码。请等本人改好密码，当面核实后再确认。")
        accounts.set_state(session, id_, AccountState.ACTIVE)
        _record(session, by, "account.confirm", id_)
        return _existing(session, id_)


def _require(by: Viewer | Machine, power: Power) -> None:
    if not by.may(power):
        raise NotVisibleError


def _other(session: Session, by: Viewer | Machine, id_: int, stamp: str) -> Account:
    """Return an account that is not the person's own, as it was when the person saw it."""
    if id_ == by.account:
        raise RefusedError("不能改动自己的账号。请由另一位负责人办理。")
    account = _existing(session, id_, lock=True)
    if stamp and stamp != account.stamp:
        raise ConflictError(f"账号“{account.login}”刚被别人改过，没有执行。请回到账号页，看清现在的角色和状态再办。")
    return account


def _existing(session: Session, id_: int, *, lock: bool = False) -> Account:
    account = accounts.get(session, id_, lock=lock)
    if account is None:
        raise NotVisibleError
    return account


def _state(session: Session, by: Viewer | Machine, role: Role, *, besides: int = 0) -> AccountState:
    """Return the state of an account just made. Nobody could confirm the first head, or ask the first operator for accounts."""
    founding = isinstance(by, Machine) and role in _FOUNDERS and not accounts.in_use(session, role, besides=besides)
    return AccountState.ACTIVE if founding else AccountState.PENDING


def _require_head_left(session: Session, by: Viewer | Machine, account: Account) -> None:
    """Refuse to take the last head away, after whom nobody could confirm accounts; at the machine a new one can be made."""
    if isinstance(by, Machine) or account.role is not Role.HEAD or account.state is not AccountState.ACTIVE:
        return
    if not accounts.in_use(session, Role.HEAD, besides=account.id):
        raise RefusedError("这是唯一在用的分管领导账号，不能在网页上改动。请在服务器上用 xiansuo accounts 办理。")


def _record(session: Session, by: Viewer | Machine, action: str, id_: int | str) -> None:
    audit.append(session, actor=by.login, action=action, object_kind="account", object_id=str(id_))
