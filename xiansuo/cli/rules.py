"""Commands about rules: lint, test, stats, preview, propose."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State

if TYPE_CHECKING:
    from rich.table import Table

    from xiansuo.services.rule_preview import LetterChange, RuleChange
    from xiansuo.services.rule_proposals import RuleProposal
    from xiansuo.services.rules import BookResult, RuleLine

rules = typer.Typer(help="规则：检查写法、试跑例子、看每条规则的作用、保存前试算。", no_args_is_help=True)
AUTHORED = "编写的样本信，不是真实来信"
_SHOWN = 50
_LEGEND = """\
以下按信件计数，不含固定留出的测试部分：
覆盖：命中的信占多大一部分。    重合：同类别还有别的规则命中。
冲突：同一句里只有别的类别的规则命中。    独有：只靠这条规则提出该类别。
其余各列：在各组信件上的准确率；“–”为没有命中过。"""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(rules, name="rules")


@rules.command("lint")
def lint(context: typer.Context) -> None:
    """检查规则文件的写法，逐条说明可疑之处。有问题时退出状态为 1。"""
    from xiansuo.services.rules import lint_rules

    state: State = context.obj
    problems = lint_rules(state.settings())
    for problem in problems:
        typer.echo(problem)
    if problems:
        typer.echo(f"共 {len(problems)} 处可疑。")
        raise typer.Exit(1)
    typer.echo("规则文件没有发现问题。")


@rules.command("test")
def test(context: typer.Context) -> None:
    """试跑每条规则自带的例子（均为编写）。有例子不符时退出状态为 1。"""
    from rich.console import Console

    from xiansuo.services.rules import run_rule_examples

    state: State = context.obj
    results = run_rule_examples(state.settings())
    Console().print(_summary(results))
    failures = [failure for result in results for failure in result.failures]
    for failure in failures:
        typer.echo(failure)
    if failures:
        typer.echo(f"共 {len(failures)} 个例子不符。")
        raise typer.Exit(1)
    typer.echo("全部例子符合。")


@rules.command("stats")
def stats(
    context: typer.Context,
    gold: Annotated[list[Path] | None, typer.Option("--gold", metavar="F", help="标注文件，可写多次")] = None,
) -> None:
    """每条规则在编写的样本信上的作用：覆盖、重合、冲突、独有、准确率，以及在收到的信里最近一次命中的日期。"""
    from xiansuo.cli.screens import console, progress
    from xiansuo.services.rules import last_counted, rule_statistics
    from xiansuo.storage.address import has_database

    state: State = context.obj
    settings = state.settings()
    last = None
    if has_database(settings.state_dir):
        with progress("读来信") as advance:
            last = last_counted(state.office(), advance=advance)
    with console.status("正在读取样本信……"):
        lines = rule_statistics(settings, gold=gold or (), last=last)
    for table in _tables(lines):
        console.print(table)
    typer.echo(_LEGEND)
    typer.echo("最近：收到的信里最近一次命中的日期。" if last else "没有收到过信，因此没有“最近”一列。")


@rules.command("preview")
def preview(
    context: typer.Context,
    changed: Annotated[
        Path, typer.Option("--rules", metavar="DIR|F", help="改过的规则文件夹，或其中一个改过的文件（名字不变）")
    ],
) -> None:
    """保存之前试算：改过的规则会让收到的哪些信的系统建议改变。什么都不写入。"""
    from xiansuo.cli.screens import console, progress
    from xiansuo.services.rule_preview import preview as compare

    state: State = context.obj
    office = state.office()
    with progress("试算") as advance:
        found = compare(office, changed, tell=lambda sentence: typer.echo(sentence, err=True), advance=advance)
    typer.echo(
        f"试算了收到的 {found.letters} 件来信：新提出建议 {len(found.raised)} 件，不再提出 {len(found.fallen)} 件，"
        f"类别改变 {len(found.moved)} 件。"
    )
    for title, changes in (("新提出", found.raised), ("不再提出", found.fallen), ("类别改变", found.moved)):
        if changes:
            console.print(_changed(title, changes))
    if found.rules:
        console.print(_fired(found.rules))
    typer.echo("按现在的模型试算；规则保存后模型会重新训练，结果可能略有出入。没有改动任何数据。")


@rules.command("propose")
def propose(
    context: typer.Context,
    user: Annotated[
        str,
        typer.Option("--as", metavar="USER", help="以哪个账号查看；只计这个账号可以接触的线索，留痕；有账号以后必填"),
    ] = "",
) -> None:
    """从已认定而没有规则命中的线索里找常见说法，列出词和条数。不显示来件内容，不改任何规则；采用在网页“规则建议”里办。"""
    from xiansuo.cli.screens import console
    from xiansuo.services import rule_proposals as service
    from xiansuo.services.bench import bench_of

    state: State = context.obj
    office = state.office()
    viewer = service.person_named(office, user)
    new = service.propose(office, bench_of(office).analyser, tell=lambda sentence: typer.echo(sentence, err=True))
    waiting = service.waiting(office, viewer)
    if waiting:
        console.print(_proposed(waiting))
    typer.echo(f"新提出 {new} 个词，共 {len(waiting)} 个等人决定。")


def _proposed(waiting: "Sequence[RuleProposal]") -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table("词", "类别", title="规则建议（条数按线索计）", box=SIMPLE_HEAD)
    for heading in ("认定而未命中", "业务范围外", "会新提出"):
        table.add_column(heading, justify="right")
    for one in waiting:
        table.add_row(one.words, one.category.chinese, *map(str, (one.confirmed, one.outside, one.raised)))
    return table


def _summary(results: "tuple[BookResult, ...]") -> "Table":
    from rich.table import Table

    table = Table("规则书", title="规则例子")
    for heading in ("规则", "例子", "不符"):
        table.add_column(heading, justify="right")
    for result in results:
        table.add_row(result.name, str(result.rules), str(result.examples), str(len(result.failures)))
    return table


def _tables(lines: "tuple[RuleLine, ...]") -> "Iterator[Table]":
    """Yield a table per category, narrow enough for 80 columns."""
    from itertools import groupby

    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    dated = any(line.last for line in lines)
    sets = [name for name, _ in lines[0].precision] if lines else []
    for category, own in groupby(lines, key=lambda line: line.category):
        table = Table("规则", title=f"{category.chinese}（{AUTHORED}）", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for heading in ("覆盖", "重合", "冲突", "独有", *sets, *(["最近"] if dated else [])):
            table.add_column(heading, justify="right")
        for line in own:
            shares = ["–" if value is None else f"{value:.0%}" for _, value in line.precision]
            counts = [f"{line.coverage:.1%}", str(line.overlaps), str(line.conflicts), str(line.alone)]
            table.add_row(
                line.rule, *counts, *shares, *([line.last.isoformat() if line.last else "–"] if dated else [])
            )
        yield table


def _changed(title: str, changes: "Sequence[LetterChange]") -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table("来信", "线索", "现在", "改后", title=f"{title}（{len(changes)} 件）", box=SIMPLE_HEAD)
    for change in changes[:_SHOWN]:
        sides = ["、".join(one.chinese for one in labels) or "–" for labels in (change.before, change.after)]
        table.add_row(change.letter, change.clue or "–", *sides)
    if len(changes) > _SHOWN:
        table.caption = f"另有 {len(changes) - _SHOWN} 件没有列出。"
    return table


def _fired(changes: "Sequence[RuleChange]") -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table("规则", title="命中的来信数", box=SIMPLE_HEAD)
    for heading in ("现在", "改后"):
        table.add_column(heading, justify="right")
    for change in changes:
        table.add_row(change.rule, str(change.before), str(change.after))
    return table
