"""Owns telling formats apart by their content; a file's name only decides between two kinds of plain text."""

import json
import re
import zipfile
import zlib
from typing import BinaryIO, cast

from xiansuo.intake import media

_HEAD = 65_536
_WHOLE = 32 * 1024 * 1024

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", media.JPEG),
    (b"\x89PNG\r\n\x1a\n", media.PNG),
    (b"GIF8", media.GIF),
    (b"II*\x00", media.TIFF),
    (b"MM\x00*", media.TIFF),
    (b"Rar!\x1a\x07", media.RAR),
    (b"7z\xbc\xaf\x27\x1c", media.SEVEN_ZIP),
    (b"\x1f\x8b\x08", media.GZIP),
    (b"{\\rtf", media.RTF),
    (b"\x78\x9f\x3e\x22", media.TNEF),
    (b"ID3", media.AUDIO),
    (b"#!AMR", media.AUDIO),
    (b"OggS", media.AUDIO),
)
_RIFF = {b"WEBP": media.WEBP, b"WAVE": media.AUDIO, b"AVI ": media.VIDEO}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names in an OLE directory; the first one present decides, as a mail or an encrypted package may embed the others.
_OLE_STREAMS = (
    ("EncryptedPackage", media.LOCKED_OFFICE),
    ("__properties_version1.0", media.MSG),
    ("WordDocument", media.DOC),
    ("Workbook", media.XLS),
    ("PowerPoint Document", media.PPT),
    ("Book", media.XLS),
)
_ODF = {
    b"application/vnd.oasis.opendocument.spreadsheet": media.ODS,
    b"application/vnd.oasis.opendocument.presentation": media.ODP,
}
_ZIP_PARTS = (("word/", media.DOCX), ("xl/", media.XLSX), ("ppt/", media.PPTX), ("META-INF/manifest.xml", media.ODF))

_HEADER = re.compile(rb"([!-9;-~]{1,76})[ \t]*:")
_SURE_HEADERS = frozenset(
    b"received return-path message-id mime-version content-type delivered-to dkim-signature x-originating-ip "
    b"authentication-results x-mailer content-transfer-encoding in-reply-to envelope-to x-qq-mid".split()
)
_LIKELY_HEADERS = frozenset(b"from to cc bcc subject date sender reply-to user-agent status references".split())
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|meta\s|div[\s>]|p[\s>]|table[\s>]|span[\s>])", re.IGNORECASE)
_CARD = re.compile(rb"BEGIN:V(CARD|CALENDAR)\s", re.IGNORECASE)
_FROM_LINE = re.compile(rb"From \S(?>[^\r\n]*\d{4})[^\r\n]*+\r?\n")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(file: BinaryIO, *, suffix: str = "") -> str:
    """Return the media type of an open file's content and leave the file at its start.

    `suffix` (such as `.csv`) is only asked whether plain text is a table.
    """
    head = file.read(_HEAD)
    found = _binary(head, file) or _text(head, suffix.lower())
    file.seek(0)
    return found


def is_from_line(line: bytes) -> bool:
    """Tell whether a line opens a mail in an mbox file (`From sender date`)."""
    return line.startswith(b"From ") and bool(_FROM_LINE.match(line))


def starts_with_headers(head: bytes) -> bool:
    """Tell whether the first lines are the headers of a mail."""
    names = _header_names(head)
    return bool(names & _SURE_HEADERS) or len(names & _LIKELY_HEADERS) >= 2


def _binary(head: bytes, file: BinaryIO) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(file)
    if head.startswith(_OLE):
        return _ole(file)
    if b"%PDF-" in head[:1024]:
        return media.PDF
    return _boxed(head)


def _boxed(head: bytes) -> str | None:
    """Recognise the containers whose name stands a few bytes in, and pictures without a longer magic."""
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return media.HEIC if head[8:12] in {b"heic", b"heix", b"mif1", b"msf1"} else media.VIDEO
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return media.BMP
    return None


def _zip(file: BinaryIO) -> str:
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
        names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, IndexError, OSError):
        return media.ZIP
    if "[Content_Types].xml" not in names and "mimetype" not in names:
        return media.ZIP
    kind = next((kind for part, kind in _ZIP_PARTS if any(name.startswith(part) for name in names)), media.ZIP)
    return _odf(archive) if kind == media.ODF else kind


def _odf(archive: zipfile.ZipFile) -> str:
    """Tell the kinds of OpenDocument apart by what they say of themselves."""
    try:
        with archive.open("mimetype") as said:
            return _ODF.get(said.read(100).strip(), media.ODF)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, KeyError, zlib.error):
        return media.ODF


def _ole(file: BinaryIO) -> str:
    file.seek(0)
    data = file.read(_WHOLE)
    for stream, kind in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return kind
    return media.OLE


def _text(head: bytes, suffix: str) -> str:
    if _looks_binary(head):
        return media.UNKNOWN
    start = head.removeprefix(_BOMS[0]).lstrip()
    if is_from_line(start) and starts_with_headers(start.split(b"\n", 1)[1]):
        return media.MBOX
    if starts_with_headers(start):
        return media.MAIL
    if start.startswith(b"<") and _HTML.search(head[:4096]):
        return media.HTML
    if _is_record(start):
        return media.JSONL
    return _card(start) or (media.CSV if suffix in {".csv", ".tsv"} else media.PLAIN)


def _card(start: bytes) -> str:
    """Recognise a visiting card or an appointment, '' for neither."""
    card = _CARD.match(start)
    return "" if card is None else media.CARD if card[1].upper() == b"CARD" else media.CALENDAR


def _looks_binary(head: bytes) -> bool:
    """Tell bytes that are no text from text; UTF-16 holds zero bytes, so it is judged by its own rule."""
    if head.startswith(_BOMS) or not (controls := len(_CONTROL.findall(head))):
        return False
    return controls > max(2, len(head) // 100) and not looks_utf16(head)


def looks_utf16(head: bytes) -> bool:
    """Tell whether bytes without a mark are UTF-16: zero bytes beside ASCII on one side only, or nothing but Chinese units."""
    even, odd = head[0:4096:2], head[1:4096:2]
    zeros = even.count(0), odd.count(0)
    if max(zeros) > 0 and min(zeros) == 0 and not _CONTROL.search(head[:4096].replace(b"\x00", b"")):
        return True
    return (
        bool(_CONTROL.search(head[:4096]))
        and (not head.isascii() or b"\x00" in head)
        and max(_chinese(even), _chinese(odd)) > 0.9
    )


def _chinese(high_bytes: bytes) -> float:
    """Return how many of the units' high bytes belong to Chinese characters, their punctuation or ASCII."""
    return sum(0x4E <= byte <= 0x9F or byte in {0x00, 0x20, 0x30, 0xFF} for byte in high_bytes) / max(
        1, len(high_bytes)
    )


def _header_names(head: bytes) -> set[bytes]:
    names: set[bytes] = set()
    for line in head.splitlines()[:200]:
        if line[:1] in {b" ", b"\t"} and names:
            continue
        match = _HEADER.match(line)
        if not match:
            break
        names.add(match[1].lower())
    return names


def _is_record(start: bytes) -> bool:
    """Tell whether the first line is a JSON record, or at least one that was meant to be."""
    first = start.split(b"\n", 1)[0].strip()
    if not first.startswith(b"{"):
        return False
    try:
        record = cast("object", json.loads(first))
    except (ValueError, RecursionError):
        return bool(re.match(rb'\{\s*"(id|kind|subject|text|date|channel)"\s*:', first))
    return isinstance(record, dict) and "text" in record
