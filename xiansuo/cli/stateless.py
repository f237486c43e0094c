"""Commands for scripts and measurement: classify and link, JSON Lines in and out, nothing stored."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State

if TYPE_CHECKING:
    from xiansuo.domain.register import OrganisationRegister
    from xiansuo.services.analysis import Analyser
    from xiansuo.services.records import Record, Row
    from xiansuo.settings import Settings

Input = Annotated[str, typer.Option("--input", metavar="F", help="每行一件的 JSON Lines 文件；- 为标准输入")]
Output = Annotated[str, typer.Option("--output", metavar="G", help="结果文件（0600，含身份信息）；- 为标准输出")]
Answering = Callable[["Iterator[Record]", "Analyser"], "Iterator[Row]"]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("classify")(classify)
    app.command("link")(link)


def classify(context: typer.Context, source: Input, output: Output) -> None:
    """逐件给出系统建议：类别、理由、问题所在、排序、脱敏文字。不入库。"""
    from xiansuo.rulebook.seal import SealCheck
    from xiansuo.services.classify import classify as answers

    state: State = context.obj
    settings = state.settings()
    register_ = _register_at(settings)
    seal_check = SealCheck(settings.rules, register_)
    _run(settings, register_, (source, output), lambda records, analyser: answers(records, analyser, seal_check))


def link(context: typer.Context, source: Input, output: Output) -> None:
    """按来件先后归并同一事项的来件。不入库。"""
    from xiansuo.services.link_records import link_records

    state: State = context.obj
    settings = state.settings()
    _run(settings, _register_at(settings), (source, output), link_records)


def _run(settings: "Settings", register_: "OrganisationRegister", paths: tuple[str, str], answers: Answering) -> None:
    """Answer the records of one file into another; bad lines are told by number and never stop the rest."""
    from xiansuo.cli.screens import progress
    from xiansuo.services.classify import load_for_records
    from xiansuo.services.records import opened, read_records, written

    refused: list[int] = []

    def refuse(number: int, fault: str) -> None:
        refused.append(number)
        _tell(f"第 {number} 行{fault}，已跳过。")

    done = 0
    with opened(paths[0]) as lines, written(paths[1]) as put:
        analyser = load_for_records(settings, register_, tell=_tell)
        with progress("分析来件") as step:
            for row in answers(read_records(lines, refuse=refuse), analyser):
                put(row)
                done += 1
                step(1)
    if refused:
        _tell(f"共有 {len(refused)} 行未能读取，已跳过；其余 {done} 件已写出。")


def _register_at(settings: "Settings") -> "OrganisationRegister":
    """Return the organisation register of the installation, an empty one where there is none."""
    from xiansuo.domain.register import OrganisationRegister

    if not settings.state_dir.is_dir():
        return OrganisationRegister()
    from xiansuo.services.office import open_office
    from xiansuo.storage.address import has_database

    if not has_database(settings.state_dir):
        return OrganisationRegister()
    return open_office(settings).register


def _tell(sentence: str) -> None:
    typer.echo(sentence, err=True)
