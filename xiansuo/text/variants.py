"""Owns the misspellings of petition letters and their standard spellings, character for character."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from xiansuo.settings import Settings
from xiansuo.text.wordlists import LexiconError, read_mapping, strings

_REACH = 12


@dataclass(frozen=True, slots=True)
class Variant:
    """A misspelling. It is corrected unless one of `unless` stands over it, and only near one of `near` where that is given."""

    wrong: str
    right: str
    near: re.Pattern[str] | None = None
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variants:
    """All misspellings, compiled: `scan` finds any of them, longest first."""

    scan: re.Pattern[str]
    table: Mapping[str, Variant]

    @classmethod
    def load(cls, folder: Path) -> "Variants":
        """Read `variants.yaml`; raise LexiconError with a sentence where an entry is wrong."""
        path = folder / "variants.yaml"
        entries = read_mapping(path)
        table = {wrong: _variant(path, wrong, entry) for wrong, entry in entries.items()}
        longest = sorted(table, key=len, reverse=True)
        return cls(re.compile("|".join(map(re.escape, longest)) or r"(?!)"), table)

    def canonical(self, text: str) -> str:
        """Return `text` with known misspellings corrected; every character keeps its place."""
        return self.scan.sub(self._corrected, text)

    def _corrected(self, hit: re.Match[str]) -> str:
        variant, text = self.table[hit[0]], hit.string
        around = text[max(0, hit.start() - _REACH) : hit.end() + _REACH]
        if variant.near and not variant.near.search(around):
            return hit[0]
        return hit[0] if any(_stands_over(text, hit, word) for word in variant.unless) else variant.right


def canonical(text: str, *, variants: Variants | None = None) -> str:
    """Return `text` of the same length with known misspellings corrected, for rules and features; the stored text stays as written."""
    return (variants or _shipped()).canonical(text)


@cache
def _shipped() -> Variants:
    return Variants.load(Settings().lexicons)


def _stands_over(text: str, hit: re.Match[str], word: str) -> bool:
    """Tell whether `word` covers the hit at its place in the text."""
    at = text.find(word, max(0, hit.end() - len(word)), hit.start() + len(word))
    return at >= 0 and at <= hit.start()


def _variant(path: Path, wrong: str, entry: object) -> Variant:
    if isinstance(entry, str):
        entry = {"正": entry}
    if not isinstance(entry, dict) or not isinstance(entry.get("正"), str):
        raise LexiconError(f"{path.name}：“{wrong}”要写正确写法，例如“{wrong}: 正确写法”。")
    right = entry["正"]
    if len(right) != len(wrong):
        raise LexiconError(
            f"{path.name}：“{wrong}”与“{right}”字数不同。这里只收一字对一字的错别字，请改用相同字数的写法。"
        )
    near = strings(path, entry.get("语境", []))
    return Variant(
        wrong, right, re.compile("|".join(map(re.escape, near))) if near else None, strings(path, entry.get("除外", []))
    )
