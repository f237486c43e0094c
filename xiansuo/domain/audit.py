"""The audit trail (审计日志): what an event says, how events are chained, and whether a chain still fits."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

START = bytes(32)
"""What stands before the first event."""

# 100 bits: nobody makes a second history that ends in the same letters, and a person can still read them out.
_SPOKEN = 20
_GROUP = 4
# Crockford's letters: none of I, L, O, U, which are misread or misheard.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# Every count has an end: a long run of digits or of anything between would be tried again from each of its characters.
_SPOKEN_ANCHOR = re.compile(r"(?<!\d)(\d{1,18})\D{0,60}?\s((?:[0-9A-Z]{4}-){4}[0-9A-Z]{4})", re.IGNORECASE)


class Result(StrEnum):
    """How an act ended. Events of versions before results were kept count as done."""

    DONE = ""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to which object. It names objects by id or number only, never by what they say."""

    id: int
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str
    result: Result = Result.DONE


@dataclass(frozen=True, slots=True)
class Link:
    """An event as it hangs in the chain; `hash` covers the event and `previous`, the hash of the one before."""

    event: AuditEvent
    previous: bytes
    hash: bytes


class Fault(StrEnum):
    """Why an event does not fit."""

    UNREADABLE = "unreadable"
    CHANGED = "changed"
    MISSING = "missing"
    OUT_OF_PLACE = "out_of_place"
    CUT_OFF = "cut_off"
    UNCOUNTED = "uncounted"
    OTHER_HISTORY = "other_history"

    @property
    def chinese(self) -> str:
        """What was probably done."""
        return _FAULTS[self]


_FAULTS = {
    Fault.UNREADABLE: "内容残缺，无法读取",
    Fault.CHANGED: "内容与校验值不符，可能被改动",
    Fault.MISSING: "这一条缺失，可能被删除",
    Fault.OUT_OF_PLACE: "与前一条接不上，可能被替换、插入或调换次序",
    Fault.CUT_OFF: "从这一条起的记录缺失，末尾可能被截去，或计数被改动",
    Fault.UNCOUNTED: "从这一条起的记录不在计数之内，可能是后加的，或计数被改动",
    Fault.OTHER_HISTORY: "与另存的锚点不符，从此条或更早处整段重写过",
}


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last event of a chain and its hash, or the beginning of the hash, kept where the database cannot be reached."""

    id: int
    hash: bytes

    @property
    def spoken(self) -> str:
        """The hash's first 100 bits in five groups that can be read out and typed in."""
        return _spoken(self.hash)


@dataclass(frozen=True, slots=True)
class ChainState:
    """How many events fit from the first one on, and the first that does not, with why; `head` is the last that fits."""

    fine: int
    head: Anchor
    first_bad: int | None = None
    fault: Fault | None = None

    @property
    def holds(self) -> bool:
        """Tell whether every event fits."""
        return self.fault is None


def hash_of(event: AuditEvent, previous: bytes) -> bytes:
    """Return the SHA-256 that chains `event` to the one before."""
    fields = [
        event.id,
        event.at.isoformat(),
        event.actor,
        event.action,
        event.object_kind,
        event.object_id,
        previous.hex(),
    ]
    # Events from before results were kept have none in their hash, and the length of the list tells the two apart.
    if event.result:
        fields.append(event.result)
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).digest()


def examine(links: Iterable[Link | Fault], anchors: Sequence[Anchor] = (), *, least: int = 0) -> ChainState:
    """Follow the chain from its start. A fault among `links` stands in the place of an event that cannot be read.

    `least` is how many events there must be. Anchors are compared where the chain passes them.
    """
    head = Anchor(0, START)
    for link in links:
        fault = link if isinstance(link, Fault) else _fault(link, head, anchors)
        if isinstance(link, Fault) or fault is not None:
            return ChainState(head.id, head, head.id + 1, fault)
        head = Anchor(link.event.id, link.hash)
    if head.id < max([least, *(anchor.id for anchor in anchors)]):
        return ChainState(head.id, head, head.id + 1, Fault.CUT_OFF)
    return ChainState(head.id, head)


def _fault(link: Link, head: Anchor, anchors: Sequence[Anchor]) -> Fault | None:
    if link.event.id != head.id + 1:
        return Fault.MISSING if link.event.id > head.id else Fault.OUT_OF_PLACE
    if not _is_hash(link):
        return Fault.CHANGED
    if link.previous != head.hash:
        return Fault.OUT_OF_PLACE
    return None if all(_agrees(anchor, link) for anchor in anchors) else Fault.OTHER_HISTORY


def _is_hash(link: Link) -> bool:
    try:
        return link.hash == hash_of(link.event, link.previous)
    except (TypeError, ValueError, AttributeError):
        # SQLite keeps a number where a name belongs, if somebody writes one.
        return False


def _agrees(anchor: Anchor, link: Link) -> bool:
    # An anchor typed in from paper holds the beginning of the hash only.
    return anchor.id != link.event.id or anchor.spoken == _spoken(link.hash)


def as_line(link: Link) -> str:
    """Return a link as one line of an export."""
    event = link.event
    row = {
        "id": event.id,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "action": event.action,
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "result": event.result.value,
        "previous": link.previous.hex(),
        "hash": link.hash.hex(),
    }
    return json.dumps(row, ensure_ascii=False)


def end_line(head: Anchor) -> str:
    """Return the last line of an export, by which a shortened one is known."""
    return json.dumps({"events": head.id, "head": head.hash.hex()})


def read_lines(lines: Iterable[str]) -> Iterator[Link | Fault]:
    """Yield the links of an export, a fault for a line that is none, and one where the last line is missing or not the last."""
    last, end = Anchor(0, START), None
    for line in lines:
        link = Fault.OUT_OF_PLACE if end else _read_line(line.rstrip("\r\n"))
        if isinstance(link, Anchor):
            end = link
            continue
        if isinstance(link, Link):
            last = Anchor(link.event.id, link.hash)
        yield link
    if end != last:
        yield Fault.CUT_OFF


def _read_line(line: str) -> Link | Anchor | Fault:
    try:
        row = json.loads(line)
        if set(row) == {"events", "head"}:
            return Anchor(int(row["events"]), bytes.fromhex(row["head"]))
        link = _to_link(row)
        # Nothing may stand in a line beside what the hash covers.
        return link if as_line(link) == line else Fault.UNREADABLE
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Fault.UNREADABLE


def _to_link(row: Mapping[str, Any]) -> Link:
    named = {name: row[name] for name in ("actor", "action", "object_kind", "object_id")}
    event = AuditEvent(int(row["id"]), datetime.fromisoformat(row["at"]), **named, result=Result(row["result"]))
    return Link(event, bytes.fromhex(row["previous"]), bytes.fromhex(row["hash"]))


def anchor_text(anchor: Anchor) -> str:
    """Return an anchor as a line to print or read out, with its number and its letters."""
    return f"第 {anchor.id} 条  {anchor.spoken}"


def read_anchors(text: str) -> list[Anchor]:
    """Return the anchors in a text, spoken form or exported line; what is none is passed over."""
    found = [Anchor(int(number), _from_spoken(spoken)) for number, spoken in _SPOKEN_ANCHOR.findall(text)]
    exported = (_read_line(line) for line in text.splitlines())
    return found + [one for one in exported if isinstance(one, Anchor)]


def _spoken(hashed: bytes) -> str:
    letters = base64.b32encode(hashed).decode().translate(str.maketrans(_STANDARD, _LETTERS))[:_SPOKEN]
    return "-".join(letters[i : i + _GROUP] for i in range(0, _SPOKEN, _GROUP))


def _from_spoken(spoken: str) -> bytes:
    """Return the bytes whose spoken form this is; letters that are easily misread count as the digits they look like."""
    letters = spoken.upper().replace("-", "").translate(str.maketrans("OIL", "011"))
    bits = 0
    for letter in letters:
        bits = bits * 32 + max(_LETTERS.find(letter), 0)
    return (bits << 4).to_bytes(13, "big")
