"""Decides what surrounds a hit, such as negation, hearsay, a question, a quotation, another place or a private party.

After NegEx (Chapman et al. 2001, J Biomed Inform 34:301) and ConText (Harkema et al. 2009, J Biomed Inform 42:839):
cue words with a direction and a scope that a termination word or a clause mark ends, and pseudo-cues that look like
cues and are none. In Chinese the negation stands before its object and reaches to the clause mark; a negation that is
part of the rule's own words (没有入账) is conduct and negates nothing.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xiansuo.domain.suggestion import Context
from xiansuo.domain.text import Document, Interview, Speaker, Turn
from xiansuo.rulebook.compile import NOTHING, Compiled, CompiledCue
from xiansuo.rulebook.page import Page, Place
from xiansuo.rulebook.parties import Blame, blame, is_private
from xiansuo.rulebook.schema import Direction, Reach, Rule


@dataclass(frozen=True, slots=True)
class Scene:
    """A laid-out letter with the cues that stand in it, its speakers and the parties it names."""

    page: Page
    compiled: Compiled
    cues: tuple[tuple[CompiledCue, tuple[Place, ...]], ...]
    interview: Interview | None
    blame: Blame


def scene(page: Page, document: Document, compiled: Compiled) -> Scene:
    """Gather once per letter what every hit is judged by."""
    cues = tuple((cue, places) for cue in compiled.cues if (places := _cue_places(page, cue)))
    return Scene(page, compiled, cues, document.interview, blame(page, document.subject, compiled))


def _cue_places(page: Page, cue: CompiledCue) -> tuple[Place, ...]:
    places = page.found.get(cue.terms, ())
    pseudo = page.found.get(cue.pseudo, ())
    return tuple(place for place in places if not any(start <= place[0] and place[1] <= end for start, end in pseudo))


def contexts_of(setting: Scene, rule: Rule, parts: Sequence[Place]) -> frozenset[Context]:
    """Return everything that surrounds a hit of `rule` whose words stand at `parts`."""
    found = {cue.cue.context for cue, places in setting.cues if _acts(setting.page, cue, places, parts)}
    if _asked(setting, parts):
        found.add(Context.QUESTION)
    if not rule.anyone and is_private(setting.page, setting.blame, parts):
        found.add(Context.PRIVATE_PARTY)
    return frozenset(found)


def _acts(page: Page, cue: CompiledCue, places: Iterable[Place], parts: Sequence[Place]) -> bool:
    if cue.cue.words_only and len(parts) > 1:
        return False
    region = page.region(cue.cue.reach, (parts[0][0], max(end for _, end in parts)))
    near = [place for place in places if region[0] <= place[0] and place[1] <= region[1]]
    if len(near) < cue.cue.at_least or (cue.unless != NOTHING and page.inside(cue.unless, region)):
        return False
    return any(_reaches(page, cue, place, parts) for place in near)


def _reaches(page: Page, cue: CompiledCue, place: Place, parts: Sequence[Place]) -> bool:
    if any(start < place[1] and place[0] < end for start, end in parts):
        return False
    direction = cue.cue.direction
    return any(
        _open(page, cue, between)
        for part in parts
        for between in [_between(direction, place, part)]
        if between is not None and page.region(cue.cue.reach, part)[0] <= place[0] < page.region(cue.cue.reach, part)[1]
    )


def _between(direction: Direction, cue: Place, part: Place) -> Place | None:
    if direction is not Direction.BACKWARD and cue[1] <= part[0]:
        return cue[1], part[0]
    if direction is not Direction.FORWARD and part[1] <= cue[0]:
        return part[1], cue[0]
    return None


def _open(page: Page, cue: CompiledCue, between: Place) -> bool:
    if cue.cue.limit is not None and between[1] - between[0] > cue.cue.limit:
        return False
    return cue.stops == NOTHING or not page.inside(cue.stops, between)


def turn_at(interview: Interview | None, position: int) -> Turn | None:
    """Return the turn of an interview that holds a character."""
    if interview is None or not interview.turns:
        return None
    turn = interview.turns[max(0, bisect_right(interview.turns, position, key=lambda turn: turn.start) - 1)]
    return turn if turn.start <= position < turn.end else None


def _asked(setting: Scene, parts: Sequence[Place]) -> bool:
    turn = turn_at(setting.interview, parts[0][0])
    if turn is not None and turn.speaker is Speaker.INTERVIEWER:
        return True
    page, end = setting.page, max(end for _, end in parts)
    clause = page.region(Reach.CLAUSE, (parts[0][0], end))
    if page.inside(setting.compiled.rhetorical, page.sentence(parts[0][0])):
        return False
    return any(
        not any(start < place[1] and place[0] < stop for start, stop in parts)
        for place in page.inside(setting.compiled.yes_no, clause)
    )
