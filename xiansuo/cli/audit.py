"""Commands about the audit trail: verify, anchor, export. None of them needs keys or opens a letter."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from xiansuo.domain.audit import Anchor

audit = typer.Typer(help="审计日志：核验、取锚点、导出。不需要密钥，不涉及信访内容。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(audit, name="audit")


@audit.command("verify")
def verify(
    context: typer.Context,
    file: Annotated[Path | None, typer.Option("--file", help="只核验导出的文件，不打开数据库")] = None,
    anchor: Annotated[
        Path | None, typer.Option("--anchor", help='另存的锚点文件；也可照纸面直接写，如 "128 7K3M-…"')
    ] = None,
) -> None:
    """逐条核验审计日志是否被增删改。不完整时退出状态为 1。"""
    from xiansuo.services.audit import verify_database, verify_file

    state: State = context.obj
    found = verify_file(file, anchor=anchor) if file else verify_database(state.settings(), anchor=anchor)
    if found.fault is None:
        typer.echo(say(f"审计日志完整：{found.fine} 条，逐条相符。", f"The audit trail holds: {found.fine} events."))
        if anchor is None:
            typer.echo(
                say("没有给出本机以外的锚点：末尾被整段截去、连本机的锚点一起删掉时，无法发现。", "Without an anchor.")
            )
        _show_anchor(found.head)
        return
    typer.echo(
        say(
            f"审计日志不完整：前 {found.fine} 条相符，第 {found.first_bad} 条不符：{found.fault.chinese}。"
            "请停止使用，保全现状并报告主要负责人。",
            f"Broken at event {found.first_bad}: {found.fault.value}; {found.fine} events before it hold.",
        )
    )
    raise typer.Exit(1)


def _show_anchor(head: "Anchor") -> None:
    from xiansuo.domain.audit import anchor_text

    if head.id:
        typer.echo(say(f"现在的锚点：{anchor_text(head)}", "The anchor now."))
        typer.echo(
            f'请抄在本机以外。下次核对：xiansuo audit verify --anchor "{head.id} {head.spoken}"，末尾被截去或整段重写都能发现。'
        )


@audit.command("anchor")
def anchor(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", help="写到哪里；已有的文件不会覆盖")],
) -> None:
    """取一个锚点：最后一条的编号和校验值。请另存到本机以外，或抄在纸上。"""
    from xiansuo.services.audit import anchor_of_database, write_lines

    state: State = context.obj
    taken, text = anchor_of_database(state.settings(), actor=_actor())
    write_lines([text], output)
    typer.echo(
        say(
            f"第 {taken.id} 条  {taken.spoken}（可念读、可抄写；已写入 {output}，请存到本机以外。）",
            "Keep it elsewhere.",
        )
    )


@audit.command("export")
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", help="写到哪里；已有的文件不会覆盖")],
) -> None:
    """导出全部审计日志（JSON Lines）。文件可单独用 audit verify --file 核验。"""
    from xiansuo.services.audit import export_database, write_lines

    state: State = context.obj
    write_lines(export_database(state.settings(), actor=_actor()), output)
    typer.echo(say(f"已导出到 {output}。", "Exported."))


def _actor() -> str:
    return f"uid:{os.getuid()}"
