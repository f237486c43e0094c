"""Reads letters from JSON Lines and writes rows to JSON Lines, for the commands that store nothing."""

import json
import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from xiansuo.domain.letter import Channel, Item, Kind, Letter
from xiansuo.errors import UsageError
from xiansuo.intake.dates import parse_date
from xiansuo.intake.jsonl import split_lines

Row = Mapping[str, object]
STANDARD = "-"
BATCH = 200
_BATCH_CHARACTERS = 1_000_000
_LONGEST_LINE = 64 * 1024 * 1024
_KINDS = {kind.value: kind for kind in Kind}
# JSON may escape half a character; no text library takes one, and a substitute of equal length keeps every offset.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One valid line: a letter in clear, in memory only. `id` goes back to the caller as it came."""

    id: str | int
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    kind: Kind | None = None
    received: date | None = None

    @property
    def letter(self) -> Letter:
        """The record as a letter."""
        item = Item("records", str(self.id), b"", "application/json", Channel.POST)
        return Letter(item, self.text, self.subject, self.kind, self.received)


class _BadLineError(Exception):
    """Why a line is no letter, without a word of it."""


def read_records(lines: BinaryIO, *, refuse: Callable[[int, str], None]) -> Iterator[Record]:
    """Yield the letters of the valid lines; `refuse` hears the number and the fault of every other line."""
    for number, data, size in split_lines(lines, keep=_LONGEST_LINE):
        try:
            yield _record(data, size)
        except _BadLineError as fault:
            refuse(number, str(fault))


def _record(data: bytes, size: int) -> Record:
    if size > _LONGEST_LINE:
        raise _BadLineError("超过单行大小上限")
    try:
        raw = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _BadLineError("不是 UTF-8 文字") from error
    except (ValueError, RecursionError) as error:
        raise _BadLineError("不是 JSON") from error
    if not isinstance(raw, dict):
        raise _BadLineError("不是 JSON 对象")
    kind = _string(raw, "kind").strip().lower()
    return Record(
        id=_id(raw.get("id")),
        text=_required(raw, "text"),
        subject=_string(raw, "subject"),
        kind=_KINDS.get(kind),
        received=parse_date(_string(raw, "date")),
    )


def _id(value: object) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise _BadLineError("缺少 id，或 id 不是文字")
    return _HALF_CHARACTER.sub("\ufffd", value) if isinstance(value, str) else value


def _required(raw: Row, name: str) -> str:
    if raw.get(name) is None:
        raise _BadLineError(f"缺少 {name}")
    return _string(raw, name)


def _string(raw: Row, name: str) -> str:
    value = raw.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _BadLineError(f"{name} 不是文字")
    return _HALF_CHARACTER.sub("\ufffd", value)


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Cut by number and by length, so that memory stays flat however many letters come and however long they are."""
    batch: list[Record] = []
    length = 0
    for record in records:
        batch.append(record)
        length += len(record.text)
        if len(batch) >= BATCH or length >= _BATCH_CHARACTERS:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Open a file for reading, standard input for `-`. Raises UsageError."""
    try:
        stream = nullcontext(sys.stdin.buffer) if path == STANDARD else Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"不能读取输入文件：{error.strerror}。请核对 --input 的路径和权限。") from error
    with stream as lines:
        yield lines


@contextmanager
def written(path: str) -> Iterator[Callable[[Row], None]]:
    """Give a function that writes one row; the file (0600) appears whole when the block ends well, and else stays as it was.

    `-` is standard output. Raises UsageError before the block when the place cannot be written.
    """
    if path == STANDARD:
        yield lambda row: _put(sys.stdout.buffer, row)
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    draft, stream = _open_draft(target)
    try:
        with stream:
            yield lambda row: _put(stream, row)
        if draft:
            draft.replace(target)
    finally:
        if draft:
            with suppress(FileNotFoundError):
                draft.unlink()


def _open_draft(target: Path) -> tuple[Path | None, BinaryIO]:
    """Open the file to write: a new one beside the target, or the target itself where it is a device or pipe."""
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            return None, target.open("wb")
        handle, name = tempfile.mkstemp(prefix=".xiansuo-", dir=target.parent)
        return Path(name), os.fdopen(handle, "wb")
    except OSError as error:
        raise UsageError(f"不能写输出文件：{error.strerror}。请核对 --output 的路径和权限。") from error


def _put(stream: BinaryIO, row: Row) -> None:
    stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
