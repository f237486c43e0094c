"""Owns the `[[source]]` entries of `xiansuo.toml`: where letters come from and how often they are fetched."""

import difflib
import re
import stat
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from xiansuo.domain.letter import Channel
from xiansuo.errors import UsageError
from xiansuo.intake.mailbox import MailboxSource


class SourcesError(UsageError):
    """The settings file as a whole cannot be read; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder whose files are read again and again; known ones are skipped by their bytes."""

    name: str
    path: Path
    channel: Channel | None = None
    mapping: Path | None = None
    cron: str = ""


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """An xlsx or csv register that another office keeps writing; `mapping` explains headings the word list lacks."""

    name: str
    path: Path
    channel: Channel | None = None
    mapping: Path | None = None
    cron: str = ""


Source = MailboxSource | FolderSource | RegisterSource


@dataclass(frozen=True, slots=True)
class Sources:
    """The usable sources in the order of the file, and a sentence for every setting that is wrong."""

    sources: tuple[Source, ...]
    wrong: tuple[str, ...]


def read_sources(path: Path) -> Sources:
    """Read the sources of a settings file; an entry with a wrong setting is left out and the others stand.

    Raises SourcesError when the file is missing or no TOML.
    """
    entries = _entries(path)
    sources, wrong, names = list[Source](), list[str](), set[str]()
    for number, entry in enumerate(entries, 1):
        where = f"{path.name} 第{number}个[[source]]"
        if isinstance(name := entry.get("name"), str):
            where += f"（{shown(name)}）"
        try:
            source = _source(entry, path.parent)
            _check_name(source.name, names)
        except _WrongSettings as found:
            wrong += [f"{where}{sentence}" for sentence in found.sentences]
        else:
            sources.append(source)
    return Sources(tuple(sources), tuple(wrong))


class _WrongSettings(Exception):  # noqa: N818 - carries the findings of one entry to where its place in the file is known
    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class _Key:
    """One setting: `parse(value, folder)` raises ValueError for what is not `allowed`; a `quiet` value is never repeated."""

    parse: Callable[[Any, Path], object]
    allowed: str
    required: bool = False
    quiet: bool = False


def read_table(path: Path) -> dict[str, Any]:
    """Read the settings file as it stands. Raises SourcesError when it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SourcesError(
            f"配置文件 {path} 无法读取（{type(error).__name__}）。请检查文件是否存在、是否可读。"
        ) from error
    except UnicodeDecodeError as error:
        raise SourcesError(f"配置文件 {path} 不是 UTF-8 编码。请另存为 UTF-8。") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = f"第{place[1]}行" if place else "末尾"
        raise SourcesError(f"配置文件 {path} {line}不合 TOML 写法。请检查引号、方括号和等号。") from error


def _entries(path: Path) -> list[dict[str, Any]]:
    entries = read_table(path).get("source", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SourcesError(f"配置文件 {path} 的 source 应写成 [[source]]（两层方括号），一个来源一段。")
    return entries


def _source(entry: Mapping[str, Any], folder: Path) -> Source:
    kind = entry.get("type")
    if not isinstance(kind, str) or kind not in _KEYS:
        given = f" = {shown(kind)} 有误" if "type" in entry else " 没有填写"
        raise _WrongSettings([f"的 type{given}。可用：{'、'.join(_KEYS)}。"])
    keys = _KEYS[kind]
    wrong = [_unknown(key, keys) for key in entry if key not in keys and key != "type"]
    values = dict[str, Any]()
    for name, key in keys.items():
        if name not in entry:
            wrong += [f"没有填写 {name}。应为{key.allowed}。"] if key.required else []
            continue
        try:
            values[name] = key.parse(entry[name], folder)
        except ValueError as error:
            given = "" if key.quiet else f" = {shown(entry[name])}"
            wrong.append(f"的 {name}{given} 有误{error}。应为{key.allowed}。")
    if wrong:
        raise _WrongSettings(wrong)
    return _BUILD[kind](values)


def _mailbox(values: dict[str, Any]) -> MailboxSource:
    tls = values.get("tls", "ssl")
    values["port"] = values.get("port", 993 if tls == "ssl" else 143)
    values["password"] = values.pop("password_file")
    return MailboxSource(**values)


def _unknown(key: str, keys: Mapping[str, _Key]) -> str:
    if key in {"password", "password_env"}:
        return f"的 {key} 不允许使用，密码不得写进配置文件或环境变量。请写入单独的文件（权限 0600），用 password_file 指定。"
    near = difflib.get_close_matches(key, keys, n=1)
    hint = f"是否想写 {near[0]}？" if near else ""
    return f"的 {shown(key)} 不认识。{hint}可用：{'、'.join(keys)}。"


def _check_name(name: str, names: set[str]) -> None:
    if name in names:
        raise _WrongSettings([f"的 name = {shown(name)} 与前面的来源重名。每个来源的名称不能相同。"])
    names.add(name)


def shown(value: object) -> str:
    """Return a setting as a sentence repeats it, cut where it is long."""
    text = str(value) if isinstance(value, int | float | date) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _text(value: object, _: Path) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    return value.strip()


def _name(value: object, folder: Path) -> str:
    if "/" in (name := _text(value, folder)) or len(name) > 40:
        raise ValueError
    return name


def _texts(value: object, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError
    return tuple(_text(one, folder) for one in value)


def _whole(least: int, most: int) -> Callable[[object, Path], int]:
    def parse(value: object, _: Path) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError
        return value

    return parse


def _yes_no(value: object, _: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - every wrong setting takes the same way
    return value


def _day(value: object, _: Path) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError from None  # without the library's English words


def _one_of(words: Sequence[str]) -> Callable[[object, Path], str]:
    def parse(value: object, _: Path) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return parse


def _channel(value: object, _: Path) -> Channel:
    return Channel(_one_of(tuple(Channel))(value, Path()))


def _path(value: object, folder: Path) -> Path:
    return folder / Path(_text(value, folder)).expanduser()


def _file(value: object, folder: Path) -> Path:
    path = _path(value, folder)
    if not path.is_file():
        raise ValueError("，文件不存在")
    return path


def _secret(value: object, folder: Path) -> SecretStr:
    """Read the password from a file that nobody but its owner can read."""
    path = _file(value, folder)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ValueError("，别人也能读这个文件，请执行 chmod 600")
    try:
        password = path.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ValueError("，文件无法读取") from None
    if not password:
        raise ValueError("，文件是空的")
    return SecretStr(password)


CRON = "五段的定时写法，如 */30 8-18 * * 1-5"
_CRON_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?")


def parse_cron(value: object, folder: Path) -> str:
    """Return a cron time of five fields. Raises ValueError with what is wrong about it."""
    fields = _text(value, folder).split()
    if len(fields) != len(_CRON_BOUNDS):
        raise ValueError("，要有五段")
    for field, (least, most) in zip(fields, _CRON_BOUNDS, strict=True):
        for part in field.split(","):
            match = _CRON_PART.fullmatch(part)
            if not match or not all(least <= int(number) <= most for number in match.groups()[:2] if number):
                raise ValueError(f"，“{part}”这一段不对")
    return " ".join(fields)


_CHANNELS = "、".join(Channel)
_COMMON = {
    "name": _Key(_name, "40字以内、不含“/”的名称", required=True),
    "cron": _Key(parse_cron, CRON),
    "channel": _Key(_channel, f"下列之一：{_CHANNELS}"),
}
_TABLES = {
    **_COMMON,
    "path": _Key(_path, "文件或文件夹的路径（相对路径从配置文件所在的文件夹算起）", required=True),
    "mapping": _Key(_file, "表头对照文件的路径"),
}
_KEYS: dict[str, dict[str, _Key]] = {
    "imap": {
        **_COMMON,
        "host": _Key(_text, "服务器名称", required=True, quiet=True),
        "port": _Key(_whole(1, 65535), "1 到 65535 的整数"),
        "user": _Key(_text, "登录名", required=True, quiet=True),
        "password_file": _Key(_secret, "存放密码或授权码的文件的路径（权限 0600）", required=True, quiet=True),
        "folders": _Key(_texts, '文件夹名称的列表，如 ["INBOX"]'),
        "since": _Key(_day, "日期，如 2026-01-01"),
        "tls": _Key(_one_of(("ssl", "starttls", "none")), "ssl、starttls、none 之一"),
        "ca_file": _Key(_file, "根证书文件的路径"),
        "max_bytes": _Key(_whole(1024, 1 << 40), "不小于 1024 的整数（字节）"),
        "mark_seen": _Key(_yes_no, "true 或 false"),
        "move_to": _Key(_text, "文件夹名称"),
        "timeout": _Key(_whole(1, 3600), "1 到 3600 的整数（秒）"),
    },
    "folder": _TABLES,
    "register": _TABLES,
}
_BUILD: dict[str, Callable[[dict[str, Any]], Source]] = {
    "imap": _mailbox,
    "folder": lambda values: FolderSource(**values),
    "register": lambda values: RegisterSource(**values),
}
