"""Owns the look-up of earlier letters worth comparing, and the same in memory for commands that store nothing."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TypeVar

from xiansuo.domain.suggestion import Facts, Link
from xiansuo.triage.link import MOST_TOLD, Linkable, candidate_keys, link, message_keys

MOST_POSTINGS = 25
"""A key shared by more letters than this says nothing about any of them and is ignored, which bounds the cost of a letter."""
MOST_CANDIDATES = 12
_MOST_BY_FACTS = 6
"""The letters that share most telling words; the same matter is hardly ever told by a letter further down."""
_MOST_LOOKED_AT = 250
"""So many entries are counted for one letter, those of the rarest keys; more would cost time and tell little."""
HELD = 0.8
"""A letter of whose sketch an earlier one holds this share is found through that one; it stays out of the index, so that a
thousand copies of a form letter do not make their own words too common to be looked up."""
_LEAST_SHARED = 2
_LEAST_SHARE = 0.15

Id = TypeVar("Id", bound=Hashable)


def keys(letter: Linkable) -> tuple[int, ...]:
    """Return every key under which a letter stands in the index: sketch, fact pairs, Message-ID."""
    return (*letter.sketch, *fact_keys(letter))


def is_held(letter: Linkable, candidates: Iterable[Linkable]) -> bool:
    """Tell whether one of the earlier letters stands for this one in the index."""
    own = frozenset(letter.sketch)
    return bool(own) and any(len(own.intersection(one.sketch)) >= HELD * len(own) for one in candidates)


def choose(letter: Linkable, postings: Mapping[int, Sequence[Id]], sizes: Mapping[Id, int]) -> tuple[Id, ...]:
    """Return the ids of the letters worth comparing, at most a dozen by wording and half a dozen by facts.

    `postings` lists the earlier letters under each key, `sizes` the lengths of the sketches of those under two keys of the letter's
    sketch at least. Keys shared by more than `MOST_POSTINGS` letters are ignored.
    """
    worded, counted = _shared(letter.sketch, postings)
    facts, _ = _shared(fact_keys(letter), postings)
    # Ties stay in the order of the keys and of intake, which is the same in memory and in a database.
    ratio = {one: count / max(1, min(counted, sizes[one])) for one, count in worded.items() if count >= _LEAST_SHARED}
    close = [one for one in ratio if ratio[one] >= _LEAST_SHARE]
    by_wording = sorted(close, key=ratio.__getitem__, reverse=True)[:MOST_CANDIDATES]
    by_facts = sorted(facts, key=facts.__getitem__, reverse=True)[:_MOST_BY_FACTS]
    return tuple(dict.fromkeys((*by_wording, *by_facts)))


def worded_alike(letter: Linkable, postings: Mapping[int, Sequence[Id]]) -> list[Id]:
    """Return the letters under so many keys of the letter's sketch that `choose` may ask for their size."""
    few = (ids for key in letter.sketch if 0 < len(ids := postings.get(key, ())) <= MOST_POSTINGS)
    return [one for one, count in Counter(chain.from_iterable(few)).items() if count >= _LEAST_SHARED]


def fact_keys(letter: Linkable) -> tuple[int, ...]:
    """Return the keys under which a letter stands for its facts and its Message-ID."""
    return (*candidate_keys(letter.facts), *message_keys(letter.message_key))


def _shared(own: Iterable[int], postings: Mapping[int, Sequence[Id]]) -> tuple[Counter[Id], int]:
    """Count the keys shared with each letter, rarest first, and how many keys were looked at before the limit."""
    known = sorted((len(ids), key) for key in own if 0 < len(ids := postings.get(key, ())) <= MOST_POSTINGS)
    told: list[Sequence[Id]] = []
    seen = 0
    for length, key in known:
        if seen + length > _MOST_LOOKED_AT:
            break
        told.append(postings[key])
        seen += length
    return Counter(chain.from_iterable(told)), len(told)


@dataclass(slots=True)
class LinkIndex:
    """Earlier letters in memory. Letters are added in the order in which they are linked."""

    _letters: dict[str, Linkable] = field(default_factory=dict)
    _order: dict[str, int] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)
    _postings: dict[int, list[str]] = field(default_factory=dict)
    _clues: dict[str, list[str]] = field(default_factory=dict)

    def add(self, letter: Linkable, *, held: bool = False) -> None:
        """Put a letter, with its clue, into the index; one that is `held` by an earlier one is only known by its id."""
        self._order[letter.id] = len(self._order)
        self._letters[letter.id] = letter
        self._sizes[letter.id] = len(letter.sketch)
        self._clues.setdefault(letter.clue, []).append(letter.id)
        for key in () if held else keys(letter):
            ids = self._postings.setdefault(key, [])
            # One more than the limit marks the key as too common; more need not be kept.
            if len(ids) <= MOST_POSTINGS:
                ids.append(letter.id)

    def candidates(self, letter: Linkable) -> tuple[Linkable, ...]:
        """Return the letters worth comparing, in the order they came in."""
        chosen = choose(letter, self._postings, self._sizes)
        return tuple(self._letters[one] for one in sorted(chosen, key=self._order.__getitem__))

    def link(self, letter: Linkable) -> Link:
        """Link a letter to the earlier ones and add it; `adds` compares with every letter of its clue."""
        candidates = self.candidates(letter)
        found = link(letter, candidates, self.members)
        self.add(replace(letter, main=found.main), held=is_held(letter, candidates))
        return found

    def members(self, clue: str) -> list[Facts]:
        """Return the facts of a clue's first letters."""
        return [self._letters[one].facts for one in self._clues.get(clue, ())[:MOST_TOLD]]
