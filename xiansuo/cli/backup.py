"""Commands about backups: make one, check one, bring one back."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from xiansuo.services.backup import BackedUp
    from xiansuo.services.backup_key import Made, Unlock

_MB = 1 << 20
Key = Annotated[Path | None, typer.Option("--key", metavar="K", help="备份私钥文件，由保管人带来")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="P", help="第一行写着备份口令的文件（chmod 600）；不写则在终端输入"),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    context: typer.Context,
    verify: Annotated[
        Path | None, typer.Option("--verify", metavar="F", help="只核对一份备份；给出私钥或口令才能核对内容")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="演练：把备份恢复到临时目录，逐表、逐条比较，再删除；不带 --verify 时先做一份"),
    ] = False,
    new_key: Annotated[
        bool,
        typer.Option(
            "--new-key", help="换一把备份密钥（以前的备份仍用以前的私钥）；与 --passphrase-file 合用则改用口令"
        ),
    ] = False,
    key: Key = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """备份整套系统，加密，运行中也可以做。只有备份私钥（或口令）能打开。"""
    state: State = context.obj
    if new_key:
        _new_key(state, _read(passphrase_file))
    elif verify and check:
        _drill(state, verify, _unlock(verify, key, passphrase_file))
    elif verify:
        _verify(state, verify, key, passphrase_file)
    else:
        _make(state, check=check)


def restore(
    file: Annotated[Path, typer.Argument(metavar="F", help="备份文件")],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="恢复到这个空目录，它将是新的状态目录")],
    key: Key = None,
    passphrase_file: PassphraseFile = None,
    database: Annotated[
        str, typer.Option("--database", metavar="URL", help="恢复到这个空的 PostgreSQL 数据库；不写则用 SQLite")
    ] = "",
) -> None:
    """把一份备份恢复到空目录。全部比较过才算数，不相符就撤掉。"""
    from xiansuo.services.backup_check import told
    from xiansuo.services.restore import restore as run_restore

    restored = run_restore(
        file, _unlock(file, key, passphrase_file), to.absolute(), actor=_actor(), database=database, tell=_tell
    )
    for sentence in told(restored.contents):
        typer.echo(f"  · {sentence}")
    if restored.migrated:
        typer.echo("  · 备份来自较早的程序版本，数据库已升级。请再执行 xiansuo upgrade。")
    if restored.erased:
        typer.echo(f"  · 备份之后出具的 {restored.erased} 份销毁证明已重新执行，其中的内容没有带回来。")
    typer.echo(say(f"已恢复到 {to}，逐表、逐条比较相符。", f"Restored to {to}; every table and record compared."))
    typer.echo(f"下一步：xiansuo --state {to} doctor；邮箱密码、证书等不在状态目录里的文件要另外放好。")


def _make(state: State, *, check: bool) -> None:
    from xiansuo.services.backup import back_up
    from xiansuo.services.restore import drill

    office = state.office()
    done = back_up(office, actor=_actor(), tell=_tell)
    _show(done)
    if check:
        typer.echo("恢复演练：")
        drill(done.file, done.key, office.state_dir, tell=_tell)
        typer.echo(say("  已恢复到临时目录，逐表、逐条比较相符，临时目录已删除。", "Restore drill passed."))
    if not done.sound:
        raise typer.Exit(1)


def _show(done: "BackedUp") -> None:
    from xiansuo.services.backup_check import told

    typer.echo(say(f"已备份到 {done.file}（{done.size / _MB:.1f} MB），已从头读回核对。", "Backed up and read back."))
    for sentence in told(done.contents):
        typer.echo(f"  · {sentence}")
    typer.echo(f"  · 校验值 {done.digest.hex()[:16]}……，已记入审计日志。")
    if done.dropped:
        typer.echo(f"  · 超出保留份数的 {done.dropped} 份旧备份已删除。")
    if done.elsewhere:
        typer.echo(f"  · 设置里提到的 {done.elsewhere} 个文件不在状态目录里，没有备份，请另外保存。")
    if done.unknown:
        typer.echo(f"  · 状态目录里有 {done.unknown} 项不是本程序的，没有备份。")
    if done.new_key:
        _show_key(done.new_key)


def _show_key(made: "Made") -> None:
    typer.echo(say("已生成备份密钥。", "A backup key was made.") + made.message)


def _new_key(state: State, passphrase: str) -> None:
    from xiansuo.services.backup import change_key

    _show_key(change_key(state.office(), actor=_actor(), passphrase=passphrase))
    typer.echo("以前的备份仍要用以前的私钥或口令打开，请继续保管。现在请执行 xiansuo backup 做一份新的。")


def _verify(state: State, file: Path, key: Path | None, passphrase_file: Path | None) -> None:
    from xiansuo.services.backup import known_here, trail_here, verify
    from xiansuo.services.backup_check import is_sound, told

    unlock = _unlock(file, key, passphrase_file) if key or passphrase_file else None
    digest, contents = verify(file, unlock)
    typer.echo(say(f"备份文件完整：一个字节不少，一个字节没变。校验值 {digest.hex()[:16]}……", "The file is whole."))
    if known := known_here(state.settings(), digest):
        typer.echo(f"  · {known}")
    if contents is None:
        typer.echo("  · 没有给出私钥或口令，内容没有核对；要核对内容，加上 --key 或 --passphrase-file。")
        return
    for sentence in (*told(contents), *filter(None, [trail_here(state.settings(), contents)])):
        typer.echo(f"  · {sentence}")
    if not is_sound(contents):
        raise typer.Exit(1)


def _drill(state: State, file: Path, unlock: "Unlock") -> None:
    from xiansuo.services.backup_check import told
    from xiansuo.services.restore import drill

    folder = state.settings().state_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for sentence in told(drill(file, unlock, folder, tell=_tell)):
        typer.echo(f"  · {sentence}")
    typer.echo(say("恢复演练通过：逐表、逐条比较相符，临时目录已删除。", "Restore drill passed."))


def _unlock(file: Path, key: Path | None, passphrase_file: Path | None) -> "Unlock":
    from xiansuo.services.backup import recipient_of
    from xiansuo.services.backup_key import Unlock

    passphrase = _read(passphrase_file)
    if not passphrase and key is None and recipient_of(file).salt and sys.stdin.isatty():
        from getpass import getpass

        passphrase = getpass("备份口令：")
    return Unlock(key, passphrase)


def _read(file: Path | None) -> str:
    from xiansuo.errors import UsageError

    if file is None:
        return ""
    try:
        if file.stat().st_mode & 0o077:
            raise UsageError("口令文件对其他用户开放。请执行 chmod 600 后重试。")
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"口令文件 {file} 读不到，或不是 UTF-8 文字。") from error
    if not lines or not lines[0]:
        raise UsageError("口令文件是空的。请在第一行写口令。")
    return lines[0]


def _tell(sentence: str) -> None:
    typer.echo(sentence, err=True)


def _actor() -> str:
    return f"uid:{os.getuid()}"
