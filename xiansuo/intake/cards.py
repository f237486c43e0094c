"""Owns visiting cards (vCard) and appointments (iCalendar): whose they are goes to the vault, only remarks are read."""

import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple

from xiansuo.domain.letter import Identity, IdentityKind, PartRole
from xiansuo.intake.charsets import decode
from xiansuo.intake.content import Content, Nest, Piece
from xiansuo.intake.media import CALENDAR, CARD, label
from xiansuo.intake.plain import tidy

_QUOTED_BREAK = re.compile(rb"=\r?\n[ \t]*")
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(
    r"(?:[\w-]+\.)?(?P<name>[A-Za-z-]{1,40})(?P<said>(?:;(?:\"[^\"]*\"|[^\":;]){0,400}){0,20}):(?P<value>.*)"
)
_CHARSET = re.compile(r"CHARSET=\"?([\w-]+)", re.IGNORECASE)
_CALLED = re.compile(r"CN=\"?([^\";:]+)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_KINDS = {
    "FN": IdentityKind.NAME,
    "N": IdentityKind.NAME,
    "NICKNAME": IdentityKind.NAME,
    "TEL": IdentityKind.PHONE,
    "EMAIL": IdentityKind.EMAIL,
    "ADR": IdentityKind.ADDRESS,
    "LABEL": IdentityKind.ADDRESS,
    "ORGANIZER": IdentityKind.EMAIL,
    "ATTENDEE": IdentityKind.EMAIL,
}
_READ = frozenset({"NOTE", "SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT"})


class _Said(NamedTuple):
    name: str
    parameters: str
    value: str


def read_card(data: bytes, nest: Nest, charset: str = "") -> Content:
    """Read the remarks of a card or an appointment; names, numbers and addresses become identities."""
    del nest
    kind = CALENDAR if b"BEGIN:VCALENDAR" in data[:200].upper() else CARD
    said = list(_lines(data, charset))
    text = tidy("\n".join(one.value for one in said if one.name in _READ))
    told = f"附件是{label(kind)}，其中的姓名和联系方式只留在身份库。"
    identities = tuple(identity for one in said for identity in _identities(one))
    return Content((Piece(PartRole.BODY, text, kind, note=told),), identities)


def _lines(data: bytes, charset: str) -> Iterator[_Said]:
    text = decode(_QUOTED_BREAK.sub(b"", data), charset)
    for line in _FOLD.sub("", text).splitlines():
        if match := _LINE.match(line):
            value = _unquoted(match["value"], match["said"])
            yield _Said(match["name"].upper(), match["said"], _ESCAPED.sub(_unescaped, value).strip())


def _unquoted(value: str, said: str) -> str:
    if "QUOTED-PRINTABLE" not in said.upper():
        return value
    charset = _CHARSET.search(said)
    return decode(quopri.decodestring(value.encode("utf-8", "surrogateescape")), charset[1] if charset else "")


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]


def _identities(one: _Said) -> Iterator[Identity]:
    kind = _KINDS.get(one.name)
    if kind is None:
        return
    if called := _CALLED.search(one.parameters):
        yield Identity(IdentityKind.NAME, called[1].strip())
    value = re.sub(r"(?i)^(?:mailto|tel):", "", one.value)
    if one.name == "N":
        # Family name, given name and three more.
        value = "".join(value.split(";")[:2])
    for part in [value.replace(";", "")] if one.name != "ADR" else value.split(";"):
        if len(part.strip()) > 1:
            yield Identity(kind, part.strip())
