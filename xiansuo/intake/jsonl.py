"""Owns record files: one JSON object per line, one letter per line, a bad line never stops the rest."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from xiansuo.domain.letter import Channel, Item, Kind, Letter, PartRole, Trouble
from xiansuo.intake.content import CannotRead, Content, Piece, assemble
from xiansuo.intake.dates import parse_date
from xiansuo.intake.limits import Limits
from xiansuo.intake.plain import tidy

_KINDS = {kind.value: kind for kind in Kind}
_CHANNELS = {**{channel.value: channel for channel in Channel}, **{c.name.lower(): c for c in Channel}}


def split_lines(file: BinaryIO, *, keep: int) -> Iterator[tuple[int, bytes, int]]:
    """Yield every line that is not blank as (its number from 1, its bytes, its size); of a line over `keep` bytes only the size."""
    number, size, chunks = 1, 0, list[bytes]()
    while chunk := file.readline(1024 * 1024):
        size += len(chunk)
        chunks = [*chunks, chunk] if size <= keep else []
        if chunk.endswith(b"\n"):
            yield from _line(number, chunks, size)
            number, size, chunks = number + 1, 0, []
    yield from _line(number, chunks, size)


def _line(number: int, chunks: list[bytes], size: int) -> Iterator[tuple[int, bytes, int]]:
    data = b"".join(chunks).strip().removeprefix(b"\xef\xbb\xbf")
    if data or (size and not chunks):
        yield number, data, size


def parse_record(line: bytes) -> dict[str, Any]:
    """Return a line's JSON object; raise CannotRead when it is none or has no text."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CannotRead(Trouble.DAMAGED, "不是完整的JSON记录") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise CannotRead(Trouble.DAMAGED, "记录没有文字字段text")
    if not record["text"].strip() and not str(record.get("subject") or "").strip():
        raise CannotRead(Trouble.EMPTY, "记录的text是空的")
    return record


def channel_of(record: dict[str, Any]) -> Channel | None:
    """Return the channel a record names, by its Chinese word or its English code."""
    return _CHANNELS.get(str(record.get("channel") or "").strip().lower())


def read_record(item: Item, *, limits: Limits) -> Letter:
    """Read one line of a record file into a letter."""
    record = parse_record(item.data)
    subject, body = record.get("subject"), Piece(PartRole.BODY, tidy(record["text"]))
    content = Content((body,), subject=subject.strip() if isinstance(subject, str) else "", received=_date(record))
    return assemble(item, content, kind=_KINDS.get(str(record.get("kind"))), limits=limits)


def _date(record: dict[str, Any]) -> date | None:
    return parse_date(str(record.get("date") or ""))
