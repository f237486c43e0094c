"""Commands about rules: lint, test, stats."""

from typing import TYPE_CHECKING

import typer

from xiansuo.cli.state import State

if TYPE_CHECKING:
    from rich.table import Table

    from xiansuo.services.rules import BookResult, RuleLine

rules = typer.Typer(help="规则：检查写法、试跑例子、看每条规则的作用。", no_args_is_help=True)
AUTHORED = "编写的样本信，不是真实来信"


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
def stats(context: typer.Context) -> None:
    """每条规则在编写的样本信上的作用：覆盖、重合、冲突、准确率。"""
    from rich.console import Console

    from xiansuo.services.rules import rule_statistics

    state: State = context.obj
    console = Console()
    with console.status("正在读取样本信……"):
        lines = rule_statistics(state.settings())
    console.print(_table(lines))
    typer.echo(f"说明：以上数字来自{AUTHORED}；只供修改规则时参考。")


def _summary(results: "tuple[BookResult, ...]") -> "Table":
    from rich.table import Table

    table = Table("规则书", title="规则例子")
    for heading in ("规则", "例子", "不符"):
        table.add_column(heading, justify="right")
    for result in results:
        table.add_row(result.name, str(result.rules), str(result.examples), str(len(result.failures)))
    return table


def _table(lines: "tuple[RuleLine, ...]") -> "Table":
    from rich.table import Table

    halves = [half for half, _ in lines[0].precision] if lines else []
    table = Table("规则", "类别", "说明", title=f"规则的作用（{AUTHORED}）")
    for heading in ("覆盖", "重合", "冲突", *(f"准确率 {half}" for half in halves)):
        table.add_column(heading, justify="right")
    for line in lines:
        shares = ["–" if value is None else f"{value:.0%}" for _, value in line.precision]
        counts = [f"{line.coverage:.1%}", str(line.overlaps), str(line.conflicts)]
        table.add_row(line.rule, line.category.chinese, line.sentence, *counts, *shares)
    return table
