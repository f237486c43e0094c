"""Owns which words mark confirmed letters that no rule caught: phrases of ordinary words, without names, places and numbers, and how telling they are."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module

from ahocorasick_rs import AhoCorasick

from xiansuo.domain.spans import Span

FEWEST_CLUES = 3
"""What stands in fewer clues could tell one of them, and is never shown."""
MOST = 20
_LONGEST = 8
_WORDS = 3
_SHORTEST = 2
_CERTAIN = 0.05
"""By chance a phrase would stand in so many confirmed letters with this probability or more: then it says nothing."""
RARE = 0.03
"""A phrase in more of the clues decided out of scope than this share is an ordinary one, however telling it looks."""
_PRIOR = 0.1
"""The weight of the prior, in shares of all phrases counted; more trusts rare phrases less (Monroe, Colaresi & Quinn 2008)."""
_MASK = re.compile(r"〔[^〕]*〕")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_PROPER = ("nr", "ns", "nt", "nz", "m", "mq", "t")
_AT_NO_END = frozenset(
    "的了是在和与就都也还把被给向对从到我你他她它们这那有没不很又再而及或之其个上下中里外等让叫使为以于并且将会能可要说"
)


@dataclass(frozen=True, slots=True)
class Told:
    """The phrases of one decided clue, and how much its decision counts."""

    clue: int
    phrases: frozenset[str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Mined:
    """A phrase, the confirmed clues that no rule caught and the clues decided out of scope in which it stands, and how telling it is (z)."""

    words: str
    confirmed: tuple[int, ...]
    outside: tuple[int, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How letters are cut into phrases: `cut` gives words, `names` are strings no phrase may hold or be part of, `surnames` single characters.

    `parts` are all pieces of names as long as a phrase may be, `finder` finds names.
    """

    cut: Callable[[str], Sequence[str]]
    surnames: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    finder: AhoCorasick | None = field(default=None, repr=False)

    def hiding(self, names: Iterable[str]) -> "Phrasing":
        """Return the same, with names that no phrase may hold or be part of."""
        known = frozenset(name for name in names if len(name) >= _SHORTEST)
        parts = frozenset(piece for name in known for piece in _pieces(name))
        return replace(self, names=known, parts=parts, finder=AhoCorasick(sorted(known)) if known else None)

    def phrases(self, text: str, *, within: Sequence[Span] = (), without: Collection[Span] = ()) -> frozenset[str]:
        """Return the phrases of up to three words of a text inside the spans `within`, by default all of it, and outside `without`."""
        found: set[str] = set()
        named = self.finder.find_matches_as_indexes(text, overlapping=True) if self.finder else ()
        without = [*without, *(Span(start, end) for _, start, end in named)]
        for stretch in within or (Span(0, len(text)),):
            for run in _runs(text, stretch, without):
                found.update(self._of_run(run))
        return frozenset(found)

    def _of_run(self, run: str) -> Iterator[str]:
        words = self.cut(run)
        for start in range(len(words)):
            for end in range(start + 1, min(start + _WORDS, len(words)) + 1):
                part = words[start:end]
                phrase = "".join(part)
                if _SHORTEST <= len(phrase) <= _LONGEST and self._is_plain(part) and phrase not in self.parts:
                    yield phrase

    def _is_plain(self, words: Sequence[str]) -> bool:
        ends = words[0] not in _AT_NO_END and words[-1] not in _AT_NO_END
        return ends and not any(word in self.surnames or is_proper(word) for word in words)


def _pieces(text: str) -> Iterator[str]:
    """Yield all pieces of a text that are as long as a phrase may be."""
    for start in range(len(text)):
        for end in range(start + _SHORTEST, min(start + _LONGEST, len(text)) + 1):
            yield text[start:end]


@lru_cache(maxsize=65536)
def is_proper(word: str) -> bool:
    """Tell whether the dictionary has a word as the name of a person, place, body or brand, as a number or as a time."""
    return any(tag.startswith(_PROPER) for _, tag in _tag(word))


@lru_cache(maxsize=1)
def _tagger() -> Callable[[str, bool], list[tuple[str, str]]]:
    tag: Callable[[str, bool], list[tuple[str, str]]] = import_module("rjieba").tag
    return tag


def _tag(word: str) -> list[tuple[str, str]]:
    return _tagger()(word, False)


def _runs(text: str, stretch: Span, without: Collection[Span]) -> Iterator[str]:
    """Yield the runs of Chinese characters of a stretch, cut where something is left out."""
    cut = [*without, *(Span(*found.span()) for found in _MASK.finditer(text))]
    characters = [
        "\n" if any(one.start <= place < one.end for one in cut) else text[place]
        for place in range(stretch.start, min(stretch.end, len(text)))
    ]
    yield from (found.group() for found in _HAN.finditer("".join(characters)))


def mine(
    uncaught: Sequence[Told],
    outside: Sequence[Told],
    authored: Sequence[frozenset[str]] = (),
    *,
    known: Collection[str] = (),
) -> list[Mined]:
    """Return the most telling phrases of confirmed clues that no rule of their category caught, best first.

    They are compared with clues decided out of scope and with `authored` letters without the category: log-odds ratio with an
    informative Dirichlet prior (Monroe, Colaresi & Quinn 2008), and Fisher's exact test (1922). `known` words stand in rules already.
    """
    from scipy.stats import hypergeom  # noqa: PLC0415 - slow to import, and most processes never ask this

    inside, other = _where(uncaught), _where(outside)
    against = Counter(phrase for phrases in authored for phrase in phrases if phrase in inside)
    strengths = _strengths(uncaught, outside, authored)
    size = len(uncaught) + len(outside) + len(authored)
    found = []
    for phrase, clues in inside.items():
        there = len(other.get(phrase, ())) + against[phrase]
        chance = hypergeom.sf(len(clues) - 1, size, len(clues) + there, len(uncaught)) if len(clues) > 2 else 1.0
        rare = len(other.get(phrase, ())) <= RARE * len(outside)
        if len(clues) >= FEWEST_CLUES and rare and chance < _CERTAIN and not any(word in phrase for word in known):
            found.append(Mined(phrase, tuple(clues), tuple(other.get(phrase, ())), strengths[phrase]))
    found.sort(key=lambda one: (-one.strength, -len(one.words), one.words))
    return _apart(found)[:MOST]


def _where(told: Sequence[Told]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for one in told:
        for phrase in one.phrases:
            found[phrase].append(one.clue)
    return found


def _strengths(
    uncaught: Sequence[Told], outside: Sequence[Told], authored: Iterable[frozenset[str]]
) -> Mapping[str, float]:
    here, there = Counter[str](), Counter[str]()
    for one in uncaught:
        here.update(dict.fromkeys(one.phrases, one.weight))
    for other in outside:
        there.update(dict.fromkeys(other.phrases, other.weight))
    for phrases in authored:
        there.update(phrases)
    total_here, total_there = sum(here.values()), sum(there.values())
    prior = _PRIOR * (total_here + total_there)
    share = {phrase: (count + there[phrase]) / (total_here + total_there) for phrase, count in here.items()}
    return {
        phrase: _z((count, total_here), (there[phrase], total_there), prior * share[phrase], prior)
        for phrase, count in here.items()
    }


def _z(here: tuple[float, float], there: tuple[float, float], own: float, prior: float) -> float:
    """Return the log-odds ratio of a phrase over its standard deviation, smoothed by `own` of `prior` imagined phrases."""
    odds = [math.log((count + own) / (total + prior - count - own)) for count, total in ((here[0], here[1]), there)]
    return (odds[0] - odds[1]) / math.sqrt(1 / (here[0] + own) + 1 / (there[0] + own))


def _apart(found: Sequence[Mined]) -> list[Mined]:
    """Leave out a phrase that holds, or is part of, a better one and stands in nearly no other clue."""
    kept: list[Mined] = []
    for one in found:
        if not any(_repeats(one, better) for better in kept):
            kept.append(one)
    return kept


def _repeats(one: Mined, better: Mined) -> bool:
    nested = one.words in better.words or better.words in one.words
    return nested and len(set(one.confirmed) - set(better.confirmed)) < FEWEST_CLUES
