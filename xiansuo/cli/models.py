"""Commands about which model is in use: model list, show, promote, rollback, check."""

from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from rich.table import Table

    from xiansuo.services.promote import Models
    from xiansuo.services.recompute import Check

model = typer.Typer(help="模型：列出、查看比较结果、启用、退回、重算核对。启用和退回都由人决定。", no_args_is_help=True)
_AS = typer.Option("--as", metavar="LOGIN", help="以哪个账号办理；有账号以后必填，留痕")
_REASON = typer.Option("--reason", metavar="TEXT", help="理由，留痕")


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(model, name="model")


@model.command("list")
def model_list(context: typer.Context) -> None:
    """列出随程序模型和本单位训练的模型，说明哪一个在用。"""
    from xiansuo.cli.screens import console
    from xiansuo.services.promote import history
    from xiansuo.services.train import list_models
    from xiansuo.storage.address import has_database

    state: State = context.obj
    settings = state.settings()
    found = list_models(settings)
    if not found:
        typer.echo(say("还没有训练好的模型。执行 xiansuo train 训练。", "No trained model yet."))
        return
    from rich.table import Column, Table

    # The number is there to be copied: a narrow window breaks it, and does not cut it off.
    table = Table(
        "模型",
        Column("编号", overflow="fold"),
        "训练时间",
        Column("状态", overflow="fold"),
        Column("说明", overflow="fold"),
    )
    for one in found:
        table.add_row(one.name, one.folder.name, f"{one.trained:%Y-%m-%d %H:%M}", one.state, one.sentence)
    console.print(table)
    if has_database(settings.state_dir):
        known = history(state.office())
        if known.models:
            console.print(_of_site(known))
        else:
            typer.echo("还没有从认定中训练过本单位的模型。")
        typer.echo(f"在用：{known.in_use or f'随程序模型 {known.shipped}'}。")


@model.command("show")
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="模型名，见 xiansuo model list")],
    as_json: Annotated[bool, typer.Option("--json", help="输出比较结果的全部数字（JSON）")] = False,
) -> None:
    """查看本单位的一个模型：从多少认定学来，与在用模型比较的结果，能否启用。"""
    import json

    from xiansuo.evaluation.challenge_page import read_comparison
    from xiansuo.services.promote import require

    state: State = context.obj
    found = require(state.office(), name)
    if as_json:
        typer.echo(json.dumps(found.comparison, ensure_ascii=False))
        return
    typer.echo(f"{found.name}：从 {found.gold} 条人工认定学来，与 {found.champion} 比较。")
    for line in read_comparison(found.comparison).lines:
        typer.echo(line)
    typer.echo("通过比较，可以由人启用。" if found.passed else "没有通过比较，不能启用：")
    for reason in found.reasons:
        typer.echo(f"- {reason}")


@model.command("promote")
def promote(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="模型名，见 xiansuo model list")],
    reason: Annotated[str, _REASON],
    as_user: Annotated[str, _AS] = "",
) -> None:
    """启用一个通过比较的模型。没有人看过的线索在下次运行时重新分析；已认定的保留当时的建议。"""
    from xiansuo.services import promote as service

    state: State = context.obj
    office = state.office()
    chosen = service.promote(office, service.modeller(office, as_user), name, reason, request=uuid4().hex)
    typer.echo(f"已启用 {chosen.name}。未读线索的来件在下次运行时重新分析。要退回，执行 xiansuo model rollback。")


@model.command("rollback")
def rollback(
    context: typer.Context,
    reason: Annotated[str, _REASON],
    as_user: Annotated[str, _AS] = "",
) -> None:
    """退回到上一个在用的模型。"""
    from xiansuo.services import promote as service

    state: State = context.obj
    office = state.office()
    name = service.rollback(office, service.modeller(office, as_user), reason, request=uuid4().hex)
    typer.echo(f"已退回到{name or '随程序模型'}。未读线索的来件在下次运行时重新分析。")


@model.command("check")
def check(
    context: typer.Context,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help="只抽查这么多条；不写则全部")
    ] = None,
) -> None:
    """按当时的模型、规则和词表重算存下的系统建议，逐字节核对。有不一致时退出状态为 1。什么都不写入。"""
    from xiansuo.cli.screens import progress
    from xiansuo.services.recompute import recompute

    state: State = context.obj
    with progress("重算") as advance:
        found = recompute(state.office(), sample=sample, advance=advance)
    _tell(found)
    if found.differences:
        raise typer.Exit(1)


def _of_site(known: "Models") -> "Table":
    from rich.table import Table

    from xiansuo.domain.times import minute

    table = Table("本单位的模型", "学自认定", "训练时间", "比较", "状态")
    for one in known.models:
        passed = "通过" if one.passed else f"未通过（{len(one.reasons)} 条理由）"
        table.add_row(one.name, str(one.gold), minute(one.created), passed, "在用" if one.name == known.in_use else "")
    return table


def _tell(found: "Check") -> None:
    from xiansuo.services.recompute import Found

    if not found.counts:
        typer.echo("还没有系统建议。")
    for kind in Found:
        if count := found.counts.get(kind, 0):
            typer.echo(f"{kind.chinese}：{count} 条。")
    for one in found.differences:
        typer.echo(f"来件 {one.letter} 的建议（第 {one.suggestion} 号）不一致：{'、'.join(one.columns)}。")
    for sentence in found.lost:
        typer.echo(sentence)
