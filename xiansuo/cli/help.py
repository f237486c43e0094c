"""What `--help` shows: Typer's plain pages in Chinese, wrapped by the columns that Chinese takes; without rich, whose import costs more than the rest."""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import east_asian_width

import typer
from typer._click import HelpFormatter
from typer.core import TyperGroup

from xiansuo.cli.misuse import in_chinese

_HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}
_WORDS = (
    (r"Show this message and exit\.", "显示这份说明"),
    (r"\[required\]", "[必填]"),
    (r"\[default: ", "[默认："),
    (r"; x>=(\d+)\]", r"；不小于 \1]"),
    (r"; ([\d.]+)<=x<=([\d.]+)\]", r"；\1 至 \2]"),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]…"),
    (r"<list\[\w+\]>", "<可写多个>"),
    (r"<int( range)?>", "<整数>"),
    (r"<float( range)?>", "<小数>"),
    (r"<str>", "<文字>"),
    (r"<path>", "<路径>"),
)


class ChinesePage(HelpFormatter):
    """A page of help in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:  # noqa: ARG002 - the library's
        """Write the line that shows how the command is written."""
        self.write(f"用法：{prog} {_chinese(args)}\n")

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        indent = " " * self.current_indent
        self.write("".join(f"{indent}{line}\n" for line in wrapped(text, self.width - self.current_indent)))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 34, col_spacing: int = 2) -> None:
        """Write what options or commands there are, their meaning beside them."""
        shown = [(_chinese(name), _chinese(meaning)) for name, meaning in rows]
        column = min(col_max, max(columns(name) for name, _ in shown)) + col_spacing
        indent = " " * self.current_indent
        for name, meaning in shown:
            lines = wrapped(meaning, max(self.width - self.current_indent - column, 20))
            gap = column - columns(name)
            first = " " * gap + next(lines, "") if gap > 0 else ""
            self.write(f"{indent}{name}{first}".rstrip() + "\n")
            self.write("".join(f"{indent}{'':{column}}{line}\n" for line in lines))


class _Context(typer.Context):
    formatter_class = ChinesePage


class ChineseGroup(TyperGroup):
    """The root of the command line: it and every command below it speak Chinese."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**told)
        _speak_chinese(self)

    def make_context(self, *written: Any, **told: Any) -> Any:
        """Read what stands before the first command."""
        with in_chinese():
            return super().make_context(*written, **told)

    def invoke(self, ctx: Any) -> Any:
        """Read the rest and do it."""
        with in_chinese():
            return super().invoke(ctx)


def columns(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, none wider than `width` columns, no stop at a line's beginning, no word of Latin letters cut."""
    line = ""
    for piece in _pieces(" ".join(text.split())):
        if line and columns(line + piece.rstrip()) > width:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    if line:
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Yield what may not be broken: a Latin word with its space, a Chinese character with the stops behind it."""
    piece = ""
    for character in text:
        joins = character in "，。；：、！？）”…] " or (_latin(character) and piece and _latin(piece[-1]))
        if piece and not joins:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _latin(character: str) -> bool:
    return character.isascii() and not character.isspace()


def _speak_chinese(command: Any) -> None:
    command.context_class = _Context
    for below in getattr(command, "commands", {}).values():
        _speak_chinese(below)


def _chinese(text: str) -> str:
    for english, chinese in _WORDS:
        text = re.sub(english, chinese, text)
    return text
