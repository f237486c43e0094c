"""The command that measures what this machine can take."""

import json
from typing import Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import english


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("bench")(bench)


def bench(
    context: typer.Context,
    letters: Annotated[int, typer.Option("--letters", min=50, max=1_000, help="用多少件样本信测量")] = 1_000,
    as_json: Annotated[bool, typer.Option("--json", help="在标准输出给出 JSON")] = False,
) -> None:
    """测量这台机器每天能处理多少来件：用样本信在临时目录里跑一遍，不读写本单位的数据，不联网。两分钟以内。"""
    from xiansuo.services.capacity import measure, told

    state: State = context.obj
    found = measure(state.settings(), most=letters, tell=lambda sentence: typer.echo(sentence, err=True))
    if as_json:
        typer.echo(json.dumps(found.as_json()))
        return
    for chinese, in_english in told(found):
        typer.echo(chinese)
        if english():
            typer.echo(in_english)
