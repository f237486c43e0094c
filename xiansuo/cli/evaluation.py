"""Commands about models: train, evaluate."""

from pathlib import Path
from typing import Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("train")(train)
    app.command("evaluate")(evaluate)


def train(
    context: typer.Context,
    from_decisions: Annotated[bool, typer.Option("--from-decisions", help="从人工认定中学出一个待启用的模型")] = False,
    as_user: Annotated[str, typer.Option("--as", help="从人工认定学习时以哪个账号操作，留痕")] = "",
) -> None:
    """按配方重新训练模型（约一分钟），或者从人工认定中学出一个待启用的模型。"""
    state: State = context.obj
    if from_decisions:
        _train_from_decisions(state, as_user)
    elif as_user:
        raise typer.BadParameter("只与 --from-decisions 同用。", param_hint="--as")
    else:
        _train_recipe(state)


def _train_recipe(state: State) -> None:
    from xiansuo.services.train import train_now

    _tell("正在按配方训练……")
    made = train_now(state.settings())
    counts = f"{made.letters} 封样本信、{made.matters} 个事项、{made.ngrams} 个字串"
    typer.echo(say(f"训练完成，用时 {made.seconds:.0f} 秒：{counts}。", "Trained."))
    typer.echo(say(f"模型在 {made.folder}。", ""))


def _train_from_decisions(state: State, login: str) -> None:
    from xiansuo.services.challenge import propose
    from xiansuo.services.promote import AT_THE_CONSOLE, modeller

    office = state.office()
    viewer = modeller(office, login)
    for sentence in propose(office, _tell, viewer.login if viewer else AT_THE_CONSOLE).sentences:
        typer.echo(sentence)


def evaluate(  # noqa: PLR0913, PLR0917 - one parameter per option
    context: typer.Context,
    gold: Annotated[list[Path] | None, typer.Option("--gold", metavar="F", help="标注文件，可写多次")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="结果写到哪个目录；不写则为 evaluation/reports")
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="报告用英文写")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="只做按事项交叉验证和标注文件，约一分钟")] = False,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="报告中显示标注文件里来件遮盖后的文字；报告会流转，慎用")
    ] = False,
    rounds: Annotated[int, typer.Option("--rounds", min=0, help="误差范围的抽样次数；0 为不算误差范围，较快")] = 200,
) -> None:
    """评测系统建议：在样本信和给出的标注文件上测量，写出数字（JSON）和一页报告（HTML）。全套约需几分钟。"""
    from xiansuo.evaluation.page import HEADLINE
    from xiansuo.evaluation.report import as_table
    from xiansuo.evaluation.targets import as_lines
    from xiansuo.services.evaluate import Asked, write
    from xiansuo.services.evaluate import evaluate as run

    state: State = context.obj
    settings = state.settings()
    asked = Asked(tuple(gold or ()), rounds=rounds, quick=quick, with_text=with_text)
    found = run(settings, asked, tell=_tell)
    typer.echo(as_table([part.report for part in found.parts], HEADLINE))
    typer.echo("\n".join(as_lines(found.targets)))
    figures, page = write(found, output or settings.home / "evaluation" / "reports", english=english)
    typer.echo(say(f"报告已写到 {page}，数字在 {figures}。", "Report written."))


def _tell(sentence: str) -> None:
    typer.echo(sentence, err=True)
