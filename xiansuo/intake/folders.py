"""Owns walking folders: every file in a stable order, Maildirs by their layout, what cannot be opened as a defect."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from xiansuo.domain.letter import Defect, Trouble
from xiansuo.intake.archive import is_litter
from xiansuo.intake.content import CannotRead, Tally
from xiansuo.intake.media import MAIL

_MAILDIR = ("cur", "new")
# What mail servers keep beside the mails of a Maildir.
_SERVER_FILES = ("dovecot", "maildirfolder", "maildirsize", "subscriptions", "courier", ".")


@dataclass(frozen=True, slots=True)
class Found:
    """One file before it is split into letters. `media_type` is empty until its content was looked at; `path` is None inside archives."""

    locator: str = field(repr=False)
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)
    media_type: str = ""
    path: Path | None = field(default=None, repr=False)
    depth: int = 0
    tally: Tally = field(default_factory=Tally)


def walk(path: Path, source: str) -> Iterator[Found | Defect]:
    """Yield the files under `path` (itself, if it is one), by name; what cannot be entered is a Defect that names no file."""
    if path.is_dir():
        yield from _folder(path, source, "所给文件夹")
    elif path.exists():
        yield _found(path)
    else:
        yield Defect(source, "所给路径不存在或没有读取权限，请检查来源设置。")


def _folder(path: Path, source: str, place: str) -> Iterator[Found | Defect]:
    try:
        entries = sorted(os.scandir(path), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield Defect(source, f"{place}{_reason(error)}，其中的文件没有导入。")
        return
    folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    yield from _files(path, entries, source, is_maildir=set(_MAILDIR) <= set(folders))
    for number, name in enumerate(folders, start=1):
        if name == "tmp" and set(_MAILDIR) <= set(folders):
            continue
        yield from _folder(path / name, source, f"{place}的第{number}个子文件夹")


def _files(path: Path, entries: list[os.DirEntry[str]], source: str, *, is_maildir: bool) -> Iterator[Found | Defect]:
    links = 0
    # In a Maildir's cur and new, names that begin with a dot are no mails (maildir(5)).
    ignored = _SERVER_FILES if is_maildir else (".",) if _holds_mails(path) else ()
    for entry in entries:
        is_folder = _leads_to_folder(entry)
        links += is_folder and entry.is_symlink()
        if is_folder or is_litter(entry.name) or entry.name.startswith(ignored):
            continue
        yield _found(path / entry.name)
    if links:
        yield Defect(source, f"有{links}个文件夹是指向别处的链接，没有跟随。")


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself; it is told when it is opened
        return False


def _found(path: Path) -> Found:
    media_type = MAIL if _holds_mails(path.parent) else ""
    return Found(str(path), _size(path), lambda: _open(path), media_type, path)


def _holds_mails(folder: Path) -> bool:
    return folder.name in _MAILDIR and all((folder.parent / name).is_dir() for name in _MAILDIR)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _open(path: Path) -> BinaryIO:
    """Open a regular file; a pipe or device would block or never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise CannotRead(Trouble.UNREADABLE, "不是普通文件，而是管道或设备")
    return path.open("rb")


def _reason(error: OSError) -> str:
    return "没有读取权限" if isinstance(error, PermissionError) else "读取时出错"
