"""Owns how text is searched: folded to one form, indexed by pairs of neighbouring characters, and shown as a piece with the hits marked."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import add

from opencc import OpenCC

VERSION = 1
"""Rises when folding changes, so that letters are indexed anew. What `grams` makes of folded text must not change with it."""
SHORTEST = 2
"""Characters a word must have, once folded, to be found."""
_SEPARATOR = "\n"
_MOST_GRAMS = 60

Piece = tuple[str, bool]


class _Folding(dict[int, str | None]):
    """What each character is folded to. Filled as characters come, so that `str.translate` does the work."""

    def __missing__(self, code: int) -> str | None:
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        self[code] = "".join(_simplified().convert(one) for one in plain if _counts(one)) or None
        return self[code]


def _counts(character: str) -> bool:
    """Tell whether a character is searched; spaces and punctuation are not, so that line breaks and commas hide nothing."""
    kind = unicodedata.category(character)[0]
    return kind in "LMN" or (kind == "S" and not character.isascii())


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return `text` in the one form in which it is compared: narrow, lower case, simplified, without spaces and punctuation.

    Each character is folded by itself, so whatever is a substring before is one after.
    """
    return text.translate(_FOLDING)


@cache
def _fold_one(character: str) -> str:
    return fold(character)


def document(fields: Iterable[str]) -> str:
    """Return the folded form of a letter's fields; no hit runs from one field into the next."""
    return _SEPARATOR.join(filter(None, map(fold, fields)))


def grams(folded: str) -> set[str]:
    """Return the distinct pairs of neighbouring characters, as analysers for Chinese do where every substring must be found."""
    return {pair for part in folded.split(_SEPARATOR) for pair in map(add, part, part[1:])}


def terms(query: str) -> list[str]:
    """Return the folded words of a query that are long enough to be found; all of them have to occur."""
    words = dict.fromkeys(fold(word) for word in query.split())
    return [word for word in words if len(word) >= SHORTEST]


def some_grams(terms: Sequence[str]) -> list[str]:
    """Return pairs that every letter with these terms has; enough to narrow the search, few enough for one statement."""
    return list(dict.fromkeys(gram for term in terms for gram in sorted(grams(term))))[:_MOST_GRAMS]


def snippet(text: str, wanted: Sequence[str], *, around: int = 40) -> list[Piece]:
    """Return the stretch of `text` about the first place of a term, cut into pieces that are a hit or not; empty without a hit."""
    places = _places(text, wanted)
    if not places:
        return []
    start = max(0, places[0][0] - around)
    end = min(len(text), places[0][1] + 2 * around)
    return list(_pieces(text, [place for place in places if place[1] <= end], start, end))


def _places(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Return where the terms stand in `text`, in order, none overlapping the one before."""
    folded, origin = [], []
    for position, character in enumerate(text):
        for one in _fold_one(character):
            folded.append(one)
            origin.append(position)
    joined = "".join(folded)
    found = sorted((origin[at], origin[at + len(term) - 1] + 1) for term in wanted for at in _occurrences(joined, term))
    apart: list[tuple[int, int]] = []
    for place in found:
        if not apart or place[0] >= apart[-1][1]:
            apart.append(place)
    return apart


def _occurrences(text: str, term: str) -> Iterator[int]:
    at = text.find(term)
    while at >= 0:
        yield at
        at = text.find(term, at + len(term))


def _pieces(text: str, places: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for first, last in places:
        if first > at:
            yield text[at:first], False
        yield text[first:last], True
        at = last
    if at < end:
        yield text[at:end], False
