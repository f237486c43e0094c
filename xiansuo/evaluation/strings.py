"""Owns how much of what readers marked in letters is shown, masked, readable or found: counts per letter."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.corpus import GoldLetter
from xiansuo.domain.text import EntityType
from xiansuo.evaluation.outputs import Shown

Floats = NDArray[np.float64]

ENTITY_FIELDS = {
    "org": EntityType.ORG,
    "place": EntityType.PLACE,
    "money": EntityType.MONEY,
    "time": EntityType.TIME,
    "accused": EntityType.RESPONDENT,
}


class Counted(NamedTuple):
    """Hits of tries, per letter."""

    hits: Floats
    tries: Floats


def quotes_shown(letters: Sequence[GoldLetter], shown: Sequence[Shown], *, own_category: bool) -> Counted:
    """Count the marked quotes that a shown allegation overlaps, of their own category or of any."""
    hits = [
        sum(
            any(quote.span.overlaps(span) and (not own_category or category is quote.category) for category, span in on)
            for quote in letter.quotes
        )
        for letter, on in zip(letters, (one.allegations for one in shown), strict=True)
    ]
    return Counted(np.array(hits, dtype=np.float64), np.array([len(letter.quotes) for letter in letters], np.float64))


def text_shown(letters: Sequence[GoldLetter], shown: Sequence[Shown]) -> Counted:
    """Return which share of the text of each letter with allegations is shown as one."""
    shares = [
        len({place for _, span in one.allegations for place in range(*span)}) / max(1, len(letter.text))
        for letter, one in zip(letters, shown, strict=True)
    ]
    return Counted(np.array(shares), np.array([bool(one.allegations) for one in shown], dtype=np.float64))


def masked(letters: Sequence[GoldLetter], shown: Sequence[Shown]) -> Counted:
    """Count the petitioner's identifying strings that the masked text no longer holds."""
    asked = [[string for string in letter.petitioner if string not in letter.respondents] for letter in letters]
    return _counted(asked, shown, stands=False)


def readable(letters: Sequence[GoldLetter], shown: Sequence[Shown]) -> Counted:
    """Count the respondents' names that the masked text still holds."""
    asked = [sorted(set(letter.respondents) - set(letter.petitioner)) for letter in letters]
    return _counted(asked, shown, stands=True)


def _counted(asked: Sequence[Sequence[str]], shown: Sequence[Shown], *, stands: bool) -> Counted:
    hits = [
        sum((string in one.masked) is stands for string in strings) for strings, one in zip(asked, shown, strict=True)
    ]
    return Counted(np.array(hits, dtype=np.float64), np.array([len(strings) for strings in asked], np.float64))


def entities(letters: Sequence[GoldLetter], shown: Sequence[Shown], name: str) -> Counted:
    """Count the strings of a gold field of which an entity of its type is a part, or the other way round."""
    kind, hits, tries = ENTITY_FIELDS[name], [], []
    for letter, one in zip(letters, shown, strict=True):
        gold = letter.respondents if name == "accused" else letter.named.get(name, ())
        found = {text for type_, text in one.entities if type_ is kind}
        hits.append(sum(any(text in string or string in text for text in found) for string in gold))
        tries.append(len(gold))
    return Counted(np.array(hits, dtype=np.float64), np.array(tries, dtype=np.float64))
