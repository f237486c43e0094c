"""Commands about files that leave the program: export ledger."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State

if TYPE_CHECKING:
    from xiansuo.domain.people import Viewer
    from xiansuo.services.office import Office

exports = typer.Typer(help="导出：脱敏、带水印的表格，逐次编号并记入审计。", no_args_is_help=True)


@exports.callback()
def _exports() -> None:
    """Keep `ledger` a command of its own while it is the only one."""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(exports, name="export")


@exports.command("ledger")
def ledger(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", metavar="F", help="写到哪个 xlsx 文件；不覆盖已有的文件")],
    user: Annotated[str, typer.Option("--as", metavar="USER", help="以哪个账号的授权范围导出")],
    round_: Annotated[str, typer.Option("--round", metavar="R", help="只导出这一轮：轮次名称或编号")] = "",
) -> None:
    """把台账写成 xlsx 文件，只含该账号有权查看的线索。"""
    from xiansuo.domain.ledger import LedgerFilter
    from xiansuo.errors import UsageError
    from xiansuo.services.ledger import round_named
    from xiansuo.services.ledger_sheet import export_ledger

    state: State = context.obj
    office = state.office()
    viewer = _viewer(office, user)
    if output.exists():
        raise UsageError(f"{output.name} 已经存在，没有导出。请换一个文件名。")
    chosen, about = LedgerFilter(), "全部"
    if round_:
        found = round_named(office, viewer, round_)
        if found is None:
            raise UsageError("没有这个轮次，或者不在该账号的授权范围内。请核对 --round。")
        chosen, about = LedgerFilter(round_id=found.id), found.name
    made = export_ledger(office, viewer, chosen, about=about)
    _write(output, made.data)
    typer.echo(f"已导出 {made.rows} 条，导出编号 {made.number}，SHA-256 {made.digest}")


def _write(output: Path, data: bytes) -> None:
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _viewer(office: "Office", login: str) -> "Viewer":
    from xiansuo.domain.people import Power
    from xiansuo.errors import RefusedError, UsageError
    from xiansuo.services import audit
    from xiansuo.services.sessions import viewer_named

    viewer = viewer_named(office, login)
    if viewer is None:
        raise UsageError("没有这个账号，或者它已停用。请核对 --as。")
    if not viewer.may(Power.LEDGER):
        audit.record(office, viewer, "access.refused", kind="page", id_="export ledger")
        raise RefusedError("这个账号没有导出台账的权限。")
    return viewer
