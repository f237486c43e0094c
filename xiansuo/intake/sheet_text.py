"""Owns a workbook that came as an attachment: its rows as lines of text."""

from itertools import islice

from xiansuo.domain.letter import PartRole, Trouble
from xiansuo.intake.content import CannotRead, Content, Nest, Piece
from xiansuo.intake.media import XLSX
from xiansuo.intake.plain import tidy
from xiansuo.intake.sheets import Sheet, open_workbook

_MOST_LINES = 20_000


def read_workbook(data: bytes, nest: Nest) -> Content:
    """Read every sheet as lines, cells divided by tabs; raise CannotRead when it holds no text."""
    lines: list[str] = []
    for sheet in open_workbook(data, limits=nest.limits):
        lines += _lines(sheet)
        if len(lines) >= _MOST_LINES:
            raise CannotRead(Trouble.TOO_LARGE, f"表格超过{_MOST_LINES}行")
    text = tidy("\n".join(lines))
    if not text:
        raise CannotRead(Trouble.NO_TEXT, "表格里没有内容")
    return Content((Piece(PartRole.BODY, text, XLSX),))


def _lines(sheet: Sheet) -> list[str]:
    return ["\t".join(cell for cell in row.cells if cell) for row in islice(sheet.rows, _MOST_LINES)]
