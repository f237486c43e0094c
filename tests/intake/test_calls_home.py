"""A letter that asks whoever reads it to fetch something is read without a line to anywhere: nobody learns that, when or where it was read.

The bait listens on loopback, which the guard of all tests lets through; a line to another machine fails every test.
"""

import os
import socket
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import openpyxl
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFString
from reportlab.pdfgen.canvas import Canvas

from tests.intake.made import LIMITS, saved, word_document, zipped
from xiansuo.domain.letter import Item, Letter
from xiansuo.intake import old_office
from xiansuo.intake.collect import collect
from xiansuo.intake.reading import read_apart

installed = pytest.mark.skipif(
    not old_office.can_convert() and os.environ.get("CI") != "true", reason=old_office.WHAT_TO_INSTALL
)
SENTENCE = "村会计冒领危房改造补助款三万六千元。"


@pytest.fixture
def bait() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def address(bait: socket.socket) -> str:
    return f"http://127.0.0.1:{bait.getsockname()[1]}/seen"


def was_taken(bait: socket.socket) -> bool:
    try:
        bait.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def html(url: str) -> bytes:
    return f"""<html><head><base href="{url}/"><link rel=stylesheet href="{url}"><meta http-equiv=refresh content="0;url={url}">
<style>@import url({url}); body {{background: url({url})}}</style><script src="{url}"></script></head><body background="{url}">
<p>{SENTENCE}</p><img src="{url}"><iframe src="{url}"></iframe><object data="{url}"></object><video poster="{url}" src="{url}"></video>
<svg><image href="{url}"/><use href="{url}#a"/></svg></body></html>""".encode()


def mail(url: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "writer@example.com", "反映"
    message["Disposition-Notification-To"], message["List-Unsubscribe"] = "spy@example.com", f"<{url}>"
    message.set_content(html(url).decode(), subtype="html")
    message.add_attachment(html(url), maintype="text", subtype="html", filename="a.html")
    message.add_attachment(svg(url), maintype="image", subtype="svg+xml", filename="a.svg")
    elsewhere = f'Content-Type: message/external-body; access-type=URL; URL="{url}"\n\nContent-Type: text/plain\n\n'
    message.add_attachment(elsewhere.encode(), maintype="text", subtype="plain", filename="b.txt")
    return message.as_bytes()


def svg(url: str) -> bytes:
    return f"""<?xml version="1.0"?><?xml-stylesheet href="{url}"?><!DOCTYPE svg PUBLIC "-//a//b" "{url}" [<!ENTITY % p SYSTEM "{url}"> %p;
<!ENTITY e SYSTEM "{url}">]><svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/><text>&e;</text></svg>""".encode()


def word(url: str) -> bytes:
    """Return a document whose template and picture lie elsewhere, and whose settings name an entity elsewhere."""
    outside = 'TargetMode="External"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = f"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY % p SYSTEM "{url}"> %p;]>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{office}/attachedTemplate" Target="{url}" {outside}/>
<Relationship Id="rId2" Type="{office}/image" Target="{url}" {outside}/></Relationships>"""
    with zipfile.ZipFile(BytesIO(word_document(SENTENCE))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**members, "word/_rels/settings.xml.rels": relations.encode()})


def book(url: str) -> bytes:
    """Return a workbook that asks the web and another workbook."""
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (["标题", "内容"], ["反映", SENTENCE], ["反映", f'=WEBSERVICE("{url}")'], ["反映", f"='[{url}]A'!A1"]):
        sheet.append(row)
    sheet["A2"].hyperlink = url
    return saved(made)


def pdf(url: str) -> bytes:
    """Return a document that goes to an address when it is opened."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(file := BytesIO())
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(72, 700, SENTENCE)
    canvas.linkURL(url, (72, 690, 300, 720))
    canvas._doc.Catalog.OpenAction = PDFDictionary({"S": PDFName("URI"), "URI": PDFString(url)})
    canvas.save()
    return file.getvalue()


def rich(url: str) -> bytes:
    told = "".join(f"\\u{ord(one)}?" for one in SENTENCE)
    return rf"{{\rtf1\ansi {told}\par{{\field{{\*\fldinst INCLUDEPICTURE \"{url}\" \\d}}{{\fldrslt x}}}}}}".encode()


def open_document(url: str) -> bytes:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible"))
    )
    picture = f'<draw:frame svg:width="5cm" svg:height="5cm"><draw:image xlink:href="{url}" xlink:type="simple"/></draw:frame>'
    content = f"""<?xml version="1.0"?><office:document-content {names} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">
<office:body><office:text><text:p>{SENTENCE}</text:p><text:p>{picture}</text:p></office:text></office:body></office:document-content>"""
    kind = "application/vnd.oasis.opendocument.text"
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        + entry.format("/", kind)
        + entry.format("content.xml", "text/xml")
        + "</manifest:manifest>"
    )
    made = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    return zipped({name: text.encode() for name, text in made.items()}, zipfile.ZIP_STORED)


MAKERS = {"a.html": html, "a.eml": mail, "a.docx": word, "a.xlsx": book, "a.pdf": pdf, "a.svg": svg}
CONVERTED = {"a.rtf": rich, "a.odt": open_document}


def read_all(folder: Path) -> list[Letter]:
    found = [one for one in collect(folder, source="测试", limits=LIMITS) if isinstance(one, Item)]
    return [one for one in (read_apart(item, limits=LIMITS) for item in found) if isinstance(one, Letter)]


def test_the_bait_tells_a_visitor(bait: socket.socket) -> None:
    with pytest.raises(OSError, match="timed out"), urlopen(address(bait), timeout=0.2):  # noqa: S310 - our own
        pass
    assert was_taken(bait)


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_that_a_letter_names_is_fetched(name: str, bait: socket.socket, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(MAKERS[name](address(bait)))
    read = read_all(tmp_path)
    assert not was_taken(bait)
    assert name == "a.svg" or any(SENTENCE in one.text for one in read)


@installed
@pytest.mark.parametrize("name", CONVERTED)
def test_nothing_that_a_document_names_is_fetched_where_another_program_opens_it(
    name: str, bait: socket.socket, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(CONVERTED[name](address(bait)))
    read = read_all(tmp_path)
    assert not was_taken(bait)
    assert any(SENTENCE in one.text for one in read)
