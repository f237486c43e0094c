"""Owns writing a mail anew whose parts another program kept in a format of its own."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.policy import compat32
from email.utils import format_datetime, formataddr

from compressed_rtf import decompress
from striprtf.striprtf import rtf_to_text

from xiansuo.intake import media

# What a header says of the old parts is not true of the new ones.
_OF_PARTS = re.compile(r"(content-|mime-version$)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\s\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail; it may be a mail itself."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says, in up to three formats; `charset` is that of `html`, '' when nobody says."""

    plain: str = field(default="", repr=False)
    html: bytes = field(default=b"", repr=False)
    charset: str = ""
    rtf: bytes = field(default=b"", repr=False)


def written(headers: Iterable[tuple[str, str]], body: Body, attached: Iterable[Attached]) -> bytes:
    """Return the mail; RTF is read only where nothing else says anything."""
    mail = MIMEMultipart("mixed", policy=compat32)
    for name, value in headers:
        if value.strip() and not _OF_PARTS.match(name):
            mail.add_header(name, _line(value))
    mail.attach(_body(body))
    for one in attached:
        part = _leaf(media.UNKNOWN, one.data)
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", _clean(one.name)))
        mail.attach(part)
    return mail.as_bytes(policy=compat32)


def person(name: str, address: str) -> str:
    """Return a person as a header names one."""
    return formataddr((_clean(name), _clean(address)), "utf-8") if "@" in address else _clean(name)


def stamp(moment: datetime | None) -> str:
    """Return a moment as a Date header, '' for none."""
    return format_datetime(moment) if moment else ""


def unpacked_rtf(packed: bytes) -> bytes:
    """Return the RTF that Outlook keeps compressed (MS-OXRTFCP), b'' where it is broken."""
    try:
        return bytes(decompress(packed)) if packed else b""
    except Exception:  # noqa: BLE001 - the library raises plain Exception; without its RTF a mail still has attachments
        return b""


def _body(body: Body) -> Message:
    plain = body.plain
    if body.rtf and not plain.strip() and not body.html.strip():
        plain = _plain(body.rtf)
    both = MIMEMultipart("alternative", policy=compat32)
    if plain.strip():
        both.attach(_leaf(media.PLAIN, plain.replace("\x00", "").encode("utf-8", "replace"), "utf-8"))
    if body.html.strip():
        both.attach(_leaf(media.HTML, body.html, body.charset))
    return both


def _plain(rtf: bytes) -> str:
    try:
        return str(rtf_to_text(rtf.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    except Exception:  # noqa: BLE001 - a stranger's RTF; without its text a mail still has attachments
        return ""


def _leaf(kind: str, data: bytes, charset: str = "") -> Message:
    leaf = MIMEBase(*kind.split("/"), policy=compat32)
    leaf.set_payload(data)
    encode_base64(leaf)
    if charset:
        leaf.set_param("charset", charset)
    return leaf


def _line(value: str) -> str:
    line = _clean(value)
    return line if line.isascii() else Header(line, "utf-8").encode(maxlinelen=0)


def _clean(value: str) -> str:
    return _UNSAFE.sub(" ", value).strip().encode("utf-8", "replace").decode()
