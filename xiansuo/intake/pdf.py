"""Owns PDF files that hold text; scans go to quarantine or to the scan reader."""

import re
from collections.abc import Iterator
from contextlib import closing

import pypdfium2

from xiansuo.domain.letter import Identity, PartRole, Trouble
from xiansuo.intake.content import CannotRead, Content, Nest, Piece
from xiansuo.intake.docx import file_authors
from xiansuo.intake.limits import Limits
from xiansuo.intake.media import PDF
from xiansuo.intake.plain import tidy

_END_OF_PARAGRAPH = re.compile(r"[。！？!?：:；;…”\"）)】》]$")
_START_OF_PARAGRAPH = re.compile(
    r"^(?:\s|[（(]?[一二三四五六七八九十\d]{1,3}[、.．）)]|第[一二三四五六七八九十\d]+[条项页]|[问答][：:]|附[件：:]|此致|敬礼)"
)


def read_pdf(data: bytes, nest: Nest) -> Content:
    """Read the text layer of a PDF; raise CannotRead when it is locked, broken or holds pictures only."""
    with closing(_open(data)) as document:
        pages = len(document)
        if pages > nest.limits.max_pages:
            raise CannotRead(Trouble.TOO_LARGE, f"{pages}页，超过上限{nest.limits.max_pages}")
        texts = list(_texts(document, nest.limits))
        metadata = document.get_metadata_dict(skip_empty=True)
    text = tidy("\n".join(texts))
    if not text:
        raise CannotRead(Trouble.NO_TEXT, f"共{pages}页，没有文字层")
    blank = sum(not page for page in texts)
    note = f"共{pages}页，其中{blank}页没有文字，可能是扫描件。" if blank else ""
    return Content((Piece(PartRole.BODY, text, PDF, note=note),), _authors(metadata))


def unwrap(text: str) -> str:
    """Join the lines that a page's width broke: a full line without an end of sentence continues in the next."""
    lines = [line.rstrip() for line in text.splitlines()]
    full = max((len(line) for line in lines), default=0) * 0.8
    joined: list[str] = []
    continues = False
    for line in lines:
        if continues and line and not _START_OF_PARAGRAPH.match(line):
            joined[-1] += line if not (joined[-1][-1].isascii() and line[0].isascii()) else f" {line}"
        else:
            joined.append(line)
        continues = len(line) >= max(full, 12) and not _END_OF_PARAGRAPH.search(line)
    return "\n".join(joined)


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        # The library tells a missing password from damage in its message only.
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        raise CannotRead(Trouble.ENCRYPTED if locked else Trouble.DAMAGED, "PDF无法打开") from error


def _texts(document: pypdfium2.PdfDocument, limits: Limits) -> Iterator[str]:
    budget = limits.max_text_chars
    for number in range(len(document)):
        with closing(document[number]) as page, closing(page.get_textpage()) as text_page:
            text = unwrap(tidy(text_page.get_text_bounded()))
        budget -= len(text)
        if budget < 0:
            raise CannotRead(Trouble.TOO_LARGE, f"文字超过上限{limits.max_text_chars}字")
        yield text


def _authors(metadata: dict[str, str]) -> tuple[Identity, ...]:
    return file_authors([metadata.get("Author", "")])
