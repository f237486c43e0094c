"""Owns PDF files: the text they hold, and their pages without text by the scan reader."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import pypdfium2

from xiansuo.domain.letter import PartRole, Trouble
from xiansuo.intake.content import CannotRead, Content, Nest, Piece
from xiansuo.intake.docx import file_authors
from xiansuo.intake.limits import Limits
from xiansuo.intake.media import PDF
from xiansuo.intake.pdf_lines import unwrap
from xiansuo.intake.plain import tidy
from xiansuo.intake.scans import WHAT_TO_INSTALL, can_recognise, recognise, told, why_unread

# A page that shows a picture over most of its area and fewer characters than this is a scan; its text is a scanner's mark.
_FEWEST = 20
_MOST_OF_IT = 0.5


@dataclass(frozen=True, slots=True)
class _Page:
    text: str
    is_scan: bool


def read_pdf(data: bytes, nest: Nest) -> Content:
    """Read the text layer of a PDF and recognise its pages without one; raise CannotRead when it is locked, broken or not legible."""
    with closing(_open(data)) as document:
        count = len(document)
        if count > nest.limits.max_pages:
            raise CannotRead(Trouble.TOO_LARGE, f"{count}页，超过上限{nest.limits.max_pages}")
        pages = list(_pages(document, nest.limits))
        metadata = document.get_metadata_dict(skip_empty=True)
    piece = _with_scans(pages, data, nest.limits) if any(page.is_scan for page in pages) else _plain(pages)
    return Content((piece,), file_authors([metadata.get("Author", "")]))


def _plain(pages: Sequence[_Page]) -> Piece:
    if not (text := tidy("\n".join(page.text for page in pages))):
        raise CannotRead(Trouble.NO_TEXT, f"共{len(pages)}页，没有文字层")
    return Piece(PartRole.BODY, text, PDF)


def _with_scans(pages: Sequence[_Page], data: bytes, limits: Limits) -> Piece:
    """Return a PDF's text with that of its scanned pages; what of these could not be read is told beside it."""
    if not can_recognise():
        return _without(pages, CannotRead(Trouble.NO_TEXT, WHAT_TO_INSTALL))
    numbers = [number for number, page in enumerate(pages) if page.is_scan]
    try:
        reading = recognise(data, PDF, limits, numbers)
    except CannotRead as reason:
        return _without(pages, reason)
    texts = [page.text for page in pages]
    for number, read in zip(numbers, reading.pages, strict=False):
        texts[number] = max(texts[number], read.text, key=len)
    text = tidy("\n".join(texts))
    if not text:
        raise why_unread(reading)
    return Piece(PartRole.BODY, text, PDF, note=told(reading, [number + 1 for number in numbers], of=len(pages)))


def _without(pages: Sequence[_Page], reason: CannotRead) -> Piece:
    scans = sum(page.is_scan for page in pages)
    text = tidy("\n".join(page.text for page in pages))
    if not text:
        raise CannotRead(reason.trouble, f"共{len(pages)}页，没有文字层；{reason.detail}")
    return Piece(
        PartRole.BODY, text, PDF, note=f"共{len(pages)}页，其中{scans}页没有文字，可能是扫描件（{reason.detail}）。"
    )


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        # The library tells a missing password from damage in its message only.
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        raise CannotRead(Trouble.ENCRYPTED if locked else Trouble.DAMAGED, "PDF无法打开") from error


def _pages(document: pypdfium2.PdfDocument, limits: Limits) -> Iterator[_Page]:
    budget = limits.max_text_chars
    for number in range(len(document)):
        with closing(document[number]) as page:
            with closing(page.get_textpage()) as text_page:
                text = unwrap(tidy(text_page.get_text_bounded()))
            budget -= len(text)
            if budget < 0:
                raise CannotRead(Trouble.TOO_LARGE, f"文字超过上限{limits.max_text_chars}字")
            yield _Page(text, not text or (len(text) < _FEWEST and _is_picture(page)))


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    for shown in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = shown.get_bounds()
        if (right - left) * (top - bottom) > _MOST_OF_IT * width * height:
            return True
    return False
