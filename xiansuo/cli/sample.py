"""The command that draws from what was set aside, now or from now on more of it."""

from typing import Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("sample")(sample)


def sample(
    context: typer.Context,
    share: Annotated[
        float | None, typer.Option("--share", metavar="SHARE", help="从现在起抽取延后部分的多大比例，如 0.05；只能调高")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="调高的理由，与 --share 一起写")] = "",
    as_user: Annotated[str, typer.Option("--as", metavar="LOGIN", help="以哪个账号调高；有账号以后必填，留痕")] = "",
) -> None:
    """从延后的线索里按密签随机抽取，不作标记地排进待审线索；只报条数。"""
    from xiansuo.services.elusion import draw
    from xiansuo.services.stopping import draw_more_by_command
    from xiansuo.storage.session import CHINA, now

    state: State = context.obj
    office = state.office()
    new = 0 if share is None else draw_more_by_command(office, as_user, share, reason)
    new += draw(office, now().astimezone(CHINA).date())
    typer.echo(say(f"抽取完成：新抽出 {new} 条。", "Drawn."))
