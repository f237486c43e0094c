"""Commands about files that leave the program: export ledger."""

from pathlib import Path
from typing import Annotated

import typer

from xiansuo.cli.leaving import authorised, write_new
from xiansuo.cli.state import State

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
    from xiansuo.domain.people import Power
    from xiansuo.errors import UsageError
    from xiansuo.services.ledger import round_named
    from xiansuo.services.ledger_sheet import export_ledger

    state: State = context.obj
    office = state.office()
    viewer = authorised(office, user, Power.LEDGER, what="export ledger", refusal="这个账号没有导出台账的权限。")
    if output.exists():
        raise UsageError(f"{output.name} 已经存在，没有导出。请换一个文件名。")
    chosen, about = LedgerFilter(), "全部"
    if round_:
        found = round_named(office, viewer, round_)
        if found is None:
            raise UsageError("没有这个轮次，或者不在该账号的授权范围内。请核对 --round。")
        chosen, about = LedgerFilter(round_id=found.id), found.name
    made = export_ledger(office, viewer, chosen, about=about)
    write_new(output, made.data)
    typer.echo(f"已导出 {made.rows} 条，导出编号 {made.number}，SHA-256 {made.digest}")
