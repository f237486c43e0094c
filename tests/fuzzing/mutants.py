"""Changes that make a whole file hostile; each takes bytes and dice and gives bytes, the same for the same dice."""

import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BytesIO
from random import Random

from tests.intake.made import zipped

Change = Callable[[bytes, Random], bytes]
_MOST = 400_000
_WORDS = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\r\n\r\n", b"boundary=", b"charset=", b"=?gb2312?B?", b"?=",
    b"message/rfc822", b"multipart/mixed", b"filename*0*=", b"base64", b"PK\x03\x04", b"%PDF-", b'<!ENTITY a "b">', b"&a;",
    b"]]>", b"<![CDATA[", b"\\u0000", b"\\ud800", b"endobj", b"xref", b"IHDR", b"From ", b"begin 644 x\n", b"\x1b$B", b"+AAA-",
    "\u202e\u2066\u200b".encode(), "\ud800".encode("utf-8", "surrogatepass"), "\ufeff".encode(),
)  # fmt: skip
_CHARSETS = (b"utf-7", b"utf-16", b"utf-32-le", b"hz", b"iso-2022-cn", b"punycode", b"idna", b"rot13", b"zlib", b"unicode_escape",
             b"gb2312", b"big5", b"x-unknown", b"undefined", b"utf-8\x00", b"cp65001", b"mbcs", b"oem")  # fmt: skip
_DATES = (
    b"Mon, 99 Foo 99999 99:99:99 +9999",
    b"Thu, 01 Jan 0000 00:00:00 -0000",
    b"9999-99-99",
    b"-1",
    b"31 Dec 9999 23:59:59 -1400",
)


def flip(data: bytes, dice: Random) -> bytes:
    """Turn a few bits."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 12)):
        at = dice.randrange(len(changed) or 1)
        changed[at : at + 1] = bytes([(changed[at] if changed else 0) ^ (1 << dice.randrange(8))])
    return bytes(changed)


def cut(data: bytes, dice: Random) -> bytes:
    """Keep only a beginning."""
    return data[: dice.randrange(len(data) + 1)]


def drop(data: bytes, dice: Random) -> bytes:
    """Leave a stretch out."""
    start, end = _stretch(data, dice)
    return data[:start] + data[end:]


def repeat(data: bytes, dice: Random) -> bytes:
    """Write a stretch many times."""
    start, end = _stretch(data, dice)
    times = dice.choice((2, 3, 50, 1000))
    return data[:start] + (data[start:end] * times)[:_MOST] + data[end:]


def insert(data: bytes, dice: Random) -> bytes:
    """Put words in that parsers know."""
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        data = data[:at] + dice.choice(_WORDS) * dice.choice((1, 1, 1, 40)) + data[at + dice.choice((0, 0, 8)) :]
    return data


def inflate(data: bytes, dice: Random) -> bytes:
    """Claim another length: in digits, or in two, four or eight bytes of a header."""
    numbers = list(re.finditer(rb"\d{1,9}", data[:200_000]))
    if numbers and dice.random() < 0.5:
        one = dice.choice(numbers)
        return (
            data[: one.start()] + dice.choice((b"0", b"-1", b"4294967295", b"99999999999999999999")) + data[one.end() :]
        )
    size, at = dice.choice((2, 4, 8)), dice.randrange(max(1, len(data)))
    value = dice.choice((0, 1, (1 << 8 * size) - 1, 1 << (8 * size - 1), dice.randrange(1 << 16)))
    return data[:at] + value.to_bytes(size, dice.choice(("little", "big"))) + data[at + size :]


def lie(data: bytes, dice: Random) -> bytes:
    """Name another charset or an impossible date."""
    if dice.random() < 0.4:
        return re.sub(rb"\w{3}, \d\d \w{3} \d{4} [\d:]+ [+-]\d{4}|\d{4}-\d\d-\d\d", dice.choice(_DATES), data, count=2)
    return re.sub(rb"(?i)utf-8|gb2312|gb18030|gbk|us-ascii", dice.choice(_CHARSETS), data, count=dice.randint(1, 3))


def flood(data: bytes, dice: Random) -> bytes:
    """Send thousands of headers, one without end, or a line without end before or behind it."""
    size = dice.choice((500, 3000))
    floods = (
        b"".join(b"X-%d: y\r\n" % number for number in range(size)),
        b"Subject: " + b"=?utf-8?B?5p2R?= " * size,
        b"References: " + b"<a@b> " * size,
        b"To: " + b"a,<" * size,
        b"Received: " + b"(" * size,
        b"Content-Type: multipart/mixed" + b'; boundary="b"' * size + b"\r\n",
        b"> " * size,
        "村".encode() * size,
        b"-" * size,
        "，1万元".encode() * size,
        "反映人：".encode() * size,
    )
    one = dice.choice(floods)
    return one + data if dice.random() < 0.5 else data + b"\r\n" + one


def repacked(data: bytes, dice: Random) -> bytes:
    """Change a member of an archive or an office document and pack it well."""
    with suppress(Exception):  # what is broken already is changed as it is
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        name = dice.choice(sorted(members))
        for _ in range(dice.randint(1, 3)):
            members[name] = dice.choice(INNER)(members[name], dice)
        return zipped(members)
    return flip(data, dice)


def attached(data: bytes, dice: Random) -> bytes:
    """Send it as an attachment that says it is something else."""
    kind = dice.choice(
        (b"application/pdf", b"text/html; charset=utf-7", b"message/rfc822", b"image/png", b"text/plain; charset=hz")
    )
    head = b'From: a@example.com\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary="q"\r\n\r\n--q\r\n\r\nx\r\n--q\r\n'
    return head + b"Content-Type: " + kind + b"\r\nContent-Disposition: attachment\r\n\r\n" + data + b"\r\n--q--\r\n"


def spliced(data: bytes, others: Sequence[bytes], dice: Random) -> bytes:
    """Join the beginning of one file to the end of another."""
    other = dice.choice(others)
    return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]


def lengthened(data: bytes, dice: Random) -> bytes:
    """Claim a size in the directory of an archive that its member has not."""
    at = data.rfind(b"PK\x01\x02")
    if at < 0:
        return inflate(data, dice)
    size = struct.pack("<I", dice.choice((0, 100, 0x7FFFFFFF, 0xFFFFFFFF)))
    return data[: at + 24] + size + data[at + 28 :]


def _stretch(data: bytes, dice: Random) -> tuple[int, int]:
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + dice.choice((1, 4, 16, 64, 512, 4096)))


INNER: tuple[Change, ...] = (flip, cut, drop, repeat, insert, inflate, lie)
CHANGES: tuple[Change, ...] = (*INNER, flood, repacked, repacked, attached, lengthened)
