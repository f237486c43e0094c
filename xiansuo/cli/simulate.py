"""The command that replays labelled letters: simulate."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from rich.table import Table

    from xiansuo.domain.category import Category
    from xiansuo.evaluation.simulate import Replay, Search

NAMES = {
    "adaptive": "边读边学（本程序）",
    "cold": "不学习，按系统建议的次序",
    "elas-u4": "ASReview ELAS u4（已分词）",
    "elas-u4-raw": "ASReview ELAS u4（原文）",
    "random": "随机次序",
    "perfect": "最好可能",
}


_ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("simulate")(simulate)


def simulate(  # noqa: PLR0913, PLR0917 - one parameter per option
    context: typer.Context,
    gold: Annotated[Path, typer.Option("--gold", metavar="F", help="标注文件，格式与 data/corpus 相同")],
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="M", help=f"只比较这些办法，可写多次：{'、'.join(NAMES)}")
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option("--category", metavar="C", help="另比较找某一类要读多少，可写多次；all 为各类")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="曲线、数字（JSON）和一页说明写到哪个目录；不写则只显示"),
    ] = None,
    batch: Annotated[int, typer.Option("--batch", min=1, help="每读多少件重新学一次")] = 10,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="含随机成分的办法重复多少次，取平均")] = 20,
    shuffle: Annotated[
        bool, typer.Option("--shuffle", help="ASReview 先随机读到两种来件都见过再学；不写则替它各选好一件")
    ] = False,
    english: Annotated[bool, typer.Option("--english", help="那一页用英文写")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="在标准输出给出 JSON，不显示表格")] = False,
) -> None:
    """重放一批已标注的来件：读到第几件时找到多少，与 ASReview、随机次序比较。不入库。"""
    from xiansuo.services import simulate as service

    methods = tuple(service.Method(name) for name in _known(method, NAMES, "--method") or NAMES)
    state: State = context.obj
    asked = service.Asked(gold, methods, batch=batch, seeds=seeds, categories=_categories(category), shuffle=shuffle)
    found = service.simulate(state.settings(), asked, tell=_tell)
    if as_json:
        typer.echo(service.as_json(found))
    else:
        _show(found.data, found.searches, found.notice)
    if output:
        figures, page = service.write(found, output, english=english)
        _tell(say(f"说明已写到 {page}，数字在 {figures}。", "Page and figures written."))


def _known(given: Sequence[str] | None, allowed: Iterable[str], option: str) -> list[str]:
    """Return what was given for an option. Raises BadParameter naming what is allowed."""
    if unknown := sorted(set(given or ()) - set(allowed)):
        raise typer.BadParameter(f"没有这一项：{'、'.join(unknown)}。可填：{'、'.join(allowed)}。", param_hint=option)
    return list(given or ())


def _categories(given: Sequence[str] | None) -> "tuple[Category, ...]":
    from xiansuo.domain.category import CATEGORIES

    chosen = _known(given, [*(category.value for category in CATEGORIES), _ALL], "--category")
    return tuple(category for category in CATEGORIES if category.value in chosen or _ALL in chosen)


def _show(data: str, searches: "Sequence[Search]", notice: str) -> None:
    from xiansuo.cli.screens import console
    from xiansuo.domain.category import Category

    for one in searches:
        what = f"“{Category(one.target).chinese}”" if one.target else "反映问题"
        title = f"{data}：{one.letters} 件，其中{what} {one.wanted} 件"
        console.print(_table(title, one.replays) if one.replays else f"{title}，太少，不比较。")
    console.print(
        "“读完两成”是那时已找到的比例。WSS@95 是省下的阅读量，随机次序约为 0，可为负；TNR@95 是不必读的无关来件；"
        "ATD 是平均读到多少见到一件，越小越好。",
        highlight=False,
    )
    console.print(notice, highlight=False)


def _table(title: str, replays: "Sequence[Replay]") -> "Table":
    from rich.table import Table

    table = Table(title=title, title_style="bold", title_justify="left", pad_edge=False)
    table.add_column("办法", overflow="fold")
    for heading in ("读完两成", "找到 95% 要读", "WSS@95", "TNR@95", "ATD"):
        table.add_column(heading, justify="right")
    for one in replays:
        shares = [f"{share:.0%}" for share in (one.mean.recall_20, one.mean.read95)]
        figures = [_cell(one, name) for name in ("wss95", "tnr95", "atd")]
        table.add_row(NAMES[one.method], *shares, *figures)
    return table


def _cell(one: "Replay", name: str) -> str:
    mean, spread = getattr(one.mean, name), getattr(one.spread, name)
    return f"{mean:.2f} ±{spread:.2f}" if one.runs > 1 else f"{mean:.2f}"


def _tell(sentence: str) -> None:
    typer.echo(sentence, err=True)
