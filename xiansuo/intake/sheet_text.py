"""Owns a workbook that came as an attachment: its rows as lines of text."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from xiansuo.domain.letter import Identity, IdentityKind, PartRole, Trouble
from xiansuo.intake.content import CannotRead, Content, Nest, Piece
from xiansuo.intake.media import XLSX
from xiansuo.intake.plain import tidy
from xiansuo.intake.sheets import Row, open_workbook

_MOST_LINES = 20_000
# Names, numbers and mail addresses are known by their own look; of where people live only the heading tells.
_HOME = re.compile(r"(?:家庭|居住|现|联系|通[信讯]|户籍)?(?:详细)?(?:住址|地址|住所|居住地)")
_MOST_HOMES = 500


def read_workbook(data: bytes, nest: Nest) -> Content:
    """Read every sheet as lines, cells divided by tabs; raise CannotRead when it holds no text."""
    lines, homes = list[str](), list[Identity]()
    for sheet in open_workbook(data, limits=nest.limits):
        rows = list(islice(sheet.rows, _MOST_LINES))
        lines += ["\t".join(cell for cell in row.cells if cell) for row in rows]
        homes += islice(_homes(rows), _MOST_HOMES)
        if len(lines) >= _MOST_LINES:
            raise CannotRead(Trouble.TOO_LARGE, f"表格超过{_MOST_LINES}行")
    text = tidy("\n".join(lines))
    if not text:
        raise CannotRead(Trouble.NO_TEXT, "表格里没有内容")
    return Content((Piece(PartRole.BODY, text, XLSX),), tuple(homes))


def _homes(rows: Sequence[Row]) -> Iterator[Identity]:
    """Yield what stands below a heading such as 住址: a list sent along may be that of the people who sign."""
    places: list[int] = []
    for row in rows:
        if found := [place for place, cell in enumerate(row.cells) if cell and _HOME.fullmatch(cell.strip())]:
            places = found
            continue
        cells = (row.cells[place] for place in places if place < len(row.cells))
        yield from (Identity(IdentityKind.ADDRESS, cell.strip()) for cell in cells if cell)
