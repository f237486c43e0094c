"""Commands about accounts: add, list, reset, close, confirm. The first head and operator are made here, at the machine."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from xiansuo.domain.people import Role, Viewer
    from xiansuo.services.accounts import Issued
    from xiansuo.services.office import Office

accounts = typer.Typer(
    help="账号：新建、列出、重置、停用、确认。第一位分管领导和管理员在这里新建。", no_args_is_help=True
)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="登录名，如 wang.fang")]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help="从文件读临时密码（权限 0600），不写则随机生成并显示一次")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(accounts, name="accounts")


@accounts.command("add")
def add(
    context: typer.Context,
    login: Login,
    name: Annotated[str, typer.Option("--name", help="姓名，用于水印、留痕和回避检查")],
    role: Annotated[
        str,
        typer.Option(
            "--role", help="角色：registrar reviewer lead head transfer modeller operator auditor，或中文名称"
        ),
    ],
    password_file: PasswordFile = None,
) -> None:
    """新建账号。首次登录须改密码；除第一位分管领导和第一位管理员外，须经分管领导确认。"""
    from xiansuo.services.accounts import Machine, create

    state: State = context.obj
    chosen, password = _role(role), _given(password_file)
    _show(create(state.office(), Machine(), login, name, chosen, password=password), given=bool(password))


@accounts.command("list")
def list_(context: typer.Context) -> None:
    """列出账号：登录名、姓名、角色、状态。"""
    from rich.table import Table

    from xiansuo.cli.screens import console
    from xiansuo.services.accounts import Machine, list_accounts

    state: State = context.obj
    rows = list_accounts(state.office(), Machine())
    if not rows:
        typer.echo(say("还没有账号。请用 xiansuo accounts add 新建分管领导和管理员。", "No accounts yet."))
        return
    table = Table(title=say(f"账号（{len(rows)} 个）", "Accounts"), title_style="bold", title_justify="left")
    for heading in (say("登录名", "Login"), say("姓名", "Name"), say("角色", "Role"), say("状态", "State")):
        table.add_column(heading)
    for row in rows:
        waits = say("，仍是临时密码", ", temporary password") if row.must_change else ""
        table.add_row(row.login, row.name, f"{row.role.chinese} {row.role.value}", row.state.chinese + waits)
    console.print(table)


@accounts.command("reset")
def reset(context: typer.Context, login: Login, password_file: PasswordFile = None) -> None:
    """重置密码：原密码作废，已登录的立即退出，须再次确认。也用来重新启用停用的账号。"""
    from xiansuo.services.accounts import Machine, find
    from xiansuo.services.accounts import reset as reset_account

    state: State = context.obj
    office, password = state.office(), _given(password_file)
    account = find(office, Machine(), login)
    _show(reset_account(office, Machine(), account.id, password=password), given=bool(password))


@accounts.command("close")
def close(context: typer.Context, login: Login) -> None:
    """停用账号：立即退出，不能再登录；办过的事项仍在记录中。"""
    from xiansuo.services.accounts import Machine, find
    from xiansuo.services.accounts import close as close_account

    state: State = context.obj
    office = state.office()
    closed = close_account(office, Machine(), find(office, Machine(), login).id)
    typer.echo(say(f"账号 {closed.login} 已停用。", "Closed."))


@accounts.command("confirm")
def confirm(
    context: typer.Context,
    login: Login,
    as_: Annotated[str, typer.Option("--as", metavar="HEAD", help="确认人（分管领导）的登录名")],
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="确认人密码所在文件；不写则在终端输入")
    ] = None,
) -> None:
    """由分管领导凭自己的密码确认账号；平时请在网页“账号确认”里办。"""
    from xiansuo.services.accounts import Machine, find
    from xiansuo.services.accounts import confirm as confirm_account

    state: State = context.obj
    office = state.office()
    head = _head(office, as_, _given(password_file) or _asked())
    confirmed = confirm_account(office, head, find(office, Machine(), login).id)
    typer.echo(say(f"账号 {confirmed.login} 已确认，可以使用。", "Confirmed."))


def _head(office: "Office", login: str, password: str) -> "Viewer":
    from xiansuo.domain.people import Power
    from xiansuo.errors import RefusedError
    from xiansuo.services.login import log_in
    from xiansuo.services.sessions import viewer_named

    account = log_in(office, login, password)
    viewer = viewer_named(office, account.login)
    if viewer is None or not viewer.may(Power.CONFIRM_ACCOUNTS):
        raise RefusedError("只有在用的分管领导能确认账号，并且须先改好自己的密码。")
    return viewer


def _role(value: str) -> "Role":
    from xiansuo.domain.people import Role
    from xiansuo.errors import UsageError

    found = next((role for role in Role if value in {role.value, role.chinese}), None)
    if found is None:
        known = "、".join(f"{role.value}（{role.chinese}）" for role in Role)
        raise UsageError(f"没有“{value}”这个角色，可填：{known}。")
    return found


def _given(file: Path | None) -> str:
    from xiansuo.errors import UsageError

    if file is None:
        return ""
    if file.stat().st_mode & 0o077:
        raise UsageError("密码文件对其他用户开放。请执行 chmod 600 后重试。")
    lines = file.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0]:
        raise UsageError("密码文件是空的。请在第一行写密码。")
    return lines[0]


def _asked() -> str:
    from getpass import getpass

    from xiansuo.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("这里不能输入密码。请用 --password-file 指明密码所在文件。")
    return getpass("密码：")


def _show(issued: "Issued", *, given: bool) -> None:
    account = issued.account
    typer.echo(say(f"账号 {account.login}（{account.role.chinese}）：{account.state.chinese}。", account.state.value))
    if not given:
        typer.echo(say(f"临时密码，只显示这一次：{issued.password}", f"Temporary password: {issued.password}"))
    typer.echo(say("请交给本人；首次登录须改密码。", "It has to be changed at the first log-in."))
    if account.state.value == "pending":
        typer.echo(say("本人改好密码后，由分管领导确认，账号才能使用。", "A head has to confirm the account."))
