"""The command that serves the review app."""

from pathlib import Path
from typing import Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("serve")(serve)


def serve(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    host: Annotated[str, typer.Option(help="监听地址；本机以外的地址必须给出证书")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 8765,
    workers: Annotated[int, typer.Option(min=1, max=32, help="进程数；人多时每核一个")] = 1,
    name: Annotated[list[str] | None, typer.Option(help="浏览器访问时使用的主机名，可写多个")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="TLS 证书（PEM）")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="TLS 私钥（PEM）")] = None,
) -> None:
    """打开审阅界面，供审核员在浏览器里使用。按 Ctrl-C 停止。不记录访问者的地址。"""
    from xiansuo.review.server import Address, run

    state: State = context.obj
    address = Address(host, port, tuple(name or ()), tls_cert, tls_key)
    address.check()
    typer.echo(
        say(f"审阅界面：{address.url}（按 Ctrl-C 停止）", f"Review app: {address.url} (Ctrl-C stops it)"), err=True
    )
    run(state.settings(), address, workers=workers)
