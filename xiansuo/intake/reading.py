"""Owns having a letter read in a helper process, so that no parser can take the run, its keys or its memory with it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from xiansuo.domain.letter import (
    Channel,
    Identity,
    IdentityKind,
    Item,
    Kind,
    Letter,
    Part,
    PartRole,
    Trouble,
    Unreadable,
)
from xiansuo.intake import media
from xiansuo.intake.apart import helper
from xiansuo.intake.content import CannotRead
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import attempt, read

_JOB = "xiansuo.intake.reading"
# Address space: the largest letter, what it unpacks to and its text lie in memory side by side.
MEMORY = 3 << 30
# Characters of a text as JSON writes them, and room for names and notes.
_LARGEST_ANSWER = 16 << 20
# Decoding and cutting of text and of our own JSON is no parsing of a stranger's structure.
_READ_HERE = frozenset({media.PLAIN, media.RECORD, media.ROW})


def read_apart(item: Item, *, limits: Limits) -> Letter | Unreadable:
    """Read an item into a letter, or say why it cannot be read, as `read` does; what it holds is opened in a helper."""
    if item.media_type in _READ_HERE or not 0 < len(item.data) <= limits.max_letter_bytes:
        return read(item, limits=limits)
    letter = attempt(lambda: _asked(item, limits))
    return Unreadable(item, letter.trouble, letter.detail) if isinstance(letter, CannotRead) else letter


def answer(asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield the letter, in the helper."""
    item = Item("", asked["locator"], data, asked["media_type"], Channel(asked["channel"]), _day(asked["received"]))
    letter = read(item, limits=Limits(**asked["limits"]))
    if isinstance(letter, Unreadable):
        raise CannotRead(letter.trouble, letter.detail)
    said = {one.name: getattr(letter, one.name) for one in fields(letter) if one.name != "item"}
    said |= {"parts": list(map(asdict, letter.parts)), "identities": list(map(asdict, letter.identities))}
    yield json.dumps(said, default=str).encode()


def _asked(item: Item, limits: Limits) -> Letter:
    asked = {
        "locator": item.locator,
        "media_type": item.media_type,
        "channel": item.channel,
        "received": str(item.received or ""),
        "limits": asdict(limits),
    }
    answers = helper(_JOB, memory=MEMORY).ask(
        asked, item.data, seconds=limits.read_seconds, largest=_LARGEST_ANSWER + 6 * limits.max_text_chars
    )
    letter = _letter(item, json.loads(b"".join(answers)))
    if len(letter.text) > limits.max_text_chars or any(
        not 0 <= p.start <= p.end <= len(letter.text) for p in letter.parts
    ):
        raise CannotRead(Trouble.FAILED, "读取进程的回答不合规")
    return letter


def _letter(item: Item, said: Mapping[str, Any]) -> Letter:
    return Letter(
        item=item,
        text=str(said["text"]),
        subject=str(said["subject"]),
        kind=Kind(said["kind"]) if said["kind"] else None,
        received=_day(said["received"]),
        parts=tuple(Part(**{**part, "role": PartRole(part["role"])}) for part in said["parts"]),
        identities=tuple(Identity(IdentityKind(one["kind"]), str(one["value"])) for one in said["identities"]),
        message_id=str(said["message_id"]),
        named_unit=str(said["named_unit"]),
        named_respondents=tuple(map(str, said["named_respondents"])),
        named_position=str(said["named_position"]),
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
