"""Owns slides: the text of each in the order of the file, with the notes spoken beside it, and the authors the file names."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from xiansuo.domain.letter import PartRole, Trouble
from xiansuo.intake.archive import open_zip
from xiansuo.intake.content import CannotRead, Content, Nest, Piece, Tally
from xiansuo.intake.docx import file_authors
from xiansuo.intake.media import PPTX
from xiansuo.intake.plain import tidy

_SLIDE = re.compile(r"ppt/(slides/slide|notesSlides/notesSlide)(\d+)\.xml")
_PARAGRAPH, _TEXT = (f"{{http://schemas.openxmlformats.org/drawingml/2006/main}}{tag}" for tag in ("p", "t"))
_AUTHORS = frozenset(
    {
        "{http://purl.org/dc/elements/1.1/}creator",
        "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}lastModifiedBy",
    }
)


def read_pptx(data: bytes, nest: Nest) -> Content:
    """Read every slide as lines, one a paragraph; raise CannotRead when it is broken or shows no text."""
    with open_zip(BytesIO(data), nest.limits, Tally()) as archive:
        names = [match for name in archive.namelist() if (match := _SLIDE.fullmatch(name))]
        slides = sorted(names, key=lambda match: (int(match[2]), match[1] != "slides/slide"))
        lines = [line for slide in slides for line in _lines(_parsed(archive, slide[0]))]
        properties = _parsed(archive, "docProps/core.xml") if "docProps/core.xml" in archive.namelist() else ()
        authors = [element.text or "" for element in properties if element.tag in _AUTHORS]
    text = tidy("\n".join(lines))
    if not text:
        raise CannotRead(Trouble.NO_TEXT, "幻灯片里没有文字")
    return Content((Piece(PartRole.BODY, text, PPTX),), file_authors(authors))


def _parsed(archive: zipfile.ZipFile, name: str) -> etree._Element:
    try:
        return etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, no_network=True))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, etree.XMLSyntaxError) as error:
        raise CannotRead(Trouble.DAMAGED, f"演示文稿结构不完整（{type(error).__name__}）") from error


def _lines(slide: etree._Element) -> Iterator[str]:
    for paragraph in slide.iter(_PARAGRAPH):
        yield "".join(run.text or "" for run in paragraph.iter(_TEXT))
