"""Files that are hostile from the ground up: nested, packed or referring to themselves without end."""

import struct
import zlib
from collections.abc import Callable
from random import Random

from tests.fuzzing.mutants import repacked
from tests.fuzzing.seeds import settled_word
from tests.intake.made import pdf_document, zipped

_MIB = 1 << 20
_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">%s]><a>&z;</a>' % b"".join(
    b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10) for n in range(1, 26)
)
_OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY z SYSTEM "file:///etc/passwd">]><a>&z;</a>'


def nested_mime(dice: Random) -> bytes:
    """Parts in parts, or mails in mails."""
    depth = dice.choice((5, 60, 900, 3000))
    if dice.random() < 0.5:
        return b"From: a@example.com\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"x"
    return b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(depth)) + b"\nx"


def many_parts(dice: Random) -> bytes:
    """A mail of very many parts."""
    return b'Subject: x\nContent-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * dice.choice((50, 499, 4000))


def nested_markup(dice: Random) -> bytes:
    """Elements in elements."""
    tag = dice.choice((b"div", b"table", b"b", b"ul", b"blockquote", b"font"))
    return b"<html><body>" + b"<%s>" % tag * dice.choice((200, 5000)) + "钱".encode()


def markup_that_never_ends(dice: Random) -> bytes:
    """Comments, attributes and entities that are left open."""
    one = dice.choice(
        (b"<!--", b"<a href='", b"<script>", b"&#x110000;", b"&#xD800;", b"<![if", b"<p a=" + b"b" * 99, b"</")
    )
    return b"<html><p>" + one * dice.choice((1, 300, 5000)) + "钱".encode()


def bomb(dice: Random) -> bytes:
    """A small archive of a large file, of itself repeated, or of many names."""
    made = (
        lambda: zipped({"a.txt": bytes(dice.choice((9, 30)) * _MIB)}),
        lambda: zipped({f"{n}.txt": b"x" for n in range(dice.choice((400, 900)))}),
        lambda: _onion(dice.choice((2, 4, 9))),
        lambda: zipped({"../../etc/x" * 30: b"x", "a\x00b": "钱".encode(), "/a/b/x": b"y"}),
    )
    return dice.choice(made)()


def _onion(depth: int) -> bytes:
    packed = zipped({"a.txt": "钱".encode()})
    for number in range(depth):
        packed = zipped({f"{number}.zip": packed})
    return packed


def laughing_office(dice: Random) -> bytes:
    """An office document whose entities multiply, or name a file of this machine."""
    entities = dice.choice((_LAUGHS, _OUTSIDE))
    part, other = dice.choice(
        (("word/document.xml", "word"), ("xl/workbook.xml", "xl"), ("ppt/slides/slide1.xml", "ppt"))
    )
    types = dice.choice((b"<Types/>", entities))
    return zipped({"[Content_Types].xml": types, part: entities, f"{other}/x.xml": entities, "_rels/.rels": entities})


def bulky_office(dice: Random) -> bytes:
    """An office document that unpacks to much, or nests deep."""
    deep = b"<w:p>" * dice.choice((300, 20_000))
    wide = b"<w:t>" + b"x" * dice.choice((1, 9)) * _MIB
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": dice.choice((deep, wide))})


def recursive_pdf(dice: Random) -> bytes:
    """Pages that are their own parents, endless references, filters in filters."""
    kids = dice.choice((b"[2 0 R]", b"[3 0 R 2 0 R 3 0 R]", b"[" + b"3 0 R " * 5000 + b"]"))
    box = dice.choice((b"[0 0 9e9 9e9]", b"[0 0 0 0]", b"[1 0 R]"))
    filters = dice.choice((b"/FlateDecode", b"[" + b"/FlateDecode " * 200 + b"]", b"/JBIG2Decode"))
    data = zlib.compress(dice.choice((b"q " * 20_000, bytes(_MIB), b"/X Do " * 99)))
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 99999999/Kids " + kids + b"/Parent 2 0 R>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox " + box + b"/Contents 4 0 R/Resources<</XObject<</X 4 0 R>>>>>>endobj\n"
        b"4 0 obj<</Type/XObject/Subtype/Form/Resources<</XObject<</X 4 0 R>>>>/Length 99999999/Filter " + filters + b">>stream\n"
        + data + b"\nendstream endobj\ntrailer<</Root 1 0 R/Prev 0>>\nstartxref\n0\n%%EOF"
    )  # fmt: skip


def huge_picture(dice: Random) -> bytes:
    """A few bytes that claim to be an enormous picture."""
    width, height = dice.choice(((60_000, 60_000), (2**31 - 1, 1), (0, 0), (9_900, 9_900)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b""))
    png = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    gif = (
        b"GIF89a"
        + struct.pack("<HH", 65535, 65535)
        + b"\x80\x00\x00"
        + bytes(6)
        + b"\x2c"
        + struct.pack("<4H", 0, 0, 65535, 65535)
    )
    return dice.choice(
        (
            b"\x89PNG\r\n\x1a\n" + png,
            gif + b"\x00\x02\x02\x4c\x01\x00\x3b",
            b"BM" + struct.pack("<IIIIiiHHIIiiII", 99, 0, 54, 40, 99_999, -99_999, 1, 24, 0, 0, 0, 0, 0, 0),
        )
    )


def broken_word(dice: Random) -> bytes:
    """A whole document one of whose members is hostile."""
    return repacked(settled_word("反映村里的钱去了哪里。"), dice)


def broken_pdf(dice: Random) -> bytes:
    """A whole PDF in which references point elsewhere."""
    data = pdf_document("letter")
    return data.replace(b"%d 0 R" % dice.randint(1, 6), b"%d 0 R" % dice.randint(1, 6))


def deep_record(dice: Random) -> bytes:
    """Records whose values nest without end."""
    depth = dice.choice((50, 5000, 100_000))
    return (
        b'{"text": '
        + dice.choice((b"[" * depth, b'{"text":' * depth))
        + b"}\n"
        + b'{"text": "\\ud800\\u0000", "date": 9e999}\n'
    )


def wide_table(dice: Random) -> bytes:
    """A table of very many columns, rows or open quotation marks."""
    head = "编号,内容".encode()
    return (
        head + dice.choice((b"," * 20_000, b"\n" * 20_000, b'\n1,"' + b'x"y' * 5000, b"\n" + b'"' * 5001)) + b"\n1,x\n"
    )


def hard_text(dice: Random) -> bytes:
    """Text on which a careless expression would never finish."""
    parts = (
        "1" * 40,
        "、" * 40,
        "张三李四",
        "，",
        "13800000000",
        "一二三四五六七八九十",
        "村民" * 9,
        "  \t",
        "（",
        "元",
        "某某",
        "\n",
        "的",
        "说",
        "年月日",
        "?" * 30,
        "@",
        "。",
    )
    return "".join(dice.choice(parts) * dice.choice((1, 1, 5, 60)) for _ in range(dice.choice((20, 60, 120)))).encode()


GROWN: tuple[Callable[[Random], bytes], ...] = (
    nested_mime, many_parts, nested_markup, markup_that_never_ends, bomb, laughing_office, bulky_office, recursive_pdf,
    huge_picture, broken_word, broken_pdf, deep_record, wide_table, hard_text, hard_text,
)  # fmt: skip
