"""Owns the one written form that all later stages read: width, script, punctuation and line wrapping made alike, with the exact way back."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from opencc import OpenCC

from xiansuo.text.offsets import Chain, Edit, Identity, TwoWay, apply_edits
from xiansuo.text.variants import canonical
from xiansuo.text.wrapping import layout_edits, needs_layout

__all__ = ["Normalised", "canonical", "load_tables", "normalise"]

# Marks that Unicode would turn into ASCII or digits although they carry the structure of a Chinese text.
_KEPT = frozenset("，。；：？！（）“”‘’、《》【】…—～·　①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_INVISIBLE = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"
_COMBINING = "\u0300-\u036f\u3099\u309a"
_COMPATIBLE_PLANES = (
    (0xA0, 0x1100),
    (0x1E00, 0xAC00),
    (0xF900, 0x10000),
    (0x1D400, 0x1D800),
    (0x1F100, 0x1F200),
    (0x2F800, 0x2FA20),
)

_HAN = "\u3400-\u9fff〇○□×"
_NEIGHBOUR = rf"{_HAN}，。；：？！（）“”‘’、《》【】〔〕…"
_TO_CHINESE = str.maketrans(",;:?!().", "，；：？！（）。")
_LATIN_PUNCTUATION = re.compile(
    rf"[,;:?!()](?:(?<=[{_NEIGHBOUR}].)|(?<=[{_HAN}] .)|(?=[{_NEIGHBOUR}]))|\.(?<=[{_HAN}].)(?=[{_HAN}“”\s]|\Z)"
)
_QUOTED = re.compile(rf'"(?=[^"\n]{{0,200}}[{_HAN}])([^"\n]{{1,400}})"')


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in the form that rules and models read, and the map of its positions to the source."""

    text: str
    offsets: TwoWay


class _Tables(NamedTuple):
    """What to look for and what to put in its place: `same` keeps the length, `other` changes it.

    `dirty` are all characters that cannot stay, `resizing` those of them without which `resized` finds nothing.
    """

    dirty: frozenset[str]
    resizing: frozenset[str]
    resized: re.Pattern[str]
    same: dict[int, str]
    other: dict[str, str]
    traditional: frozenset[str]
    converter: Any


def normalise(text: str) -> Normalised:
    """Return `text` with full-width and compatibility forms, traditional characters, ASCII punctuation beside Chinese, broken lines and spaced-out characters made regular.

    Chinese punctuation, circled numbers, placeholders and gaps between names stay. A clean text comes back as the same object.
    """
    tables = _tables()
    # Looking characters up in a set is ten times faster than a pattern with a class of thousands.
    dirty = tables.dirty.intersection(text)
    if not (dirty or _LATIN_PUNCTUATION.search(text) or _QUOTED.search(text) or needs_layout(text)):
        return Normalised(text, Identity())
    cleaned, first = apply_edits(text, () if tables.resizing.isdisjoint(dirty) else _resizing(text, tables))
    if dirty:
        cleaned = _simplify(cleaned.translate(tables.same), tables)
    cleaned = _LATIN_PUNCTUATION.sub(lambda hit: hit[0].translate(_TO_CHINESE), cleaned)
    cleaned = _QUOTED.sub(r"“\1”", cleaned)
    cleaned, second = apply_edits(cleaned, layout_edits(cleaned))
    return Normalised(text if cleaned == text else cleaned, _join(second, first))


def _join(last: TwoWay, first: TwoWay) -> TwoWay:
    steps = tuple(step for step in (last, first) if not isinstance(step, Identity))
    return Chain(steps) if len(steps) > 1 else next(iter(steps), Identity())


def _resizing(text: str, tables: _Tables) -> Iterator[Edit]:
    """Yield the edits that change the length: line ends, invisible characters, ligatures, combined letters."""
    for hit in tables.resized.finditer(text):
        found = hit[0]
        if found[0] in _BREAKS:
            yield Edit(hit.start(), hit.end(), "\n")
        else:
            put = tables.other[found] if found in tables.other else unicodedata.normalize("NFKC", found)
            yield Edit(hit.start(), hit.end(), "" if hit.lastgroup == "invisible" else put)


def _simplify(text: str, tables: _Tables) -> str:
    """Convert to simplified characters by phrase; where that would change the length, character by character."""
    if tables.traditional.isdisjoint(text):
        return text
    simplified: str = tables.converter.convert(text)
    if len(simplified) != len(text):
        simplified = "".join(_one_for_one(char, tables.converter) for char in text)
    # Corner quotes are the traditional way to write the quotes that sentence splitting knows.
    return simplified.translate(str.maketrans("「」『』", "“”‘’"))


def _one_for_one(char: str, converter: Any) -> str:
    simplified: str = converter.convert(char)
    return simplified if len(simplified) == 1 else char


def load_tables() -> None:
    """Compute the character tables now, before the first letter comes."""
    _tables()


@cache
def _tables() -> _Tables:
    """Compute the character tables once; about 40 ms, so not at import."""
    compatible = {char: unicodedata.normalize("NFKC", char) for char in _compatible() if char not in _KEPT}
    changed = {char: put for char, put in compatible.items() if put != char}
    same = {ord(char): put for char, put in changed.items() if len(put) == 1}
    other = {char: put.strip() or " " for char, put in changed.items() if len(put) != 1}
    converter = OpenCC("t2s")
    traditional = _traditional(converter)
    wide = "".join(map(re.escape, other))
    unwanted = re.compile(f"[{_INVISIBLE}{_BREAKS}{_COMBINING}]")
    resizing = frozenset(filter(unwanted.match, map(chr, range(0x10000)))) | frozenset(other)
    return _Tables(
        dirty=frozenset(changed) | traditional | resizing,
        resizing=resizing,
        resized=re.compile(
            f"\r\n|[{_BREAKS}]|(?P<invisible>[{_INVISIBLE}]+)|[^\\s{_INVISIBLE}{_COMBINING}][{_COMBINING}]+|[{wide}]"
        ),
        same=same,
        other=other,
        traditional=traditional,
        converter=converter,
    )


def _compatible() -> Iterator[str]:
    return (chr(code) for low, high in _COMPATIBLE_PLANES for code in range(low, high))


def _traditional(converter: Any) -> frozenset[str]:
    """Return the characters that simplification changes and that simplified texts do not use themselves (著, 乾, 於 are in GB 2312)."""
    block = [chr(code) for code in range(0x3400, 0xA000)]
    simplified: list[str] = converter.convert("\n".join(block)).split("\n")
    pairs = zip(block, simplified, strict=True)
    return frozenset(char for char, put in pairs if char != put and not char.encode("gb2312", "ignore"))
