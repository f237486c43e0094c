"""Fictional letters in every format, made in code."""

import zipfile
from base64 import encodebytes
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import docx
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from xiansuo.domain.letter import Channel, Item, Letter, Part, PartRole, Unreadable
from xiansuo.intake import media
from xiansuo.intake.collect import collect
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import read

LIMITS = Limits()
TEXT = "我们青石村的村主任去年把危房改造补助款扣下一半，说是要请客吃饭，村民都敢怒不敢言。请组织派人来查一查账目。"
TRADITIONAL = (
    "我們青石村的村主任去年把危房改造補助款扣下一半，說是要請客吃飯，村民都敢怒不敢言。請組織派人來查一查帳目。"
)
MAIL_HEAD = (
    b"From: writer@example.com\r\nTo: office@example.org\r\nSubject: hello\r\nDate: Mon, 02 Mar 2026 23:30:00 -0500\r\n"
)


def item(data: bytes, media_type: str = media.MAIL) -> Item:
    return Item("测试", "memory", data, media_type, Channel.MAILBOX)


def read_mail(data: bytes, limits: Limits = LIMITS) -> Letter:
    letter = read(item(data), limits=limits)
    assert isinstance(letter, Letter), letter
    return letter


def refused(data: bytes, media_type: str = media.MAIL, limits: Limits = LIMITS) -> Unreadable:
    result = read(item(data, media_type), limits=limits)
    assert isinstance(result, Unreadable)
    return result


def collected(path: Path, limits: Limits = LIMITS) -> list[object]:
    return list(collect(path, source="测试", limits=limits))


def read_file(path: Path, limits: Limits = LIMITS) -> Letter:
    """Collect and read a file that is one letter."""
    (found,) = collected(path, limits)
    assert isinstance(found, Item), found
    letter = read(found, limits=limits)
    assert isinstance(letter, Letter), letter
    return letter


def raw_mail(body: bytes, charset: str = "", *, head: bytes = MAIL_HEAD, kind: str = "text/plain") -> bytes:
    said = (
        f"Content-Type: {kind}; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n".encode() if charset else b""
    )
    return head + said + b"\r\n" + body


def mail(body: str = TEXT, *attachments: tuple[str, bytes], subject: str = "反映问题") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "来信人 <writer@example.com>", "office@example.org", subject
    message["Date"] = "Mon, 02 Mar 2026 10:00:00 +0800"
    message.set_content(body)
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def with_mail_inside(inner: bytes, body: str = "") -> bytes:
    border = f"border{len(inner)}"
    head = f'From: clerk@example.org\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{border}"\r\n\r\n'
    text = f"--{border}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    return (
        f"{head}{text}--{border}\r\nContent-Type: message/rfc822\r\n\r\n".encode()
        + inner
        + f"\r\n--{border}--\r\n".encode()
    )


def parts(letter: Letter, role: PartRole) -> list[str]:
    return [letter.text[part.start : part.end] for part in letter.parts if part.role is role]


def note_parts(letter: Letter) -> list[Part]:
    return [part for part in letter.parts if part.note]


def word_document(*paragraphs: str, author: str = "") -> bytes:
    document = docx.Document()
    document.core_properties.author = author
    for paragraph in paragraphs or (TEXT,):
        document.add_paragraph(paragraph)
    return saved(document)


def saved(document: object) -> bytes:
    file = BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def pdf_document(*lines: str, password: str = "", author: str = "") -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption(password) if password else None, invariant=1)
    canvas.setAuthor(author)
    canvas.setFont("STSong-Light", 12)
    for number, line in enumerate(lines):
        canvas.drawString(72, 760 - 20 * number, line)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            # A member's usual moment is this one, and then no two runs would make the same bytes.
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return file.getvalue()


def locked(archive: bytes) -> bytes:
    """Set the flag that says a member needs a password, in every header of a zip."""
    data = bytearray(archive)
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flag] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + stream.encode("utf-16-le") + bytes(512)


def base64_part(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")
