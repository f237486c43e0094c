"""Commands about the vault's keys: put a new one in use, check that every record opens."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xiansuo.services.rotation import Rotated

vault = typer.Typer(help="身份库的密钥：换钥、核对每一条是否打得开、抄成纸面备份。", no_args_is_help=True)
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(vault, name="vault")


@vault.command("rotate")
def rotate(
    context: typer.Context,
    tidy: Annotated[
        bool, typer.Option("--tidy", help="不换新钥，只做完上次没做完的，并删去已经没有用处的旧密钥")
    ] = False,
) -> None:
    """换一把身份库密钥，全部记录重新加密。不用停服务；中断了再说一遍就接着做。"""
    from xiansuo.cli.screens import progress
    from xiansuo.services.rotation import rotate as run_rotate

    state: State = context.obj
    office = state.office()
    with progress("重新加密") as step:
        done = run_rotate(office, actor=f"uid:{os.getuid()}", advance=step, tidy=tidy)
    _show(done, tidy=tidy)
    if done.locked:
        raise typer.Exit(1)


@vault.command("check")
def check(context: typer.Context) -> None:
    """逐条打开身份库的记录，看现有密钥是否都打得开；不显示内容。打不开的列出编号，退出状态为 1。"""
    from xiansuo.cli.screens import progress
    from xiansuo.services.rotation import check as run_check

    state: State = context.obj
    office = state.office()
    with progress("核对") as step:
        found = run_check(office, advance=step)
    if found.rotating:
        typer.echo("  · 上次换钥没有做完，记录都还打得开。请再执行一次 xiansuo vault rotate。")
    if not found.locked:
        typer.echo(say(f"身份库 {found.count} 条记录，条条打得开。", f"All {found.count} records open."))
        return
    typer.echo(say(f"身份库 {found.count} 条记录，{len(found.locked)} 条打不开：", f"{len(found.locked)} do not open:"))
    _list(found.locked)
    typer.echo("请停止换钥和清理，从备份恢复 keys 目录或数据库；没有恢复以前，不要删除任何密钥文件和备份。")
    raise typer.Exit(1)


@vault.command("paper")
def paper(
    file: Annotated[Path, typer.Argument(metavar="F", help="密钥文件：keys/ 里的 .key，主要负责人的私钥，备份私钥")],
    output: Annotated[Path, typer.Option("--output", metavar="G", help="写到哪里，打印后请删掉；已有的文件不会覆盖")],
) -> None:
    """把一把密钥写成可以打印、可以照着录回来的一页纸：写明能打开什么、放在哪里。"""
    from xiansuo.services.audit import write_lines
    from xiansuo.services.paper_keys import sheet_of

    write_lines([sheet_of(file)], output)
    typer.echo(say(f"已写到 {output}，只有本用户可读。打印后请立即删掉它。", "Print it, then delete the file."))


@vault.command("retype")
def retype(
    file: Annotated[Path, typer.Argument(metavar="F", help="照纸面录入的文本文件，四行，带行首序号")],
    output: Annotated[Path, typer.Option("--output", metavar="K", help="密钥写到哪里；已有的文件不会覆盖")],
) -> None:
    """把照纸面录入的密钥还原成文件；录错时指出是哪一行，什么也不写。"""
    from xiansuo.services.paper_keys import take_back

    told = take_back(file, output)
    typer.echo(say(f"已还原到 {output}：{told}", "Restored."))
    typer.echo("请核对编号与纸面一致，再删掉录入的文本文件。")


def _show(done: "Rotated", *, tidy: bool) -> None:
    if done.continued:
        typer.echo(say("接着做完了上次没有做完的换钥。", "Continued the change begun before."))
    if not tidy or done.continued:
        told = f"身份库已换用密钥 {done.key}，本次重新加密 {done.count} 条。"
        typer.echo(say(told, f"Key {done.key} in use; {done.count} records closed anew."))
    for key in done.dropped:
        typer.echo(f"  · 旧密钥 {key} 已从本机删除：数据库和本机的副本里没有记录再用它。")
    for key, count in done.copies.items():
        typer.echo(
            f"  · 旧密钥 {key} 还留着：backups/ 里有 {count} 份升级前的数据库副本要用它才能打开。"
            "确认升级无误、删掉副本以后，执行 xiansuo vault rotate --tidy。"
        )
    for key, count in done.records.items():
        typer.echo(f"  · 旧密钥 {key} 还留着：有 {count} 条打不开的记录写着要用它。")
    if done.locked:
        typer.echo(f"有 {len(done.locked)} 条打不开，原样未动：")
        _list(done.locked)
        typer.echo("多半是数据损坏或密钥缺失。请从换钥以前的备份里找回，再执行 xiansuo vault check。")
    typer.echo(
        "以前做的备份（.backup）各自带着当时的密钥，凭备份私钥或口令照样恢复，不另需旧密钥。"
        "自行拷贝的数据库（pg_dump、磁盘映像）仍要旧密钥，旧密钥只在那时的备份里。现在请做一份新的：xiansuo backup。"
    )


def _list(names: "Sequence[str]") -> None:
    for name in names[:_SHOWN]:
        typer.echo(f"  · {name}")
    if len(names) > _SHOWN:
        typer.echo(f"  · ……其余 {len(names) - _SHOWN} 条从略。")
