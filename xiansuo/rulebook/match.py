"""Reads a document with the rule books: which rules fire, where, and in what context."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Cue, CueKind, Reading, RuleHit
from xiansuo.domain.text import Document
from xiansuo.rulebook.answers import adopted
from xiansuo.rulebook.compile import NOTHING, Compiled, CompiledPattern, slots_of
from xiansuo.rulebook.context import Scene, contexts_of, scene
from xiansuo.rulebook.destinations import Destinations
from xiansuo.rulebook.page import Page, Place, lay_out
from xiansuo.rulebook.schema import Rule
from xiansuo.rulebook.scopes import Scope
from xiansuo.text.variants import canonical


@dataclass(frozen=True, slots=True)
class RuleBooks:
    """Compiled rule books and where letters outside them could go; `version` is the SHA-256 over what the files say."""

    compiled: Compiled
    destinations: Destinations
    version: str

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in file order."""
        return self.compiled.rules

    def read(self, document: Document) -> Reading:
        """Return the rule hits with their contexts and the cues of one document.

        Misspellings are corrected for matching only, character for character. A hit's `span` covers the words that matched, its `clause` the clauses they stand in. An answer that affirms
        what its question names yields that question's hits, placed on the answer.
        """
        page = lay_out(canonical(document.text), document.sentences, self.compiled)
        if not page.found.mask:
            return Reading((), ())
        setting = scene(page, document, self.compiled)
        hits = _unique(_hit(setting, match) for match in matches(page, self.compiled))
        hits += adopted(page, self.compiled, setting.replies, hits)
        scopes = tuple(
            (Span(one.start, one.end), frozenset({one.context})) for one in sorted(setting.scopes, key=_place)
        )
        return Reading(tuple(sorted(hits, key=_reading_order)), tuple(_cues(page, self.compiled, hits)), scopes)


def _place(scope: Scope) -> Place:
    return scope.start, scope.end


def _reading_order(hit: RuleHit) -> tuple[int, int, str]:
    return hit.span.start, hit.span.end, hit.rule


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern that fits: the places of its slots, sorted."""

    pattern: CompiledPattern
    parts: tuple[Place, ...]

    @property
    def place(self) -> Place:
        """From the first to the last word."""
        return self.parts[0][0], max(end for _, end in self.parts)


def matches(page: Page, compiled: Compiled) -> Iterator[Match]:
    """Find all patterns that fit, at most one match per pattern and stretch."""
    mask = page.found.mask
    for pivot in slots_of(mask & compiled.pivots):
        for pattern in compiled.patterns[pivot]:
            if pattern.mask & mask == pattern.mask:
                yield from _fits(pattern, page)


def _fits(pattern: CompiledPattern, page: Page) -> Iterator[Match]:
    if len(pattern.slots) == 1 and pattern.without == NOTHING and pattern.expression is None:
        yield from (Match(pattern, (place,)) for place in _longest(page.found[pattern.pivot]))
        return
    tried: set[Place] = set()
    for place in page.found[pattern.pivot]:
        for unit in page.units(pattern.within, place[0]):
            if unit not in tried:
                tried.add(unit)
                yield from _fit(pattern, page, unit)


def _fit(pattern: CompiledPattern, page: Page, unit: Place) -> Iterator[Match]:
    lists = [page.inside(slot, unit) for slot in pattern.slots]
    if not all(lists) or (pattern.without != NOTHING and page.inside(pattern.without, unit)):
        return
    if pattern.expression is not None and pattern.expression.search(page.text, *unit) is None:
        return
    parts = _tightest(lists, pattern)
    if parts is not None:
        yield Match(pattern, parts)


def _longest(places: Sequence[Place]) -> Iterator[Place]:
    reached = -1
    for place in sorted(places, key=lambda place: (place[0], -place[1])):
        if place[1] > reached:
            yield place
            reached = place[1]


def _tightest(lists: Sequence[Sequence[Place]], pattern: CompiledPattern) -> tuple[Place, ...] | None:
    best: tuple[Place, ...] | None = None
    for first in lists[0]:
        parts = _chain(first, lists[1:], pattern.gap) if pattern.ordered else _gather(first, lists[1:], pattern.gap)
        if parts is not None and (best is None or _width(parts) < _width(best)):
            best = parts
    return best


def _width(parts: Sequence[Place]) -> int:
    return max(end for _, end in parts) - parts[0][0]


def _chain(first: Place, rest: Iterable[Sequence[Place]], gap: int) -> tuple[Place, ...] | None:
    parts = [first]
    for places in rest:
        end = parts[-1][1]
        following = next((place for place in places if end <= place[0] <= end + gap), None)
        if following is None:
            return None
        parts.append(following)
    return tuple(parts)


def _gather(first: Place, rest: Iterable[Sequence[Place]], gap: int) -> tuple[Place, ...] | None:
    parts = [first]
    for places in rest:
        free = [place for place in places if not any(place[0] < end and start < place[1] for start, end in parts)]
        if not free:
            return None
        parts.append(min(free, key=lambda place: abs(place[0] - first[0])))
    parts.sort()
    wide = any(after[0] - before[1] > gap for before, after in pairwise(parts))
    return None if wide else tuple(parts)


def _hit(setting: Scene, match: Match) -> RuleHit:
    rule = match.pattern.rule
    return RuleHit(
        rule=rule.id,
        category=rule.category,
        subtype=rule.subtype,
        span=Span(*match.place),
        clause=setting.page.clauses_of(match.place),
        weight=rule.weight,
        sentence=rule.sentence,
        contexts=contexts_of(setting, rule, match.parts),
    )


def _unique(hits: Iterable[RuleHit]) -> list[RuleHit]:
    """Keep one hit per rule and clause: the one that counts, then the shortest."""
    kept: dict[tuple[str, Span], RuleHit] = {}
    for hit in hits:
        other = kept.get((hit.rule, hit.clause))
        if other is None or (not hit.counts, hit.span.end - hit.span.start) < (
            not other.counts,
            other.span.end - other.span.start,
        ):
            kept[hit.rule, hit.clause] = hit
    return list(kept.values())


def _cues(page: Page, compiled: Compiled, hits: Sequence[RuleHit]) -> Iterator[Cue]:
    for slot, kind in compiled.signals.items():
        if slot in page.found:
            yield from (Cue(kind, Span(*place)) for place in _longest(page.found[slot]))
    conduct = {hit.clause for hit in hits if hit.counts and hit.rule not in compiled.words_only}
    yield from (Cue(CueKind.CONDUCT, clause) for clause in sorted(conduct))


def categories(reading: Reading, *, least: float = 0.0) -> frozenset[Category]:
    """Return the categories whose counting hits weigh at least `least` together."""
    weights: dict[Category, float] = {}
    for hit in reading.hits:
        if hit.counts:
            weights[hit.category] = weights.get(hit.category, 0.0) + hit.weight
    return frozenset(category for category, weight in weights.items() if weight >= least)
