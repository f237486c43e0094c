"""A letter's text laid out for matching: its clauses and sentences, and where the words of each slot stand."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from xiansuo.domain.spans import Span
from xiansuo.rulebook.compile import Compiled
from xiansuo.rulebook.schema import Reach, Within

_CLAUSE = re.compile(r"[^，,；;。！!？?\n…]+[，,；;。！!？?\n…]*")
_GREETING = 60

Place = tuple[int, int]


class Found:
    """Where the words of every slot stand in a text, sorted; gathered when asked for, since few slots ever are.

    `mask` has a bit for every slot found.
    """

    __slots__ = ("_places", "_slot_terms", "_terms", "mask")

    def __init__(self, terms: dict[int, list[Place]], compiled: Compiled) -> None:
        self._terms = terms
        self._slot_terms = compiled.slot_terms
        self._places: dict[int, list[Place]] = {}
        self.mask = 0
        for term in terms:
            self.mask |= compiled.term_masks[term]

    def __contains__(self, slot: int) -> bool:
        return slot >= 0 and bool(self.mask >> slot & 1)

    def __getitem__(self, slot: int) -> list[Place]:
        """Return where the words of a slot stand, nothing where none does."""
        places = self._places.get(slot)
        if places is None:
            places = self._places[slot] = self._gathered(slot) if slot in self else []
        return places

    def _gathered(self, slot: int) -> list[Place]:
        terms = self._terms
        return sorted(place for term in self._slot_terms[slot] if term in terms for place in terms[term])


@dataclass(frozen=True, slots=True)
class Page:
    """A letter laid out. Spans count characters of `text`."""

    text: str
    sentences: Sequence[Place]
    clauses: Sequence[Place]
    found: Found

    def clause(self, position: int) -> Place:
        """Return the clause that holds a character."""
        return _holding(self.clauses, position)

    def sentence(self, position: int) -> Place:
        """Return the sentence that holds a character."""
        return _holding(self.sentences, position)

    def passages(self, position: int) -> tuple[Place, ...]:
        """Return the stretches of two sentences that hold a character."""
        last = len(self.sentences) - 1
        index = _index(self.sentences, position)
        firsts = {max(0, index - 1), min(index, max(0, last - 1))}
        return tuple((self.sentences[first][0], self.sentences[min(first + 1, last)][1]) for first in sorted(firsts))

    def units(self, within: Within, position: int) -> tuple[Place, ...]:
        """Return the stretches in which a pattern with a word at `position` may lie."""
        if within is Within.CLAUSE:
            return (self.clause(position),)
        return (self.sentence(position),) if within is Within.SENTENCE else self.passages(position)

    def heard(self, reach: Reach, cue: Place) -> Place:
        """Return the stretch in which a cue of that reach is heard: a passage is its own sentence and the next."""
        if reach is Reach.LETTER:
            return 0, len(self.text)
        if reach is Reach.CLAUSE:
            return self.clause(cue[0])[0], self.clause(cue[1] - 1)[1]
        start, end = self.sentence(cue[0])[0], self.sentence(cue[1] - 1)[1]
        return (start, end) if reach is Reach.SENTENCE else (start, self.passages(cue[1] - 1)[-1][1])

    def inside(self, slot: int, unit: Place) -> list[Place]:
        """Return where the words of a slot stand inside a stretch."""
        places = self.found[slot]
        if not places:
            return []
        first, last = bisect_left(places, (unit[0],)), bisect_left(places, (unit[1],))
        return [place for place in places[first:last] if place[1] <= unit[1]]

    def clauses_of(self, place: Place) -> Span:
        """Return the clause or clauses that a stretch touches, without the marks at their end."""
        start, end = self.clause(place[0])[0], self.clause(place[1] - 1)[1]
        text = self.text[start:end]
        return Span(
            start + len(text) - len(text.lstrip()), max(place[1], start + len(text.rstrip(" \n，,；;。！!？?…")))
        )


def _index(spans: Sequence[Place], position: int) -> int:
    found = bisect_left(spans, (position + 1,))
    return found - 1 if found else 0


def _holding(spans: Sequence[Place], position: int) -> Place:
    return spans[_index(spans, position)]


def lay_out(text: str, sentences: Sequence[Span], compiled: Compiled) -> Page:
    """Find every word of every slot that lies inside the analysed sentences of a text."""
    clauses = [match.span() for match in _CLAUSE.finditer(text)]
    return Page(text, sentences or [(0, len(text))], clauses or [(0, len(text))], find(text, compiled))


def find(text: str, compiled: Compiled) -> Found:
    """Return where the words of every slot stand in a text."""
    terms: dict[int, list[Place]] = defaultdict(list)
    for term, start, end in compiled.automaton.find_matches_as_indexes(text, overlapping=True):
        terms[term].append((start, end))
    return Found(terms, compiled)


def without_pseudo(places: Iterable[Place], pseudo: Sequence[Place]) -> list[Place]:
    """Return the places that no longer expression covers; `pseudo` is sorted."""
    if not pseudo:
        return list(places)
    starts = [start for start, _ in pseudo]
    # How far the expressions up to each one reach: a letter may hold thousands.
    reached = [-1, *accumulate((end for _, end in pseudo), max)]
    return [place for place in places if reached[bisect_right(starts, place[0])] < place[1]]


def is_greeting(page: Page, place: Place) -> bool:
    """Tell whether words stand in the salutation of a letter (`尊敬的市委书记：`), which blames nobody."""
    if place[0] > _GREETING:
        return False
    line_end = page.text.find("\n", place[1])
    line = page.text[place[1] : line_end if line_end >= 0 else len(page.text)]
    return bool(re.match(r"[^，。；！？]{0,12}[：:]", line))
