"""Owns finding letters in files: one Item per letter, in a stable order, without parsing the letter itself."""

import errno
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from xiansuo.domain.letter import Channel, Defect, Item, Trouble, Unreadable
from xiansuo.errors import XiansuoError
from xiansuo.intake import media, registers
from xiansuo.intake.archive import members, open_zip, unpack
from xiansuo.intake.content import CannotRead
from xiansuo.intake.folders import Found, walk
from xiansuo.intake.jsonl import channel_of, parse_record, split_lines
from xiansuo.intake.limits import Limits
from xiansuo.intake.mbox import split_mbox
from xiansuo.intake.old_office import converted
from xiansuo.intake.sniff import sniff

Collected = Item | Unreadable | Defect


@dataclass(frozen=True, slots=True)
class Origin:
    """What all letters of one collection share."""

    source: str
    limits: Limits
    channel: Channel | None = None
    mapping: Path | None = None

    def item(self, locator: str, data: bytes, media_type: str) -> Item:
        """Return the item of one letter; mails come by mailbox and everything else by post unless the caller knew better."""
        usual = Channel.MAILBOX if media_type in _MAILS else Channel.POST
        return Item(self.source, locator, data, media_type, self.channel or usual)

    def unreadable(self, found: Found, reason: CannotRead, data: bytes = b"") -> Unreadable:
        """Return the quarantine entry of a file that holds no readable letter."""
        item = self.item(found.locator, data, found.media_type or media.UNKNOWN)
        return Unreadable(item, reason.trouble, reason.detail)


def collect(
    path: Path,
    *,
    source: str,
    limits: Limits,
    channel: Channel | None = None,
    mapping: Path | None = None,
    leaving: Collection[Path] = (),
) -> Iterator[Collected]:
    """Yield the letters of a file or folder lazily: single files, Maildir, mbox, zip members, register rows, record lines.

    A letter that cannot be taken out of its file is an Unreadable; a folder that cannot be entered is a Defect, and so are
    the files of `leaving`, which are left for the next time.
    """
    origin = Origin(source, limits, channel, mapping)
    for found in walk(path, source):
        if isinstance(found, Defect):
            yield found
        elif found.path not in leaving:
            yield from _letters(found, origin)
    if leaving:
        yield Defect(source, f"有{len(leaving)}个文件还在写入，留到下一次读取。")


def collect_again(item: Item, *, limits: Limits) -> Iterator[Collected]:
    """Yield the letters of a file whose bytes were kept because it could not be read; nothing touches the disk.

    Formats are recognised anew, save those that only the file around the letter can tell.
    """
    origin = Origin(item.source, limits, item.channel)
    known = item.media_type if item.media_type in _TOLD_BY_CONTAINER else ""
    yield from _letters(Found(item.locator, len(item.data), lambda: BytesIO(item.data), known), origin)


def _letters(found: Found, origin: Origin) -> Iterator[Collected]:
    try:
        with found.open() as file:
            yield from _split(found, file, origin)
    except OSError as error:
        yield origin.unreadable(found, CannotRead(Trouble.UNREADABLE, _REFUSALS.get(error.errno or 0, "读取时出错")))
    except CannotRead as reason:
        yield origin.unreadable(found, reason)
    except XiansuoError:  # not the file's fault
        raise
    except Exception as error:  # noqa: BLE001 - whatever a stranger's container makes a parser raise, the next file is read
        yield origin.unreadable(found, CannotRead(Trouble.DAMAGED, type(error).__name__), _bytes_of(found, origin))


def _bytes_of(found: Found, origin: Origin) -> bytes:
    with found.open() as file:
        return _kept(found, file, origin.limits)


def _split(found: Found, file: BinaryIO, origin: Origin) -> Iterator[Collected]:
    if found.size == 0:
        yield origin.unreadable(found, CannotRead(Trouble.EMPTY, "0字节"))
        return
    media_type = found.media_type or sniff(file, suffix=Path(found.locator).suffix)
    known = replace(found, media_type=media_type)
    splitter = _SPLITTERS.get(media_type, _whole)
    yield from splitter(known, file, origin)


def _whole(found: Found, file: BinaryIO, origin: Origin) -> Iterator[Collected]:
    """Yield a file that is one letter."""
    if found.size > origin.limits.max_letter_bytes:
        yield _too_large(found, file, origin)
        return
    yield origin.item(found.locator, file.read(), found.media_type)


def _too_large(found: Found, file: BinaryIO, origin: Origin) -> Unreadable:
    kept = file.read() if found.size <= origin.limits.max_kept_bytes else b""
    detail = f"{found.size}字节，超过上限{origin.limits.max_letter_bytes}" + ("" if kept else "，未保存内容")
    return origin.unreadable(found, CannotRead(Trouble.TOO_LARGE, detail), kept)


def _mbox(found: Found, file: BinaryIO, origin: Origin) -> Iterator[Collected]:
    limits = origin.limits
    for number, (data, size) in enumerate(split_mbox(file, keep=limits.max_kept_bytes), start=1):
        mail = replace(found, locator=f"{found.locator}#{number}", media_type=media.MAIL, size=size)
        yield from _whole_from(mail, data, origin)


def _whole_from(found: Found, data: bytes, origin: Origin) -> Iterator[Collected]:
    if data.strip() or found.size > origin.limits.max_kept_bytes:
        yield from _whole(replace(found, size=max(len(data), found.size)), BytesIO(data), origin)
    else:
        yield origin.unreadable(found, CannotRead(Trouble.EMPTY, f"{found.size}字节，只有空白"), data)


def _lines(found: Found, file: BinaryIO, origin: Origin) -> Iterator[Collected]:
    for number, data, size in split_lines(file, keep=origin.limits.max_kept_bytes):
        line = replace(found, locator=f"{found.locator}#{number}", media_type=media.RECORD, size=size)
        if size > origin.limits.max_letter_bytes:
            yield _too_large(line, BytesIO(data), origin)
        else:
            yield _line(line, data, origin, number)


def _line(found: Found, data: bytes, origin: Origin, number: int) -> Collected:
    try:
        record = parse_record(data)
    except CannotRead as reason:
        return origin.unreadable(found, CannotRead(reason.trouble, f"第{number}行：{reason.detail}"), data)
    item = origin.item(found.locator, data, media.RECORD)
    return replace(item, channel=channel_of(record) or item.channel)


def _zip(found: Found, file: BinaryIO, origin: Origin) -> Iterator[Collected]:
    """Every member of an archive from a folder is a letter of its own; members that stay locked or broken are kept as the archive's bytes, once."""
    try:
        archive = _open(found, file, origin.limits)
    except CannotRead as reason:
        yield origin.unreadable(found, reason, _kept(found, file, origin.limits))
        return
    refused: list[CannotRead] = []
    for name, info in members(archive):
        yield from _member(_Member(found, archive, info, name), origin, refused)
    if refused:
        detail = f"压缩包内{len(refused)}个文件无法取出：{refused[0].detail}"
        yield origin.unreadable(found, CannotRead(refused[0].trouble, detail), _kept(found, file, origin.limits))


@dataclass(frozen=True, slots=True)
class _Member:
    parent: Found
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    name: str


def _member(member: _Member, origin: Origin, refused: list[CannotRead]) -> Iterator[Collected]:
    try:
        data = unpack(member.archive, member.info, origin.limits)
    except CannotRead as reason:
        refused.append(reason)
        return
    parent = member.parent
    locator = f"{parent.locator}!{member.name}"
    yield from _letters(
        Found(locator, len(data), lambda: BytesIO(data), depth=parent.depth + 1, tally=parent.tally), origin
    )


def _open(found: Found, file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    if found.depth >= limits.max_depth:
        raise CannotRead(Trouble.ARCHIVE_LIMIT, f"层数超过上限{limits.max_depth}")
    archive = open_zip(file, limits, found.tally)
    if not members(archive):
        raise CannotRead(Trouble.EMPTY, "压缩包里没有文件")
    return archive


def _kept(found: Found, file: BinaryIO, limits: Limits) -> bytes:
    file.seek(0)
    return file.read() if found.size <= limits.max_kept_bytes else b""


def _rows(found: Found, file: BinaryIO, origin: Origin) -> Iterator[Collected]:
    yield from _rows_of(found.path or file.read(), found, origin)


def _old_rows(found: Found, file: BinaryIO, origin: Origin) -> Iterator[Collected]:
    """Read a workbook of an older program as the modern one it is turned into; what is kept of it are its own bytes."""
    data = _kept(found, file, origin.limits)
    try:
        rows = _rows_of(converted(data, found.media_type, origin.limits), found, origin)
    except CannotRead as reason:
        yield origin.unreadable(found, reason, data)
        return
    for row in rows:
        if isinstance(row, Unreadable) and row.item.locator == found.locator:
            yield origin.unreadable(found, CannotRead(row.trouble, row.detail), data)
        else:
            yield row


def _rows_of(source: Path | bytes, found: Found, origin: Origin) -> Iterator[Collected]:
    yield from registers.collect_rows(
        source,
        source=origin.source,
        locator=found.locator,
        limits=origin.limits,
        channel=origin.channel,
        mapping=origin.mapping,
    )


_REFUSALS = {
    errno.ENOENT: "文件不存在，可能是失效的链接",
    errno.ELOOP: "链接绕回自身",
    errno.EACCES: "没有读取权限",
    errno.EPERM: "没有读取权限",
    errno.EIO: "磁盘读取出错",
}
_MAILS = media.OUTLOOK | {media.MAIL}
_TOLD_BY_CONTAINER = frozenset({media.MAIL, media.RECORD, media.ROW})

# Files that hold several letters; every other format is one letter per file.
_SPLITTERS: dict[str, Callable[[Found, BinaryIO, Origin], Iterator[Collected]]] = {
    media.MBOX: _mbox,
    media.JSONL: _lines,
    media.ZIP: _zip,
    media.XLSX: _rows,
    media.XLS: _old_rows,
    media.ODS: _old_rows,
    media.CSV: _rows,
}
