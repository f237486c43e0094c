"""Owns which earlier letters a letter belongs to: copies by wording, the same matter by facts. It never looks at writers."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from xiansuo.domain.suggestion import Facts, Link, Relation
from xiansuo.triage.facts import PARTIAL
from xiansuo.triage.matter import ENOUGH, KINDRED, NEARLY, agreement, contradicts, new_facts
from xiansuo.triage.sketch import Shingles, plain, shared, shingles
from xiansuo.triage.traits import traits

CONTAINED = 0.5
"""From this share of common 3-grams on, the wording is the same."""
_WORTH_A_LOOK = 0.25
"""A candidate whose sketch promises less is not verified."""
_MAIN_SHARE = 0.25
"""A bundled letter whose smaller part is an earlier letter has a main matter of its own."""
_LOPSIDED = 0.25
_FEW_GRAMS = 24
"""Two lines share their 3-grams with many letters; only nearly the same two lines are a copy."""
_FEW_CONTAINED = 0.8
_CERTAIN = 0.9
"""Wording this equal is a copy even where the facts seem to differ, as misread names do."""
_MOST_KEYS = 128
_OTHERS = 0.4
_MOST_OF_ONE = 5.7
"""However well one letter fits, it does not outvote others that do not fit at all."""
_TALKATIVE = 40
_MOST_MEMBERS = 8
MOST_TOLD = 50
"""What a letter adds is told against so many letters of its clue, the first; a clue of thousands is not read whole for each."""
Members = Callable[[str], Sequence[Facts]]
Wordings = Callable[[Sequence["Linkable"]], Sequence[str]]
_VILLAGE = re.compile(r"(?<=..)(?:村|社区)$")
_TITLED = ("书记", "主任", "长", "会计", "出纳")


@dataclass(frozen=True, slots=True)
class Linkable:
    """A letter as linking sees it: normalised masked text where it is at hand, sketch and facts, and the letter its clue is named after."""

    id: str
    text: str = field(repr=False)
    sketch: tuple[int, ...] = field(repr=False)
    facts: Facts = field(default_factory=Facts, repr=False)
    message_key: str = field(default="", repr=False)
    received: date | None = None
    main: str = ""

    @property
    def clue(self) -> str:
        """The main letter of its clue, itself where it opened one."""
        return self.main or self.id


@dataclass(frozen=True, slots=True)
class _Overlap:
    earlier: Linkable
    of_earlier: float
    of_letter: float
    same: bool = False

    @property
    def most(self) -> float:
        return max(self.of_earlier, self.of_letter)


def texts_of(letters: Sequence[Linkable]) -> list[str]:
    """Return the texts of letters that have them at hand."""
    return [one.text for one in letters]


def link(letter: Linkable, candidates: Sequence[Linkable], members: Members, wordings: Wordings = texts_of) -> Link:
    """Return where a letter belongs among earlier letters, given in the order they came in.

    `members` returns the facts of a clue's first letters, in that order, at least `MOST_TOLD` where it has so many; `wordings` reads
    texts, all that are needed at once, and only where sketches promise the same wording. Wording decides before facts; nothing found
    opens a new clue. The answer depends on the candidates and their clues alone.
    """
    overlaps = _overlaps(letter, candidates, wordings)
    found = _copy(letter, candidates, overlaps) or _same_matter(letter, candidates, members)
    main, relation = found or (letter.id, Relation.ORIGINAL)
    touched = [overlap.earlier.clue for overlap in overlaps if overlap.of_earlier >= CONTAINED]
    also = tuple(clue for clue in dict.fromkeys(touched) if clue != main)
    return Link(letter.id, main, relation, also, new_facts(letter.facts, members(main)[:MOST_TOLD]) if found else ())


@lru_cache(maxsize=4096)
def candidate_keys(facts: Facts) -> tuple[int, ...]:
    """Return signed 64-bit keys of fact pairs under which letters on the same matter meet in the index of sketches."""
    return tuple(_key(pair) for pair in list(dict.fromkeys(_pairs(facts)))[:_MOST_KEYS])


def message_keys(message_key: str) -> tuple[int, ...]:
    """Return the index key of a Message-ID, none for an empty one."""
    return (_key(f"message {message_key}"),) if message_key else ()


def _pairs(facts: Facts) -> Iterator[str]:
    """Yield names, then names at places and units, then sums there: the most telling first, as their number is limited."""
    yield from sorted(facts.names | facts.strange)
    yield from sorted(facts.rare)
    people = sorted(name for name in facts.respondents if "某" not in name)
    # A writer drops 村 or 社区 from a name as he likes.
    wheres = sorted({*(_VILLAGE.sub("", place) for place in facts.places), *facts.units})
    yield from (
        name for name in people if len(name) > 2 and not name.startswith(PARTIAL) and not name.endswith(_TITLED)
    )
    surnames = sorted({name[1] if name[0] in "老小" else name[0] for name in people if not name.startswith(PARTIAL)})
    yield from wheres
    yield from (f"{person} {where}" for where in wheres for person in (*people, *surnames))
    yield from (f"{where} {amount}" for where in wheres for amount in sorted(facts.sums))


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _overlaps(letter: Linkable, candidates: Sequence[Linkable], wordings: Wordings) -> list[_Overlap]:
    """Return the candidates whose wording is contained in the letter's or contains it, best first."""
    own = frozenset(letter.sketch)
    promising = [one for one in candidates if _promises(own, one.sketch)]
    if not promising:
        return []
    own_text, *texts = wordings((letter, *promising))
    grams = shingles(own_text)
    verified = [_verify(own_text, grams, text, one) for text, one in zip(texts, promising, strict=True)]
    real = [overlap for overlap in verified if overlap.same or overlap.most >= _bar(overlap, letter, grams)]
    return sorted(
        real, key=lambda overlap: (not overlap.same, -overlap.most, -min(overlap.of_earlier, overlap.of_letter))
    )


def _promises(own: frozenset[int], other: Sequence[int]) -> bool:
    smaller = min(len(own), len(other))
    return smaller > 0 and len(own.intersection(other)) >= _WORTH_A_LOOK * smaller


def _verify(own_text: str, grams: Shingles, text: str, earlier: Linkable) -> _Overlap:
    others = shingles(text)
    common = shared(grams, others)
    of_earlier, of_letter = common / max(1, len(others)), common / max(1, len(grams))
    same = of_earlier == of_letter == 1.0 and plain(own_text) == plain(text)
    return _Overlap(earlier, of_earlier, of_letter, same)


def _bar(overlap: _Overlap, letter: Linkable, grams: Shingles) -> float:
    if overlap.most < CONTAINED:
        return CONTAINED
    smaller = min(len(grams), round(overlap.of_letter * len(grams) / max(overlap.of_earlier, 1e-9)))
    if smaller < _FEW_GRAMS:
        return _FEW_CONTAINED
    # The same form filled in for another village is another matter.
    return _CERTAIN if contradicts(letter.facts, overlap.earlier.facts) else CONTAINED


def _copy(
    letter: Linkable, candidates: Sequence[Linkable], overlaps: Sequence[_Overlap]
) -> tuple[str, Relation] | None:
    for one in candidates:
        if letter.message_key and one.message_key == letter.message_key:
            return one.clue, Relation.COPY
    if not overlaps:
        return None
    best = overlaps[0]
    if best.same:
        return best.earlier.clue, Relation.COPY
    whole = [overlap for overlap in overlaps if overlap.of_letter >= CONTAINED]
    if whole:
        return whole[0].earlier.clue, _relation(whole[0])
    largest = max(overlaps, key=lambda overlap: overlap.of_letter)
    return (largest.earlier.clue, Relation.BUNDLED) if largest.of_letter >= _MAIN_SHARE else None


def _relation(overlap: _Overlap) -> Relation:
    if overlap.of_letter - overlap.of_earlier > _LOPSIDED:
        return Relation.CONTAINED
    return Relation.BUNDLED if overlap.of_earlier - overlap.of_letter > _LOPSIDED else Relation.NEAR_COPY


def _same_matter(letter: Linkable, candidates: Sequence[Linkable], members: Members) -> tuple[str, Relation] | None:
    """Return the clue whose letters, taken together, tell the same matter.

    One letter that fits is not enough where the others of its clue do not: two matters that one letter touches must not
    become one through it. Letters that fit as well make up for what a short one leaves out.
    """
    best: dict[str, float] = {}
    for one in candidates:
        best[one.clue] = max(best.get(one.clue, 0.0), agreement(letter.facts, one.facts))
    told = {clue: _with_others(letter.facts, most, members(clue)) for clue, most in best.items() if most >= NEARLY}
    found = max(told, key=lambda clue: told[clue], default=None)
    return (found, Relation.SAME_MATTER) if found is not None and told[found] >= ENOUGH else None


def _with_others(facts: Facts, most: float, members: Sequence[Facts]) -> float:
    """Return the best agreement, moved by how the clue's other letters agree; letters of few words have no voice."""
    agreements = ((agreement(facts, one), one) for one in members[:_MOST_MEMBERS])
    heard = [found for found, one in agreements if found >= ENOUGH or len(traits(one).terms) >= _TALKATIVE]
    if len(traits(facts).terms) < _TALKATIVE or not heard[1:]:
        return most
    others = (sum(heard) - max(heard)) / (len(heard) - 1)
    return min(_MOST_OF_ONE, most) + _OTHERS * (others - KINDRED)
