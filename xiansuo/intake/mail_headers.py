"""Owns the headers of a mail: words in any charset, who sent it, when it came."""

import binascii
import ipaddress
import quopri
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import groupby

from xiansuo.domain.letter import Identity, IdentityKind
from xiansuo.intake.charsets import decode
from xiansuo.intake.content import CannotRead, each_once
from xiansuo.intake.plain import tidy

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

_WORD = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?=")
_LONGEST = 20_000
_PERSONS = (
    "from",
    "reply-to",
    "sender",
    "return-path",
    "x-sender",
    "resent-from",
    "x-original-from",
    "disposition-notification-to",
)
_OFFICE = ("to", "delivered-to", "x-original-to", "envelope-to")
_TRACES = (
    "message-id",
    "user-agent",
    "x-mailer",
    "x-qq-mid",
    "x-device-id",
    "x-cm-senderinfo",
    "x-coremail-locale",
    "organization",
)
_IP_HEADER = re.compile(r"(received$|.*(?:ip|forwarded-for|client)(?:-|$))", re.IGNORECASE)
_IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<=IPv6:)[0-9a-fA-F:]{6,39}|(?<=\[)[0-9a-fA-F:]{6,39}(?=\])"
)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,253}")
# Addresses as nearly all mails write them, alone or behind a name; whatever else comes is left to the library.
_BARE = r"(?P<{0}>(?=[^@]{{1,64}}@)[A-Za-z0-9_%+=-]++(?:\.[A-Za-z0-9_%+=-]++)*+@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,3}})"
_PLAIN = re.compile(
    rf"[ \t]*+(?:{_BARE.format('alone')}|(?:\"(?P<quoted>[^\"\\@\r\n]*)\"|(?P<name>[^()<>@,:;.\\\"\[\]\r\n]*+))[ \t]*+<{_BARE.format('named')}>)[ \t]*"
)
_FOLD = re.compile(r"\r?\n[ \t]*")
_BLANKS = re.compile(r"\s+")
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_FIRST_YEAR, _LAST_YEAR = 1995, 2099


Headers = Mapping[str, Sequence[str]]
"""The headers of a mail by their names in small letters, as they came, unfolded."""


def headers(message: Message) -> Headers:
    """Return the headers of a mail."""
    found = defaultdict[str, list[str]](list)
    for key, value in message.raw_items():
        found[key.lower()].append(unfolded(str(value)))
    return found


def header(said: Headers, name: str) -> str:
    """Return the first header of this name as text on one line, '' when there is none."""
    return next(_values(said, name), "")


def unfolded(raw: str) -> str:
    """Return a header on one line, cut where it is absurdly long."""
    raw = raw[:_LONGEST]
    return _FOLD.sub(" ", raw) if "\n" in raw else raw


def decode_words(raw: str) -> str:
    """Decode a header's encoded words and its unmarked 8-bit bytes (given as surrogate escapes).

    Neighbouring words of one charset are joined as bytes first: mailers cut two-byte characters between them.
    """
    # Most headers are plain ASCII in which nothing stands for anything else.
    if raw.isascii() and raw.isprintable() and "=?" not in raw:
        return raw
    pieces: list[tuple[str, bytes]] = []
    position = 0
    for match in _WORD.finditer(raw):
        between = raw[position : match.start()]
        if between.strip() or (between and not pieces):
            pieces.append(("", _bytes(between)))
        pieces.append((match[1].split("*")[0] or "?", _word_bytes(match[2], match[3])))
        position = match.end()
    pieces.append(("", _bytes(raw[position:])))
    joined = (
        (charset, b"".join(part for _, part in run))
        for charset, run in groupby(pieces, key=lambda piece: piece[0].lower())
    )
    return "".join(_decoded(data, charset) for charset, data in joined)


def sent_on(said: Headers) -> date | None:
    """Return the day a mail came, in China's time: its Date, or the newest Received where Date is missing, absurd or later than it."""
    stamps = (_moment(value.rsplit(";", 1)[-1]) for value in _values(said, "received"))
    arrived = next((stamp for stamp in stamps if stamp), None)
    sent = _moment(header(said, "date"))
    if sent and arrived and sent > arrived + timedelta(days=2):
        sent = arrived
    moment = sent or arrived
    return moment.date() if moment else None


def sender_identities(said: Headers) -> tuple[Identity, ...]:
    """Return every string of the headers that identifies the sender or people copied in, each once; the office's own address is none."""
    office = {address.lower() for name in _OFFICE for value in said.get(name, ()) for _, address in _addresses(value)}
    copied = (identity for identity in _copied(said) if identity.value.lower() not in office)
    return each_once([*_persons(said), *copied, *_traces(said)])


def _persons(said: Headers) -> Iterator[Identity]:
    for name in _PERSONS:
        for value in said.get(name, ()):
            for person, address in _addresses(value):
                yield from _address(address)
                yield from _name(person)


def _copied(said: Headers) -> Iterator[Identity]:
    for value in said.get("cc", ()):
        for _, address in _addresses(value):
            yield from _address(address)


def _traces(said: Headers) -> Iterator[Identity]:
    for name in _TRACES:
        yield from (Identity(IdentityKind.HEADER, value) for value in _values(said, name) if value)
    for name in filter(_IP_HEADER.match, said):
        for value in _values(said, name):
            yield from (Identity(IdentityKind.HEADER, ip) for ip in _IP.findall(value) if _is_public(ip))


def _address(address: str) -> Iterator[Identity]:
    """Yield a mail address, and its local part where that is a telephone or account number."""
    if not _ADDRESS.fullmatch(address):
        return
    yield Identity(IdentityKind.EMAIL, address)
    local = address.split("@", maxsplit=1)[0]
    if phone := _PHONE.fullmatch(local):
        yield Identity(IdentityKind.PHONE, phone[1])
    elif local.isdecimal() and len(local) >= 5:
        yield Identity(IdentityKind.ACCOUNT, local)


def _name(person: str) -> Iterator[Identity]:
    person = person.strip(" \t\"'“”‘’")
    if _ADDRESS.fullmatch(person):
        yield from _address(person)
    elif phone := _PHONE.fullmatch(person):
        yield Identity(IdentityKind.PHONE, phone[1])
    elif len(person) > 1:
        yield Identity(IdentityKind.NAME, person)


def _addresses(value: str) -> list[tuple[str, str]]:
    """Split an address header before its words are decoded, as names may hold commas."""
    if value.isascii() and (plain := _PLAIN.fullmatch(value)):
        name = plain["quoted"] or re.sub(r"[ \t]+", " ", plain["name"] or "").strip(" ")
        return [(decode_words(name).strip(), plain["alone"] or plain["named"])]
    prepared = value if _WORD.search(value) and value.isascii() else decode_words(value)
    pairs = [(decode_words(name).strip(), address.strip()) for name, address in getaddresses([prepared])]
    known = {address for _, address in pairs}
    missed = [address for address in _ADDRESS.findall(prepared) if address not in known]
    return [*pairs, *(("", address) for address in missed)]


def _values(said: Headers, name: str) -> Iterator[str]:
    return map(one_line, said.get(name, ()))


def one_line(raw: str) -> str:
    """Return an unfolded header as text without needless blanks."""
    value = decode_words(raw)
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    return _BLANKS.sub(" ", tidy(value)).strip()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("ascii", "ignore")
    if encoding in "qQ":
        return quopri.decodestring(data, header=True)
    return unpack_base64(data)


def unpack_base64(data: bytes) -> bytes:
    """Decode base64 that may be cut off, wrongly padded or mixed with other bytes."""
    packed = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    whole = packed[: len(packed) - 1] if len(packed) % 4 == 1 else packed
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _decoded(data: bytes, charset: str) -> str:
    try:
        return decode(data, charset)
    except CannotRead:
        return "\ufffd"  # the reader sees that something stood here, and no wrong characters


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value.strip())
        local = moment.astimezone(CHINA) if moment.tzinfo else moment.replace(tzinfo=CHINA)
    except (TypeError, ValueError, IndexError, OverflowError, AttributeError):
        return None
    return local if _FIRST_YEAR <= local.year <= _LAST_YEAR else None


def _is_public(ip: str) -> bool:
    try:
        return not ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False
