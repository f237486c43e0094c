"""Whole files of every format, fictional and made in code, from which hostile ones are made."""

import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import xlsxwriter
from PIL import Image

from tests.intake.compound import attachment, compound, outlook_message, winmail
from tests.intake.made import TEXT, mail, pdf_document, raw_mail, with_mail_inside, word_document, zipped
from tests.services.samples import TO_SEAL

_PAGE = f"<html><head><meta charset=utf-8></head><body><p>{TEXT}</p><table><tr><td>一<td>二</table></body></html>"


@cache
def seeds() -> Mapping[str, tuple[bytes, ...]]:
    """Return the whole files by format."""
    register = _register()
    message = compound(outlook_message({0x0037: "反映问题", 0x1000: TEXT}, rows=attachment("a.txt", TEXT.encode())))
    found = {
        "mail": (
            mail(),
            mail("", ("信.docx", settled_word(TEXT)), ("b.pdf", pdf_document(TEXT))),
            raw_mail(TEXT.encode("gbk"), "gb2312"),
            with_mail_inside(mail("里面的一封。" + TEXT, ("c.zip", zipped({"d.txt": TEXT.encode()})))),
            _with_page(),
            mail(TO_SEAL),
        ),
        "text": (TEXT.encode(), TEXT.encode("gb18030"), TEXT.encode("utf-16"), TO_SEAL.encode()),
        "html": (_PAGE.encode(), _PAGE.encode("gb18030")),
        "docx": (settled_word(TEXT, "二〇二六年三月"), settled_word(*[TEXT] * 5, author="来信人")),
        "pdf": (pdf_document(TEXT[:30], TEXT[30:]), pdf_document("letter of the village, nothing else " * 3)),
        "xlsx": (register,),
        "pptx": (_slides(),),
        "zip": (zipped({"a.txt": TEXT.encode(), "b/c.eml": mail()}), zipped({"d.zip": zipped({"e.txt": b"x" * 99})})),
        "csv": (f"编号,日期,标题,内容\n1,2026-03-01,反映,{TEXT}\n2,2026-03-02,反映,{TEXT[5:]}\n".encode(),),
        "records": (_records(),),
        "mbox": (
            b"".join(
                b"From a@example.com Mon Mar  2 10:00:00 2026\n" + one + b"\n\n" for one in (mail(), mail(TEXT[3:]))
            ),
        ),
        "msg": (message,),
        "winmail": (winmail("反映问题", TEXT, ("a.txt", TEXT.encode())),),
        "picture": tuple(_picture(kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")),
        "old office": (rb"{\rtf1\ansi\ansicpg936 " + b"letter of the village\\par" * 4 + b"}",),
    }
    return {kind: tuple(_settled(one) for one in files) for kind, files in found.items()}


def with_fixtures(folder: Path | None) -> Mapping[str, tuple[bytes, ...]]:
    """Add the files of a folder, each a mail; they are read and mutated in memory and kept nowhere."""
    found = dict(seeds())
    if folder:
        files = sorted(path for path in folder.rglob("*") if path.suffix in {".eml", ".msg", ".mbox"})
        small = tuple(data for path in files if 0 < len(data := path.read_bytes()) < 200_000)
        found["real mail"] = small
    return found


def settled_word(*paragraphs: str, author: str = "") -> bytes:
    """Return a Word document that is the same on every day."""
    return _settled(word_document(*paragraphs, author=author))


def _settled(data: bytes) -> bytes:
    """Leave out what differs from run to run: the moments of an archive's members and the lots drawn for a mail's borders."""
    data = re.sub(rb"(PK\x03\x04.{6})....", lambda found: found[1] + b"\0\0\x21\0", data, flags=re.DOTALL)
    data = re.sub(rb"(PK\x01\x02.{8})....", lambda found: found[1] + b"\0\0\x21\0", data, flags=re.DOTALL)
    borders = list(dict.fromkeys(re.findall(rb"={15}\d+==", data)))
    for number, border in enumerate(borders):
        data = data.replace(border, b"===============%019d==" % number)
    return data


def _with_page() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = "w@example.com", "反映", "Mon, 02 Mar 2026 10:00:00 +0800"
    message.set_content(TEXT)
    message.add_alternative(_PAGE, subtype="html")
    return message.as_bytes()


def _register() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.set_properties({"created": datetime(2026, 3, 1, tzinfo=UTC)})
        sheet = book.add_worksheet("登记")
        for number, row in enumerate(
            (("编号", "日期", "标题", "内容"), (1, "2026-03-01", "反映", TEXT), (2, "", "", TEXT[4:]))
        ):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def _slides() -> bytes:
    slide = (
        '<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>{TEXT}</a:t></a:r></a:p></p:sld>'
    )
    return zipped(
        {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>", "ppt/slides/slide1.xml": slide.encode()}
    )


def _records() -> bytes:
    rows = [{"subject": "反映", "text": TEXT[number:], "date": "2026-03-01"} for number in range(3)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, kind)
    return file.getvalue()
