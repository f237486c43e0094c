"""Turns rule books into one Aho-Corasick automaton and lists of patterns by the word set that is rarest in them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from xiansuo.domain.suggestion import CueKind
from xiansuo.rulebook.schema import Book, ContextBook, CueRule, Pattern, Rule, Topic, Within


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """A pattern with its slots as numbers. `mask` has one bit per slot; `pivot` is the slot least often seen."""

    rule: Rule
    slots: tuple[int, ...]
    pivot: int
    mask: int
    within: Within
    ordered: bool
    gap: int
    without: int
    expression: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class CompiledCue:
    """A cue with its word sets as slot numbers; -1 where the set is empty."""

    cue: CueRule
    terms: int
    stops: int
    pseudo: int
    unless: int


@dataclass(frozen=True, slots=True)
class Parties:
    """The slots that name who could be blamed or complained to."""

    public: int
    private: int
    arbiters: int
    receiving: int
    pseudo: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """Everything that reading a letter needs.

    `slot_terms[i]` are the numbers of the terms of slot i; `term_masks[i]` has a bit for every slot in which term i
    stands, `pivots` one for every slot by which patterns are found, `cue_slots` one for every slot of a cue's terms.
    """

    books: tuple[Book, ...]
    context: ContextBook
    automaton: AhoCorasick
    slot_terms: tuple[tuple[int, ...], ...]
    term_masks: tuple[int, ...]
    pivots: int
    patterns: Mapping[int, tuple[CompiledPattern, ...]]
    cues: tuple[CompiledCue, ...]
    cue_slots: int
    signals: Mapping[int, CueKind]
    topics: Mapping[int, Topic]
    parties: Parties
    words_only: frozenset[str]
    yes_no: int
    rhetorical: int

    def cues_in(self, mask: int) -> list[CompiledCue]:
        """Return the cues, in file order, of whose terms one was found, by the mask of all slots found; most letters have few."""
        heard = set(slots_of(mask & self.cue_slots))
        return [cue for cue in self.cues if cue.terms in heard] if heard else []

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of all books, in file order."""
        return tuple(rule for book in self.books for rule in book.rules)


NOTHING = -1


def slots_of(mask: int) -> Iterator[int]:
    """Yield the slots whose bits a mask has."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


_ANY_GAP = 1_000_000


class _Slots:
    """Numbers word sets; equal sets get the same number, so that a shared group is looked for once."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[str], int] = {}

    def number(self, terms: frozenset[str]) -> int:
        if not terms:
            return NOTHING
        return self._numbers.setdefault(terms, len(self._numbers))

    def listed(self) -> tuple[list[str], tuple[tuple[int, ...], ...]]:
        """Return all terms and, per slot, the numbers of its terms among them."""
        terms = sorted(frozenset[str]().union(*self._numbers))
        numbers = {term: number for number, term in enumerate(terms)}
        return terms, tuple(tuple(sorted(numbers[term] for term in slot)) for slot in self._numbers)


def compile_books(books: tuple[Book, ...], context: ContextBook) -> Compiled:
    """Compile rule books and the context book together; pure and deterministic."""
    slots = _Slots()
    patterns = [_pattern(rule, pattern, slots) for book in books for rule in book.rules for pattern in rule.patterns]
    cues = tuple(_cue(cue, slots) for cue in context.cues)
    signals = {slots.number(terms): kind for kind, terms in context.signals.items() if terms}
    topics = {slots.number(topic.terms): topic for topic in context.answers.topics}
    words = context.parties
    parties = Parties(
        slots.number(words.public),
        slots.number(words.private),
        slots.number(words.arbiters),
        slots.number(words.receiving),
        slots.number(words.pseudo),
    )
    yes_no, rhetorical = slots.number(context.yes_no), slots.number(context.rhetorical)
    terms, slot_terms = slots.listed()
    by_pivot = _by_pivot(patterns)
    return Compiled(
        books=books,
        context=context,
        automaton=AhoCorasick(terms),
        slot_terms=slot_terms,
        term_masks=_term_masks(len(terms), slot_terms),
        pivots=_mask(by_pivot),
        patterns=by_pivot,
        cues=cues,
        cue_slots=_mask(cue.terms for cue in cues if cue.terms != NOTHING),
        signals=signals,
        topics=topics,
        parties=parties,
        words_only=frozenset(rule.id for book in books for rule in book.rules if rule.words_only),
        yes_no=yes_no,
        rhetorical=rhetorical,
    )


def _pattern(rule: Rule, pattern: Pattern, slots: _Slots) -> CompiledPattern:
    numbers = tuple(slots.number(terms) for terms in pattern.slots)
    pivot = min(range(len(numbers)), key=lambda place: (_commonness(pattern.slots[place]), place))
    return CompiledPattern(
        rule=rule,
        slots=numbers,
        pivot=numbers[pivot],
        mask=_mask(numbers),
        within=pattern.within,
        ordered=pattern.ordered,
        gap=_ANY_GAP if pattern.gap is None else pattern.gap,
        without=slots.number(pattern.without),
        expression=re.compile(pattern.expression) if pattern.expression else None,
    )


def _commonness(terms: Iterable[str]) -> float:
    """Guess how often a set of words is seen: each further character makes a term some twenty times rarer."""
    return sum(20.0 ** -len(term) for term in terms)


def _mask(numbers: Iterable[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def _term_masks(count: int, slot_terms: Sequence[Sequence[int]]) -> tuple[int, ...]:
    masks = [0] * count
    for slot, terms in enumerate(slot_terms):
        for term in terms:
            masks[term] |= 1 << slot
    return tuple(masks)


def _cue(cue: CueRule, slots: _Slots) -> CompiledCue:
    return CompiledCue(
        cue, slots.number(cue.terms), slots.number(cue.stops), slots.number(cue.pseudo), slots.number(cue.unless)
    )


def _by_pivot(patterns: Iterable[CompiledPattern]) -> dict[int, tuple[CompiledPattern, ...]]:
    lists: dict[int, list[CompiledPattern]] = defaultdict(list)
    for pattern in patterns:
        lists[pattern.pivot].append(pattern)
    return {pivot: tuple(listed) for pivot, listed in lists.items()}
