"""Owns the numbers that Word writes before list paragraphs ("一、", "1."), which are not in the paragraphs' text."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Self

from docx.oxml.ns import qn

_VAL = qn("w:val")
_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital", "taiwaneseCountingThousand"}
)
_CIRCLED = frozenset({"decimalEnclosedCircle", "decimalEnclosedCircleChinese"})


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """Counts the list paragraphs of one document in reading order."""

    levels: dict[str, dict[int, _Level]]
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, document: Any) -> Self:
        """Read the document's list definitions; a document without any has none."""
        part = next((r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
        root = getattr(part, "element", None)
        return cls({} if root is None else _definitions(root))

    def label(self, paragraph: Any) -> str:
        """Return what Word writes before this paragraph, '' for bullets and ordinary paragraphs; counts it."""
        place = _place(paragraph)
        level = self.levels.get(place[0], {}).get(place[1]) if place else None
        if place is None or level is None or level.format in {"bullet", "none"}:
            return ""
        counts = self.counts[place[0]]
        counts[place[1]] = counts.get(place[1], level.start - 1) + 1
        for deeper in [index for index in counts if index > place[1]]:
            del counts[deeper]
        return _fill(level, self.levels[place[0]], counts)


def _definitions(root: Any) -> dict[str, dict[int, _Level]]:
    abstract = {
        element.get(qn("w:abstractNumId")): {
            int(level.get(qn("w:ilvl"))): _level(level) for level in element.iter(qn("w:lvl"))
        }
        for element in root.iter(qn("w:abstractNum"))
    }
    found: dict[str, dict[int, _Level]] = {}
    for number in root.iter(qn("w:num")):
        reference = number.find(qn("w:abstractNumId"))
        if reference is not None:
            found[number.get(qn("w:numId"))] = abstract.get(reference.get(_VAL), {})
    return found


def _level(element: Any) -> _Level:
    said = {
        tag: (child.get(_VAL) if (child := element.find(qn(f"w:{tag}"))) is not None else None)
        for tag in ("numFmt", "lvlText", "start")
    }
    start = said["start"] or "1"
    return _Level(said["numFmt"] or "decimal", said["lvlText"] or "", int(start) if start.isdecimal() else 1)


def _place(paragraph: Any) -> tuple[str, int] | None:
    properties = paragraph.find(qn("w:pPr"))
    numbered = None if properties is None else properties.find(qn("w:numPr"))
    if numbered is None or (number := numbered.find(qn("w:numId"))) is None:
        return None
    level = numbered.find(qn("w:ilvl"))
    depth = "0" if level is None else level.get(_VAL, "0")
    return number.get(_VAL, ""), int(depth) if depth.isdecimal() else 0


def _fill(level: _Level, levels: dict[int, _Level], counts: dict[int, int]) -> str:
    text = level.text
    for index, other in levels.items():
        text = text.replace(f"%{index + 1}", _number(counts.get(index, other.start), other.format))
    return text if text.endswith(("、", "）", ")", " ")) or not text else f"{text} "


def _number(value: int, kind: str) -> str:
    if kind in _CHINESE and 0 < value < 10_000:
        import cn2an  # noqa: PLC0415 - slow to import, and few letters need it

        return str(cn2an.an2cn(value, "low")).replace("一十", "十", 1) if value < 20 else str(cn2an.an2cn(value, "low"))
    if kind in _CIRCLED and 0 < value <= 20:
        return chr(0x2460 + value - 1)
    if kind in {"lowerLetter", "upperLetter"} and 0 < value <= 26:
        return chr((0x61 if kind == "lowerLetter" else 0x41) + value - 1)
    return str(value)
