"""The command that replays labelled letters: simulate."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from rich.table import Table

    from xiansuo.evaluation.simulate import Replay

NAMES = {
    "adaptive": "边读边学（本程序）",
    "cold": "不学习，按系统建议的次序",
    "elas-u4": "ASReview ELAS u4（从零学起）",
    "random": "随机次序",
    "perfect": "最好可能",
}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("simulate")(simulate)


def simulate(  # noqa: PLR0913, PLR0917 - one parameter per option
    context: typer.Context,
    gold: Annotated[Path, typer.Option("--gold", metavar="F", help="标注文件，格式与 data/corpus 相同")],
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="M", help=f"只比较这些办法，可写多次：{'、'.join(NAMES)}")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="曲线和数字（JSON）写到哪个目录；不写则只显示")
    ] = None,
    batch: Annotated[int, typer.Option("--batch", min=1, help="每读多少件重新学一次")] = 10,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="含随机成分的办法重复多少次，取平均")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="在标准输出给出 JSON，不显示表格")] = False,
) -> None:
    """重放一批已标注的来件：边读边学能省多少阅读量，与 ASReview、随机次序比较。不入库。"""
    from xiansuo.services import simulate as service

    unknown = sorted(set(method or ()) - set(NAMES))
    if unknown:
        raise typer.BadParameter(
            f"没有这种办法：{'、'.join(unknown)}。可填：{'、'.join(NAMES)}。", param_hint="--method"
        )
    methods = tuple(service.Method(name) for name in method or NAMES)
    state: State = context.obj
    asked = service.Asked(gold, methods, batch=batch, seeds=seeds)
    found = service.simulate(state.settings(), asked, tell=_tell)
    if as_json:
        typer.echo(service.as_json(found))
    else:
        _show(found.data, found.replays, found.notice)
    if output:
        _tell(say(f"结果已写到 {service.write(found, output)}。", "Result written."))


def _show(data: str, replays: "Sequence[Replay]", notice: str) -> None:
    from xiansuo.cli.screens import console

    one = replays[0]
    console.print(_table(f"{data}：{one.letters} 件，其中 {one.wanted} 件反映问题", replays))
    console.print("找到 95% 之前要读的比例越小越好；“省下的”以最好可能为 1，随机次序约为 0。", highlight=False)
    console.print(notice, highlight=False)


def _table(title: str, replays: "Sequence[Replay]") -> "Table":
    from rich.table import Table

    table = Table(title=title, title_style="bold", title_justify="left", pad_edge=False)
    table.add_column("办法")
    for heading in ("读完一成找到", "读完两成找到", "找到 95% 要读", "省下的（WSS@95）"):
        table.add_column(heading, justify="right")
    for one in replays:
        saved = f"{one.saved:.2f}" + (f" ±{one.spread:.2f}" if one.runs > 1 else "")
        table.add_row(NAMES[one.method], *(f"{share:.0%}" for share in (*one.early, one.read)), saved)
    return table


def _tell(sentence: str) -> None:
    typer.echo(sentence, err=True)
