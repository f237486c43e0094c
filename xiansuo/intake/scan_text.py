"""Owns turning a page's recognised lines into text: their order, paragraphs, full-width marks, and how much of it is doubtful."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from xiansuo.intake.pdf_lines import unwrap

# A character that the machine holds for less likely is called doubtful; chosen on pages of benchmarks/ocr.py.
_SURE = 0.9
_INDENT = "　　"
_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_NEAR = f"[{_CHINESE}（）《》“”‘’、，。；：？！]"
_FULL = str.maketrans(",;:?!", "，；：？！")
_MARK = re.compile(rf"(?<={_NEAR})[,;:?!]|[,;:?!](?={_NEAR})")
_STOP = re.compile(rf"(?<={_NEAR})\.(?=$|{_NEAR})", re.MULTILINE)
_PAIR = re.compile(r"\(([^()\n]{0,80})\)")
_LONE = re.compile(rf"(?<={_NEAR})[()]|[()](?={_NEAR})")


@dataclass(frozen=True, slots=True)
class Line:
    """One recognised line: its characters, how sure each is (0-1), and its box with the page's slant undone."""

    text: str = field(repr=False)
    sure: tuple[float, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Its extent downwards, in pixels."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return (self.top + self.bottom) / 2

    @property
    def stands(self) -> bool:
        """Whether it is written from top to bottom."""
        return self.height > 1.5 * (self.right - self.left) and len(self.text) > 1


def lines_of(found: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return the lines of a page, turned by the slant that most of them share."""
    lines = [one for one in found if one["text"].strip()]
    slant = _slant([one["box"] for one in lines])
    return [_level(one, slant) for one in lines]


def text_of(lines: Sequence[Line]) -> str:
    """Return a page's text: columns one after the other, broken lines joined, marks of Chinese text full-width."""
    blocks = [_paragraphs(block) for block in _blocks(lines)]
    return "\n".join(block for block in blocks if block)


def doubtful(lines: Iterable[Line]) -> tuple[int, int]:
    """Count the characters the machine is not sure of, and all of them."""
    sure = [one for line in lines for one in line.sure]
    return sum(one < _SURE for one in sure), len(sure)


def restore_marks(text: str) -> str:
    """Write punctuation beside Chinese characters full-width again; recognition knows the half-width forms only."""
    text = _STOP.sub("。", _MARK.sub(_full_mark, text))
    text = _PAIR.sub(_full_pair, text)
    return _LONE.sub(lambda mark: "（" if mark[0] == "(" else "）", text)


def _full_mark(mark: re.Match[str]) -> str:
    return mark[0].translate(_FULL)


def _full_pair(pair: re.Match[str]) -> str:
    before = pair.string[max(0, pair.start() - 1) : pair.start()]
    return f"（{pair[1]}）" if re.search(_NEAR, before + pair[1]) else pair[0]


def _slant(boxes: Sequence[Sequence[Sequence[float]]]) -> float:
    """Return the angle, in radians, at which the long lines of a page run."""
    edges = [(box[1][0] - box[0][0], box[1][1] - box[0][1]) for box in boxes]
    angles = [math.atan2(down, across) for across, down in edges if across > 5 * abs(down) and across > 100]
    return median(angles) if angles else 0.0


def _level(found: Mapping[str, Any], slant: float) -> Line:
    cos, sin = math.cos(-slant), math.sin(-slant)
    points = [(x * cos - y * sin, x * sin + y * cos) for x, y in found["box"]]
    across, down = [x for x, _ in points], [y for _, y in points]
    return Line(found["text"], tuple(found["sure"]), min(across), min(down), max(across), max(down))


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Split a page into blocks in reading order: what runs over all columns stands between them."""
    if sum(len(line.text) for line in lines if line.stands) > sum(len(line.text) for line in lines) / 2:
        return [sorted(lines, key=lambda line: (-line.right, line.top))]
    ordered = sorted(lines, key=lambda line: line.middle)
    gutter = _gutter(ordered)
    if gutter is None:
        return [ordered]
    blocks: list[list[Line]] = []
    for whole, run in groupby(ordered, key=lambda line: line.left < gutter < line.right):
        band = list(run)
        sides = (
            [band]
            if whole
            else [[one for one in band if one.right <= gutter], [one for one in band if one.left >= gutter]]
        )
        blocks += [side for side in sides if side]
    return blocks


def _gutter(lines: Sequence[Line]) -> float | None:
    """Return where two columns of running text part, None where a page has one. The rows of a table are no columns."""
    places = [line.right + line.height / 2 for line in lines]
    return next((place for place in sorted(places, key=lambda at: _crossed(lines, at)) if _parts(lines, place)), None)


def _crossed(lines: Sequence[Line], place: float) -> int:
    return sum(line.left < place < line.right for line in lines)


def _parts(lines: Sequence[Line], place: float) -> bool:
    sides = [line for line in lines if line.right <= place], [line for line in lines if line.left >= place]
    return _crossed(lines, place) <= len(lines) / 3 and all(_is_column(side) for side in sides)


def _is_column(lines: Sequence[Line]) -> bool:
    """Tell running text, whose lines fill their column, from the cells of a table."""
    if len(lines) < 4:
        return False
    width = max(line.right for line in lines) - min(line.left for line in lines)
    typical = median(line.right - line.left for line in lines)
    return typical > 0.75 * width and typical > 6 * median(line.height for line in lines)


def _paragraphs(block: Sequence[Line]) -> str:
    if block and sum(line.stands for line in block) > len(block) / 2:
        return unwrap(restore_marks("\n".join(line.text for line in block)))
    rows = _rows(block)
    margin = sorted(row[0].left for row in rows)[len(rows) // 4] if rows else 0.0
    joined = unwrap(restore_marks("\n".join(_indented(row, margin) for row in rows)))
    return "\n".join(line.strip() for line in joined.split("\n"))


def _rows(block: Sequence[Line]) -> list[list[Line]]:
    """Put side by side what stands at one height, such as the cells of a table."""
    rows: list[list[Line]] = []
    for line in block:
        last = rows[-1][-1] if rows else None
        if last and abs(line.middle - last.middle) < 0.5 * min(line.height, last.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _indented(row: Sequence[Line], margin: float) -> str:
    text = row[0].text
    for before, after in pairwise(row):
        text += (" " if after.left - before.right > before.height / 2 else "") + after.text
    return (_INDENT if row[0].left - margin > 1.2 * row[0].height else "") + text
