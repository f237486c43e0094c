"""Owns which patterns are worth trying on a text: one pass over it finds all words without which one of them cannot match."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

_ALWAYS = 0
# Every pattern enters its words when it is compiled, so that one automaton answers for all of them. Words → the gate's number.
_GATES: dict[frozenset[str], int] = {frozenset(): _ALWAYS}


def pairs(firsts: Iterable[str], seconds: Iterable[str]) -> tuple[str, ...]:
    """Return every first word with every second one behind it."""
    return tuple(first + second for first, second in product(firsts, seconds))


def gate_of(words: Iterable[str]) -> int:
    """Return the number of the gate that is open where one of the words stands; a gate without words is always open."""
    return _GATES.setdefault(frozenset(words), len(_GATES))


def open_gates(text: str) -> frozenset[int]:
    """Return the numbers of all gates that are open for a text."""
    return _opened(text, len(_GATES))


def forget() -> None:
    """Forget the texts that were asked about last."""
    _opened.cache_clear()


@dataclass(frozen=True, slots=True)
class Gated:
    """A pattern that can match only where one of its words stands."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]
    gate: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gate", gate_of(self.words))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches."""
        return self.pattern.finditer(text) if self.gate in open_gates(text) else iter(())


class _Index(NamedTuple):
    """The automaton of all longer words with the gates that each opens, and the gates that single signs open."""

    scan: AhoCorasick
    gates: tuple[frozenset[int], ...]
    signs: dict[str, frozenset[int]]
    sought: frozenset[str]


# The few texts of one letter are asked about more than a hundred times each.
@lru_cache(maxsize=4)
def _opened(text: str, entered: int) -> frozenset[int]:
    index = _indexed(entered)
    words = {at for at, _, _ in index.scan.find_matches_as_indexes(text, overlapping=True)}
    signs = index.sought.intersection(text)
    return frozenset((_ALWAYS,)).union(*[index.gates[at] for at in words], *[index.signs[sign] for sign in signs])


@lru_cache(maxsize=1)
def _indexed(entered: int) -> _Index:
    by_word: dict[str, set[int]] = {}
    for words, number in tuple(_GATES.items())[:entered]:
        for word in words:
            by_word.setdefault(word, set()).add(number)
    gates = {word: frozenset(numbers) for word, numbers in sorted(by_word.items())}
    longer = [word for word in gates if len(word) > 1]
    signs = {word: gates[word] for word in gates if len(word) == 1}
    return _Index(AhoCorasick(longer), tuple(gates[word] for word in longer), signs, frozenset(signs))
