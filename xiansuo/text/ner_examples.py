"""Makes what the tagger learns from: sentences of masked letters with the listed names marked and every person given another name."""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, EntityType
from xiansuo.text.coverage import Coverage
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.ner import ORG, PERSON, PLACE

_SILVER = frozenset({EntityType.PERSON, EntityType.RESPONDENT, EntityType.ORG, EntityType.PLACE, EntityType.PETITIONER})
_LABELS = (PERSON, ORG, PLACE)
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence with the listed names in it, and `unsure` places that rules take for names and nobody listed: neither right nor wrong."""

    text: str = field(repr=False)
    named: tuple[tuple[Span, str], ...]
    unsure: tuple[Span, ...] = ()


def passages(document: Document, listed: Mapping[str, Collection[str]]) -> Iterator[Passage]:
    """Yield the sentences of a document with the places of the listed names."""
    named = _listed_places(document.text, listed)
    silver = [one.span for one in document.entities if one.type in _SILVER]
    unsure = [span for span in silver if not any(span.overlaps(place) for place, _ in named)]
    for sentence in document.sentences:
        if sentence.end - sentence.start >= _SHORTEST:
            yield Passage(
                sentence.of(document.text),
                tuple((_moved(span, sentence), label) for span, label in named if _inside(span, sentence)),
                tuple(_moved(span, sentence) for span in unsure if _inside(span, sentence)),
            )


def _listed_places(text: str, listed: Mapping[str, Collection[str]]) -> list[tuple[Span, str]]:
    taken = Coverage(len(text))
    found = []
    for label in _LABELS:
        for written in sorted(listed.get(label, ()), key=len, reverse=True):
            start = text.find(written) if written else -1
            while start >= 0:
                span = Span(start, start + len(written))
                if taken.free(*span):
                    taken.take(*span)
                    found.append((span, label))
                start = text.find(written, span.end)
    return sorted(found)


def _inside(span: Span, sentence: Span) -> bool:
    return sentence.start <= span.start and span.end <= sentence.end


def _moved(span: Span, sentence: Span) -> Span:
    return Span(span.start - sentence.start, span.end - sentence.start)


class Renamer:
    """Gives every person of a letter another name, so that the tagger learns where names stand and never a name."""

    def __init__(self, lexicons: Lexicons, chance: random.Random) -> None:
        self._surnames = sorted(lexicons.surnames)
        self._known = lexicons.surnames | lexicons.compound_surnames
        self._signs = sorted(lexicons.given[0])
        self._chance = chance

    def rename(self, letter: Sequence[Passage]) -> list[Passage]:
        """Return the passages of one letter with new names, the same one for the same person."""
        new: dict[str, str] = {}
        return [self._renamed(passage, new) for passage in letter]

    def _renamed(self, passage: Passage, new: dict[str, str]) -> Passage:
        marks: list[tuple[Span, str]] = sorted([*passage.named, *((span, "") for span in passage.unsure)])
        pieces: list[str] = []
        moved: list[tuple[Span, str]] = []
        done = length = 0
        for span, label in marks:
            if span.start < done:
                continue
            written = span.of(passage.text)
            name = self._name_for(written, new) if label == PERSON else written
            pieces += [passage.text[done : span.start], name]
            start = length + span.start - done
            length, done = start + len(name), span.end
            moved.append((Span(start, length), label))
        return Passage(
            "".join([*pieces, passage.text[done:]]),
            tuple((span, label) for span, label in moved if label),
            tuple(span for span, label in moved if not label),
        )

    def _name_for(self, written: str, new: dict[str, str]) -> str:
        """Return another name where a full name stands; titles and nicknames stay."""
        if not 2 <= len(written) <= 4 or not (written[0] in self._known or written[:2] in self._known):
            return written
        if set(written[1:]).isdisjoint(self._signs):
            return written
        if written not in new:
            signs = self._chance.choices(self._signs, k=max(1, min(2, len(written) - 1)))
            new[written] = self._chance.choice(self._surnames) + "".join(signs)
        return new[written]
