"""Commands about sources: how each stands, for people and for monitoring, and trying one again."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say
from xiansuo.domain.times import CHINA

if TYPE_CHECKING:
    from xiansuo.services.source_health import SourceHealth

app = typer.Typer(help="来源：列出每个来源抓取得怎样；有读不到或久无来件的，退出状态为 1。")


def register(root: typer.Typer) -> None:
    """Add the commands to the application."""
    root.add_typer(app, name="sources")


@app.callback(invoke_without_command=True)
def sources(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供监控程序读取")] = False,
) -> None:
    """列出每个来源：上次成功、最近来件、最近几次的件数、下次抓取；有异常时退出状态为 1。"""
    if context.invoked_subcommand:
        return
    from xiansuo.services.source_health import source_health
    from xiansuo.services.sources import list_sources

    state: State = context.obj
    office = state.office()
    found, wrong = source_health(office), list_sources(office).wrong
    if as_json:
        told = {"sources": [one.as_json() for one in found], "wrong": list(wrong)}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _show(found, wrong)
    if wrong or any(one.standing.alarming for one in found):
        raise typer.Exit(1)


@app.command("retry")
def retry(context: typer.Context, name: Annotated[str, typer.Argument(help="来源的名称")]) -> None:
    """让一个来源重新尝试：用于登录被拒绝后确认密码无误，或服务器恢复后不想再等。"""
    from xiansuo.services.attempts import COMMAND_LINE, try_again

    state: State = context.obj
    try_again(state.office(), name, actor=COMMAND_LINE)
    typer.echo(
        say(
            "已记下。定时任务一分钟内会去抓取；没有开定时任务时请执行 xiansuo run。",
            "Noted. The schedule reads it within a minute; without a schedule use xiansuo run.",
        )
    )


def _show(found: "tuple[SourceHealth, ...]", wrong: tuple[str, ...]) -> None:
    from rich.table import Table

    from xiansuo.cli.screens import console

    table = Table(box=None, pad_edge=False)
    for heading in (
        say("来源", "Source"),
        say("状态", "Standing"),
        say("上次成功", "Last read"),
        say("最近来件", "Last letter"),
        say("最近几次（新收）", "Last runs (new)"),
        say("下次", "Next"),
    ):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(
            one.name,
            one.standing.chinese,
            _moment(one.state.succeeded),
            _moment(one.state.brought),
            " ".join(str(run.counts.get("stored", "—")) for run in one.runs) or "—",
            _moment(one.next_run),
        )
    if found:
        console.print(table, highlight=False, markup=False)
    else:
        console.print(
            say("还没有可用的来源。请在 xiansuo.toml 中填写。", "No usable source yet; fill in xiansuo.toml.")
        )
    told = [f"{one.name}：{one.sentence}" for one in found if one.standing.alarming]
    for sentence in (*told, *wrong):
        console.print(f"  · {sentence}", highlight=False, markup=False, soft_wrap=True)


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(CHINA):%m-%d %H:%M}" if at else "—"
