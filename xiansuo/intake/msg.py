"""Owns Outlook's .msg: its streams, in a compound file, written as a mail with its attachments and the mails inside it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.parser import HeaderParser
from functools import cached_property
from io import BytesIO

from olefile import STGTY_STREAM, OleFileIO
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from xiansuo.domain.letter import Trouble
from xiansuo.intake.charsets import decode
from xiansuo.intake.content import CannotRead
from xiansuo.intake.rewritten import Attached, Body, person, stamp, unpacked_rtf, written

# Property numbers of MS-OXPROPS.
_SUBJECT, _BODY, _HTML, _RTF, _TRANSPORT = 0x0037, 0x1000, 0x1013, 0x1009, 0x007D
_SENT, _DELIVERED, _MESSAGE_ID, _CODEPAGE, _BODY_CODEPAGE = 0x0039, 0x0E06, 0x1035, 0x3FFD, 0x3FDE
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_NAME, _ADDRESS, _SMTP, _RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
_DATA, _FILE_NAME, _SHORT_NAME = 0x3701, 0x3707, 0x3704
_WIDE, _NARROW, _BINARY, _OBJECT = 0x001F, 0x001E, 0x0102, 0x000D
# Where the first property stands in its stream: of a file, of a mail inside one, of an attachment or recipient.
_FILE, _INSIDE, _ROW = 32, 24, 8
_COPY = 2
# Deeper than the reader of the mail will go, so that it is the one to say that something was left out.
_DEEPEST = 8
_CHARSETS = {65001: "utf-8", 936: "gb18030", 54936: "gb18030", 950: "big5", 20127: "ascii", 28591: "latin-1"}


def from_msg(data: bytes, largest: int) -> bytes:
    """Return an Outlook mail as RFC 5322 has it; raise CannotRead when its streams claim more than `largest` bytes."""
    with OleFileIO(BytesIO(data)) as file:
        claimed = sum(entry.size for entry in file.direntries if entry and entry.entry_type == STGTY_STREAM)
        if claimed > largest:
            raise CannotRead(Trouble.TOO_LARGE, f"自称{claimed}字节，超过上限{largest}")
        storage = Storage.from_ole(file)
    return _mail(_Kept(storage, _FILE), 0)


class _Kept:
    """The properties of a mail, an attachment or a recipient, read leniently: what is broken counts as missing."""

    def __init__(self, storage: Storage, start: int) -> None:
        self.storage = storage
        self._start = start
        self._streams = {stream.name: stream.bytes_ for stream in storage.streams}

    def binary(self, number: int) -> bytes:
        return self._streams.get(_stream(number, _BINARY), b"")

    def text(self, number: int) -> str:
        if wide := self._streams.get(_stream(number, _WIDE)):
            return wide.decode("utf-16-le", "replace")
        narrow = self._streams.get(_stream(number, _NARROW), b"").rstrip(b"\x00")
        try:
            return decode(narrow, self._charset(_CODEPAGE)) if narrow else ""
        except CannotRead:
            return ""

    def body(self) -> Body:
        html = self.binary(_HTML)
        if wide := self._streams.get(_stream(_HTML, _WIDE)):
            return Body(self.text(_BODY), wide.decode("utf-16-le", "replace").encode(), "utf-8")
        charset = self._charset(_BODY_CODEPAGE) if html else ""
        return Body(self.text(_BODY), html, charset, unpacked_rtf(self.binary(_RTF)))

    def moment(self, number: int) -> datetime | None:
        try:
            moment = self._fixed.date_prop_value(number) if self._fixed else None
        except Exception:  # noqa: BLE001 - a library's reading of a stranger's bytes; a mail without a date is a mail
            return None
        return moment.replace(tzinfo=moment.tzinfo or UTC) if isinstance(moment, datetime) else None

    def number(self, number: int) -> int | None:
        try:
            return self._fixed.int_prop_value(number) if self._fixed else None
        except Exception:  # noqa: BLE001 - as above
            return None

    @cached_property
    def _fixed(self) -> Properties | None:
        return Properties(self.storage, self._start) if "__properties_version1.0" in self._streams else None

    def _charset(self, number: int) -> str:
        page = self.number(number) or self.number(_CODEPAGE) or 0
        return _CHARSETS.get(page, f"cp{page}" if page else "")


def _mail(kept: _Kept, depth: int) -> bytes:
    attached = [one for row in kept.storage.iter_attachment_storages() for one in _attached(row, depth)]
    return written(_headers(kept), kept.body(), attached)


def _headers(kept: _Kept) -> Iterator[tuple[str, str]]:
    """Yield the headers under which it travelled; of a mail that never did, what Outlook noted of it."""
    travelled = HeaderParser().parsestr(kept.text(_TRANSPORT)).items()
    yield from travelled
    have = {name.lower() for name, _ in travelled}
    noted = (("Subject", kept.text(_SUBJECT)), ("From", _sender(kept)), ("Message-ID", kept.text(_MESSAGE_ID)))
    sent = stamp(kept.moment(_SENT) or kept.moment(_DELIVERED))
    for name, value in (*noted, ("Date", sent), *_recipients(kept)):
        if name.lower() not in have:
            yield name, value


def _sender(kept: _Kept) -> str:
    address = kept.text(_SENDER_SMTP) or kept.text(_SENDER_ADDRESS)
    return person(kept.text(_SENDER), address)


def _recipients(kept: _Kept) -> Iterator[tuple[str, str]]:
    for row in kept.storage.iter_recipient_storages():
        one = _Kept(row, _ROW)
        address = one.text(_SMTP) or one.text(_ADDRESS)
        yield "Cc" if one.number(_RECIPIENT_TYPE) == _COPY else "To", person(one.text(_NAME), address)


def _attached(row: Storage, depth: int) -> Iterator[Attached]:
    one = _Kept(row, _ROW)
    name = one.text(_FILE_NAME) or one.text(_SHORT_NAME) or one.text(_NAME)
    inside = next((inner for inner in row.storages if inner.name == _stream(_DATA, _OBJECT)), None)
    if inside is None:
        yield Attached(name, one.binary(_DATA))
    elif depth < _DEEPEST:
        yield Attached(name, _mail(_Kept(inside, _INSIDE), depth + 1))


def _stream(number: int, kind: int) -> str:
    return f"__substg1.0_{number:04X}{kind:04X}"
