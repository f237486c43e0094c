"""Finds which stretches of a letter stand under a context, such as negation or hearsay, whether or not a rule fires there.

After NegEx (Chapman et al. 2001, J Biomed Inform 34:301) and ConText (Harkema et al. 2009, J Biomed Inform 42:839):
cue words with a direction and a scope that a termination word or a clause mark ends, and pseudo-cues that look like
cues and are none. In Chinese the negation stands before its object and reaches to the clause mark.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xiansuo.domain.suggestion import Context
from xiansuo.domain.text import Interview, Speaker
from xiansuo.rulebook.compile import NOTHING, Compiled, CompiledCue
from xiansuo.rulebook.page import Found, Page, Place, without_pseudo
from xiansuo.rulebook.parties import Blame, is_private
from xiansuo.rulebook.schema import Direction, Reach


@dataclass(frozen=True, slots=True)
class Scope:
    """A stretch `start` ≤ i < `end` under `context`, because of the words at `cue`.

    `words_only` spares combinations of words; where `clause` is given, a hit that stands mostly after it is another statement.
    """

    context: Context
    start: int
    end: int
    cue: Place
    words_only: bool = False
    clause: Place | None = None

    def holds(self, parts: Sequence[Place]) -> bool:
        """Tell whether a hit's words stand under it. A cue that is part of the hit (没有入账) is conduct and changes nothing."""
        if (self.words_only and len(parts) > 1) or any(self._part_of(part) for part in parts):
            return False
        if self.clause is not None and 2 * sum(start >= self.clause[1] for start, _ in parts) > len(parts):
            return False
        return any(start < self.end and self.start < end for start, end in parts)

    def _part_of(self, part: Place) -> bool:
        (start, end), (first, last) = part, self.cue
        if self.context is Context.NEGATED:
            return start < last and first < end
        # 举报我贪 only begins in 贪污, and still tells who speaks.
        return first < last and ((start <= first and last <= end) or (first <= start and end <= last))


def scopes_of(
    page: Page, subject: Found, compiled: Compiled, *, interview: Interview | None, parties: Blame
) -> tuple[Scope, ...]:
    """Return every stretch under a context; they may overlap. A cue heard in the whole letter may stand in its subject line."""
    found = [
        *(scope for cue in compiled.cues_in(page.found.mask) for scope in _cue_scopes(page, cue)),
        *(scope for cue in compiled.cues_in(subject.mask) for scope in _titled(page, subject, cue)),
        *_asked(page, compiled, interview),
        *_private(page, parties),
    ]
    return tuple(found)


def _cue_scopes(page: Page, cue: CompiledCue) -> Iterator[Scope]:
    places = without_pseudo(page.found[cue.terms], page.found[cue.pseudo])
    for place in places:
        region = page.heard(cue.cue.reach, place)
        if _speaks(page, cue, places, region):
            yield from _sides(page, cue, place, region)


def _titled(page: Page, subject: Found, cue: CompiledCue) -> Iterator[Scope]:
    if cue.cue.reach is Reach.LETTER and cue.unless not in page.found and cue.unless not in subject:
        yield Scope(cue.cue.context, 0, len(page.text), (0, 0), cue.cue.words_only)


def _speaks(page: Page, cue: CompiledCue, places: Sequence[Place], region: Place) -> bool:
    least = cue.cue.at_least
    if least > 1 and sum(region[0] <= start < region[1] for start, _ in places) < least:
        return False
    return cue.unless == NOTHING or not page.inside(cue.unless, region)


def _sides(page: Page, cue: CompiledCue, place: Place, region: Place) -> Iterator[Scope]:
    rule, far = cue.cue, len(page.text) if cue.cue.limit is None else cue.cue.limit
    if rule.direction is not Direction.BACKWARD:
        end = min(region[1], place[1] + far + 1)
        stops = page.inside(cue.stops, (place[1], end)) if cue.stops != NOTHING else ()
        clause = region if rule.reach is Reach.CLAUSE else None
        yield Scope(rule.context, place[1], stops[0][0] if stops else end, place, rule.words_only, clause)
    if rule.direction is not Direction.FORWARD:
        start = max(region[0], place[0] - far - 1)
        stops = page.inside(cue.stops, (start, place[0])) if cue.stops != NOTHING else ()
        yield Scope(rule.context, stops[-1][1] if stops else start, place[0], place, rule.words_only)


def _asked(page: Page, compiled: Compiled, interview: Interview | None) -> Iterator[Scope]:
    for turn in interview.turns if interview is not None else ():
        if turn.speaker is Speaker.INTERVIEWER:
            yield Scope(Context.QUESTION, turn.start, turn.end, (turn.start, turn.start))
    for place in page.found[compiled.yes_no]:
        if not page.inside(compiled.rhetorical, page.sentence(place[0])):
            start, end = page.clause(place[0])
            yield Scope(Context.QUESTION, start, end, place)


def _private(page: Page, parties: Blame) -> Iterator[Scope]:
    named = page.clauses if parties.mostly_private else sorted({page.clause(start) for start, _ in parties.private})
    for start, end in named if parties.private else ():
        if is_private(page, parties, ((start, end),)):
            yield Scope(Context.PRIVATE_PARTY, start, end, (start, start))
