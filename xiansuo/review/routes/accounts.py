"""The pages on which the operator manages accounts and a head confirms them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.account import AccountState
from xiansuo.domain.people import Power, Role
from xiansuo.errors import ConflictError, XiansuoError
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.services import accounts
from xiansuo.services.accounts import Account, Issued

router = APIRouter()
_ORDER = {AccountState.PENDING: 0, AccountState.ACTIVE: 1, AccountState.CLOSED: 2}

Operator = Annotated[Page, needs(Power.ACCOUNTS)]
Head = Annotated[Page, needs(Power.CONFIRM_ACCOUNTS)]
Stamp = Annotated[str, Form(min_length=1)]


@router.get("/accounts")
def show_all(page: Operator) -> Response:
    """List the accounts, those that wait for a head first."""
    page.record("account.list")
    return page.render("accounts/list.html", rows=_sorted(accounts.list_accounts(page.office, page.viewer)))


@router.get("/accounts/new")
def ask_new(page: Operator) -> Response:
    """Ask for a new account."""
    return _form(page)


@router.post("/accounts")
def create(
    page: Operator,
    login: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
) -> Response:
    """Make an account and show its temporary password, once."""
    try:
        issued = accounts.create(page.office, page.viewer, login, name, _role(role), check=False)
    except XiansuoError as error:
        status = 409 if isinstance(error, ConflictError) else 400
        return _form(page, login=login, name=name, role=role, wrong=str(error), status=status)
    return page.check_afterwards(_issued(page, issued), issued.account.id)


@router.get("/accounts/waiting")
def show_waiting(page: Head) -> Response:
    """List the accounts that wait for a head, and under them all others."""
    page.record("account.list")
    rows = _sorted(accounts.list_accounts(page.office, page.viewer))
    waiting = [row for row in rows if row.state is AccountState.PENDING]
    return page.render("accounts/waiting.html", waiting=waiting, rows=[row for row in rows if row not in waiting])


@router.get("/accounts/{id_}")
def show(page: Operator, id_: Number) -> Response:
    """Show an account and what may be done with it."""
    account = accounts.get(page.office, page.viewer, id_)
    return page.render("accounts/one.html", account=account, roles=_roles(page))


@router.post("/accounts/{id_}/reset")
def reset(page: Operator, id_: Number, stamp: Stamp) -> Response:
    """Give an account a temporary password and show it, once."""
    return _issued(page, accounts.reset(page.office, page.viewer, id_, stamp=stamp))


@router.post("/accounts/{id_}/role")
def change_role(page: Operator, id_: Number, stamp: Stamp, role: Annotated[str, Form()] = "") -> Response:
    """Give an account another role."""
    account = accounts.change_role(page.office, page.viewer, id_, _role(role), stamp=stamp)
    said = page.gettext("账号 %(login)s 已改为%(role)s，等分管领导确认后可用。")
    return page.redirect("/accounts", said=said % {"login": account.login, "role": page.gettext(account.role.chinese)})


@router.post("/accounts/{id_}/close")
def close(page: Operator, id_: Number, stamp: Stamp) -> Response:
    """Close an account."""
    account = accounts.close(page.office, page.viewer, id_, stamp=stamp)
    return page.redirect("/accounts", said=page.gettext("账号 %(login)s 已停用。", login=account.login))


@router.post("/accounts/{id_}/confirm")
def confirm(page: Head, id_: Number, stamp: Stamp) -> Response:
    """Let an account be used."""
    account = accounts.confirm(page.office, page.viewer, id_, stamp=stamp)
    return page.redirect(
        "/accounts/waiting", said=page.gettext("账号 %(login)s 已确认，可以使用。", login=account.login)
    )


@router.post("/accounts/{id_}/refuse")
def refuse(page: Head, id_: Number, stamp: Stamp) -> Response:
    """Close an account that waits for a head, or any other."""
    account = accounts.close(page.office, page.viewer, id_, stamp=stamp)
    return page.redirect("/accounts/waiting", said=page.gettext("账号 %(login)s 已停用。", login=account.login))


def _form(
    page: Page, *, login: str = "", name: str = "", role: str = "", wrong: str = "", status: int = 200
) -> Response:
    filled = {"login": login, "name": name, "role": role, "wrong": wrong and page.gettext(wrong)}
    return page.render("accounts/new.html", status=status, roles=_roles(page), **filled)


def _issued(page: Page, issued: Issued) -> Response:
    return page.render("accounts/issued.html", account=issued.account, password=issued.password)


def _role(value: str) -> Role:
    if value not in set(Role):
        raise XiansuoError("请选择一个角色。")
    return Role(value)


def _roles(page: Page) -> list[tuple[str, str]]:
    return [(role.value, page.gettext(role.chinese)) for role in Role]


def _sorted(rows: Sequence[Account]) -> list[Account]:
    return sorted(rows, key=lambda row: (_ORDER[row.state], row.login))
