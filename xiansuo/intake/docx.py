"""Owns Word documents: the text a reader of the page sees, in its order, and the authors its file names."""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from xiansuo.domain.letter import Identity, IdentityKind, PartRole, Trouble
from xiansuo.intake.archive import open_zip
from xiansuo.intake.content import CannotRead, Content, Nest, Piece, Tally
from xiansuo.intake.docx_numbers import Numbering
from xiansuo.intake.media import DOCX
from xiansuo.intake.plain import tidy

_P, _TBL, _TR, _TC, _T, _TAB, _BR, _CR = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "t", "tab", "br", "cr"))
_BOX, _INSTRUCTION = qn("w:txbxContent"), qn("w:instrText")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTE_TYPES = ("footnotes", "endnotes")
# Names that a program writes for everybody.
_NOBODY = frozenset(
    {
        "administrator",
        "admin",
        "user",
        "users",
        "owner",
        "root",
        "python-docx",
        "microsoft office user",
        "微软用户",
        "微软中国",
    }
    | {
        "microsoft",
        "lenovo",
        "hp",
        "dell",
        "asus",
        "pc",
        "windows 用户",
        "windows user",
        "用户",
        "wps",
        "unknown",
        "anonymous",
        "未知",
        "(anonymous)",
        "(unspecified)",
    }
)


def read_docx(data: bytes, nest: Nest) -> Content:
    """Read a Word document with its headers, tables, text boxes and notes; raise CannotRead when it is broken or has no text."""
    with open_zip(BytesIO(data), nest.limits, Tally()):
        document = _open(data)
    numbering = Numbering.of(document)
    lines = [*_headers(document), *_blocks(document.element.body, numbering), *_notes(document)]
    text = tidy("\n".join(lines))
    if not text:
        raise CannotRead(Trouble.NO_TEXT, "文档里没有文字")
    return Content((Piece(PartRole.BODY, text, DOCX),), _authors(document))


def _authors(document: Any) -> tuple[Identity, ...]:
    try:
        properties = document.core_properties
        return file_authors([properties.author or "", properties.last_modified_by or ""])
    except (AttributeError, ValueError):  # that part is broken; the text is whole
        return ()


def file_authors(names: Iterable[str]) -> tuple[Identity, ...]:
    """Return the persons a file names as its authors, without the names programs write for everybody."""
    said = [name.strip() for name in names]
    real = [name for name in said if len(name) > 1 and name.lower() not in _NOBODY]
    return tuple(Identity(IdentityKind.FILE_METADATA, name) for name in dict.fromkeys(real))


def _open(data: bytes) -> Any:
    try:
        return docx.Document(BytesIO(data))
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        etree.XMLSyntaxError,
        AttributeError,
        docx.exceptions.PythonDocxError,
    ) as error:
        raise CannotRead(Trouble.DAMAGED, f"文档结构不完整（{type(error).__name__}）") from error


def _headers(document: Any) -> list[str]:
    """Return each header and footer once: letterheads and notes stand there, page numbers say nothing."""
    areas = [area for section in document.sections for area in (section.header, section.footer)]
    lines = [line.strip() for area in areas if not area.is_linked_to_previous for line in _blocks(area._element, None)]  # noqa: SLF001 - the library offers no text of a header with its tables
    return [line for line in dict.fromkeys(lines) if line and not _is_page_number(line)]


def _is_page_number(line: str) -> bool:
    return not line.translate(dict.fromkeys(map(ord, "第共页/-—－PagePAGEof 0123456789"))).strip()


def _blocks(parent: Any, numbering: Numbering | None) -> Iterator[str]:
    """Yield the lines of a block container; a table row is one line, its cells divided by tabs."""
    for child in parent.iterchildren():
        if child.tag == _P:
            yield from _paragraph(child, numbering)
        elif child.tag == _TBL:
            yield from (_row(row) for row in child.iterchildren(_TR))
        elif child.tag != _FALLBACK:
            yield from _blocks(child, numbering)


def _paragraph(paragraph: Any, numbering: Numbering | None) -> Iterator[str]:
    number = numbering.label(paragraph) if numbering else ""
    yield number + "".join(_characters(paragraph))
    for box in paragraph.iter(_BOX):
        if not any(above.tag == _FALLBACK for above in box.iterancestors()):
            yield from _blocks(box, numbering)


def _characters(element: Any) -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == _T:
            yield child.text or ""
        elif child.tag in {_TAB, _BR, _CR}:
            yield "\t" if child.tag == _TAB else "\n"
        elif child.tag not in {_BOX, _FALLBACK, _P, _INSTRUCTION, qn("w:pPr"), qn("w:rPr")}:
            yield from _characters(child)


def _row(row: Any) -> str:
    cells = ("".join(f"{line} " for line in _blocks(cell, None)).strip() for cell in row.iter(_TC))
    return "\t".join(cell.replace("\n", " ") for cell in cells if cell)


def _notes(document: Any) -> Iterator[str]:
    for relation in document.part.rels.values():
        if relation.reltype.rsplit("/", 1)[-1] in _NOTE_TYPES and not relation.is_external:
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
            yield from ("".join(_characters(paragraph)) for paragraph in root.iter(_P))
