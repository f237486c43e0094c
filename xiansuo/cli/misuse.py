"""What the command line says, in Chinese, to somebody who wrote a command wrongly."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from typer._click.exceptions import MissingParameter, NoArgsIsHelpError, NoSuchOption, UsageError

_SENTENCES = (
    (r"No such command '(.+)'\.", r"没有命令 \1。"),
    (r"No such option: (\S+)", r"没有选项 \1。"),
    (r"Got unexpected extra argument(?:\(s\)|s)? \((.+)\)", r"多出了 \1。"),
    (r"Option '(.+)' requires (?:an argument|(\d+) arguments)\.", r"选项 \1 后面要写出它的值。"),
    (r"Option '(.+)' does not take a value\.", r"选项 \1 后面不能写值。"),
    (r"Missing command\.", "没有写命令。"),
    (r"Input should be a valid integer.*", "应为整数。"),
    (r"Input should be a valid number.*", "应为数字。"),
    (r"Input should be greater than or equal to ([\d.-]+)", r"不能小于 \1。"),
    (r"Input should be less than or equal to ([\d.-]+)", r"不能大于 \1。"),
    (r"Input should be ('.+')", r"应为下列之一：\1。"),
    (r"(?:File|Directory|Path) '(.+)' does not exist\.", r"找不到 \1。"),
)


class _MisuseError(UsageError):
    """A command was written wrongly; shown with how it is written."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line of usage, what is wrong, and where help is."""
        import typer

        if self.ctx is not None:
            typer.echo(self.ctx.get_usage(), file=file, err=file is None)
        help_ = f"用 {self.ctx.command_path} --help 查看说明。" if self.ctx is not None else ""
        typer.echo(f"用法有误：{self.message}{help_}", file=file, err=file is None)


@contextmanager
def in_chinese() -> Iterator[None]:
    """Turn what the library says of a command written wrongly into Chinese; what it is not known to say stays as it is."""
    try:
        yield
    except (_MisuseError, NoArgsIsHelpError):
        raise
    except UsageError as error:
        raise _MisuseError(sentence(error), error.ctx) from error


def sentence(error: UsageError) -> str:
    """Return what is wrong in Chinese."""
    param = getattr(error, "param", None)
    name = param.get_error_hint().replace("'", "") if param is not None else ""
    if isinstance(error, MissingParameter):
        return f"缺少{'选项' if name.startswith('-') else '参数'} {name}。"
    said = _said(error.message)
    if isinstance(error, NoSuchOption) and error.possibilities:
        return f"{said}是否想写 {'、'.join(sorted(error.possibilities))}？"
    return f"{name} 的值不对：{said}" if name else said


def _said(message: str) -> str:
    for english, chinese in _SENTENCES:
        if found := re.fullmatch(english, message.strip(), re.DOTALL):
            return found.expand(chinese).replace("' or '", "、").replace("', '", "、").replace("'", "")
    return message
