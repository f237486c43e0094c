"""Owns winmail.dat (TNEF), in which Outlook wraps formatted text and attachments, written as a mail."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tnefparse import TNEF
from tnefparse.codepage import CODEPAGE_MAP
from tnefparse.tnef import TNEFAttachment

from xiansuo.domain.letter import Trouble
from xiansuo.intake.charsets import decode
from xiansuo.intake.content import CannotRead
from xiansuo.intake.rewritten import Attached, Body, person, stamp, unpacked_rtf, written

# Property numbers of MS-OXPROPS that the library hands over undistinguished.
_SUBJECT, _SENDER, _SENDER_ADDRESS, _SENT = 0x0037, 0x0C1A, 0x0C1F, 0x0039
# The library knows the pages that Python calls `cp`; Chinese mail comes in this one too, and is often wider than declared.
CODEPAGE_MAP.update({936: "gb18030", 54936: "gb18030"})


def from_tnef(data: bytes, largest: int) -> bytes:
    """Return what a winmail.dat holds as RFC 5322 has it; raise CannotRead when its attachments exceed `largest` bytes."""
    try:
        found = TNEF(data, do_checksum=False)
    except (ValueError, LookupError, TypeError, AttributeError, UnboundLocalError, ArithmeticError) as error:
        raise CannotRead(Trouble.DAMAGED, type(error).__name__) from error
    if sum(len(one.data) for one in found.attachments) > largest:
        raise CannotRead(Trouble.TOO_LARGE, f"超过上限{largest}字节")
    return written(_headers(found), _body(found), [_attached(one) for one in found.attachments])


def _headers(found: TNEF) -> Iterator[tuple[str, str]]:
    noted = {one.name: one.data for one in found.mapiprops}
    said = {one.name: one.data for one in found.msgprops}
    yield "Subject", _text(noted.get(_SUBJECT) or said.get(TNEF.ATTSUBJECT))
    name, address = _text(noted.get(_SENDER)), _text(noted.get(_SENDER_ADDRESS))
    if not (name or address) and isinstance(said.get(TNEF.ATTFROM), tuple):
        name, _, address = (_text(part) for part in said[TNEF.ATTFROM])
    yield "From", person(name, address)
    sent = noted.get(_SENT) or said.get(TNEF.ATTDATESENT)
    yield "Date", stamp(sent.replace(tzinfo=UTC) if isinstance(sent, datetime) else None)


def _body(found: TNEF) -> Body:
    html = found.htmlbody
    if isinstance(html, str):
        return Body(_text(found.body), html.encode("utf-8", "replace"), "utf-8")
    return Body(_text(found.body), html or b"", "", unpacked_rtf(found._rtfbody or b""))  # noqa: SLF001 - its own unpacking raises


def _attached(one: TNEFAttachment) -> Attached:
    try:
        name = _text(one.long_filename())
    except UnicodeDecodeError:
        name = ""
    return Attached(name, bytes(one.data))


def _text(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return decode(value.rstrip(b"\x00"))
        except CannotRead:
            return ""
    return value.rstrip("\x00") if isinstance(value, str) else ""
