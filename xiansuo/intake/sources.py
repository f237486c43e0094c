"""Owns the `[[source]]` entries of `xiansuo.toml`: where letters come from and how often they are fetched."""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from xiansuo.domain.letter import Channel
from xiansuo.errors import UsageError
from xiansuo.intake import setting_values as values_of
from xiansuo.intake.cron import CRON, OFF, parse_cron_or_off
from xiansuo.intake.mail_session import MailboxSource


class SourcesError(UsageError):
    """The settings file as a whole cannot be read; the message names the file and the line."""


STILL_SECONDS = 10
"""A file that changed within so many seconds may still be written."""


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder whose files are read again and again; known ones are skipped by their bytes."""

    name: str
    path: Path
    channel: Channel | None = None
    mapping: Path | None = None
    cron: str = ""
    silent_after: timedelta | None = None
    still_seconds: int = STILL_SECONDS


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """An xlsx or csv register that another office keeps writing; `mapping` explains headings the word list lacks."""

    name: str
    path: Path
    channel: Channel | None = None
    mapping: Path | None = None
    cron: str = ""
    silent_after: timedelta | None = None
    still_seconds: int = STILL_SECONDS


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
    if ("password_file" in values) == ("password_keyring" in values):
        raise _WrongSettings(
            [
                "没有填写密码从哪里来。password_file（文件的路径）和 password_keyring（系统钥匙环中的“服务名/用户名”）填一个，也只填一个。"
            ]
        )
    values["keyring"] = values.pop("password_keyring", None)
    values["password"] = values.pop("password_file", SecretStr(""))
    return MailboxSource(**values)


def _unknown(key: str, keys: Mapping[str, _Key]) -> str:
    if key in {"password", "password_env"}:
        return f"的 {key} 不允许使用，密码不得写进配置文件或环境变量。请写入单独的文件（权限 0600），用 password_file 指定，或存入系统钥匙环，用 password_keyring 指定。"
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


_CHANNELS = "、".join(Channel)
_COMMON = {
    "name": _Key(values_of.name, "40字以内、不含“/”的名称", required=True),
    "cron": _Key(parse_cron_or_off, f"{CRON}，或写 {OFF} 只在手动 run 时抓取"),
    "channel": _Key(values_of.channel, f"下列之一：{_CHANNELS}"),
    "silent_after": _Key(values_of.duration, "多久没有来件算异常，如 12h、3d、2w（最长一年）"),
}
_TABLES = {
    **_COMMON,
    "path": _Key(values_of.path, "文件或文件夹的路径（相对路径从配置文件所在的文件夹算起）", required=True),
    "mapping": _Key(values_of.file, "表头对照文件的路径"),
    "still_seconds": _Key(values_of.whole(0, 3600), "0 到 3600 的整数（秒）"),
}
_KEYS: dict[str, dict[str, _Key]] = {
    "imap": {
        **_COMMON,
        "host": _Key(values_of.text, "服务器名称", required=True, quiet=True),
        "port": _Key(values_of.whole(1, 65535), "1 到 65535 的整数"),
        "user": _Key(values_of.text, "登录名", required=True, quiet=True),
        "password_file": _Key(values_of.secret, "存放密码或授权码的文件的路径（权限 0600）", quiet=True),
        "password_keyring": _Key(values_of.entry, "系统钥匙环中的“服务名/用户名”", quiet=True),
        "folders": _Key(values_of.texts, '文件夹名称的列表，如 ["INBOX"]'),
        "since": _Key(values_of.day, "日期，如 2026-01-01"),
        "tls": _Key(values_of.one_of(("ssl", "starttls", "none")), "ssl、starttls、none 之一"),
        "ca_file": _Key(values_of.file, "根证书文件的路径"),
        "max_bytes": _Key(values_of.whole(1024, 1 << 40), "不小于 1024 的整数（字节）"),
        "mark_seen": _Key(values_of.yes_no, "true 或 false"),
        "move_to": _Key(values_of.text, "文件夹名称"),
        "timeout": _Key(values_of.whole(1, 3600), "1 到 3600 的整数（秒）"),
    },
    "folder": _TABLES,
    "register": _TABLES,
}
_BUILD: dict[str, Callable[[dict[str, Any]], Source]] = {
    "imap": _mailbox,
    "folder": lambda values: FolderSource(**values),
    "register": lambda values: RegisterSource(**values),
}
