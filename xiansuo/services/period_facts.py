"""Reads what the figures of a period are counted from, as it was when the period ended: told by the record of acts, not by where clues stand today."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick
from sqlalchemy.orm import Session

from xiansuo.domain.decision import Act, ClueState, Finding, settle
from xiansuo.domain.handling import Handling
from xiansuo.domain.register import Level, OrganisationRegister
from xiansuo.domain.times import CHINA
from xiansuo.domain.units import UnitTree
from xiansuo.evaluation.period_facts import ClueFact, Facts, LetterFact, Place, Seen, Sort, Span, day_of
from xiansuo.services.office import Office
from xiansuo.storage.repositories import decisions, dispositions, handovers, period
from xiansuo.storage.repositories.dispositions import Step
from xiansuo.storage.repositories.figures import Sight
from xiansuo.storage.repositories.handovers import Handed
from xiansuo.storage.repositories.period import Clue, ClueAct, Placed
from xiansuo.text.lexicon import Lexicons

_DIALECT = "方言"
_HAN, _WORDS = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[^\W\d_]")
_UNKNOWN = Sort("", "", "")
"""What the main letter of a clue is like where nothing of it is counted; its text is not read for nothing."""
_DONE_WITH = frozenset({ClueState.DECIDED, ClueState.CLOSED})


@dataclass(frozen=True, slots=True)
class Standing:
    """How far people had come with a clue: its state, the finding that was reached, by which reading, and how it was handled since."""

    state: ClueState
    reads: tuple[datetime, ...] = ()
    begun: datetime | None = None
    finding: Finding | None = field(default=None, repr=False)
    last: ClueAct | None = None
    postponed: date | None = None
    steps: tuple[Step, ...] = ()

    @property
    def found(self) -> datetime | None:
        """When the finding was reached."""
        return self.last.created if self.finding and self.last else None

    @property
    def handling(self) -> Handling:
        """How far its handling is."""
        return self.steps[-1].handling if self.steps else Handling()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read for a span: the facts to count, and per clue what limits and handling need besides."""

    facts: Facts
    clues: Mapping[int, Clue]
    standings: Mapping[int, Standing]
    letters: Mapping[int, Sequence[Placed]]
    handed: Mapping[int, Handed]


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins in China."""
    return datetime.combine(day, time.min, CHINA)


def end_of(day: date) -> datetime:
    """Return the moment at which a day ends in China."""
    return start_of(day + timedelta(days=1))


def load(office: Office, session: Session, sight: Sight, span: Span) -> Loaded:
    """Return what there was at the end of a span that the viewer may see."""
    end = end_of(span.until)
    every = period.clues(session, sight)
    places = _places(office.register, every)
    # A letter that came just before the end may have been put to its clue just after it.
    clues = {one.id: one for one in every if one.opened < end}
    letters = _by_clue(period.places(session, sight, end))
    standings = _standings(session, sight, span, clues, letters)
    came = [one for some in letters.values() for one in some if one.main and span.holds(day_of(one.came))]
    seen = _seen(session, standings, span)
    drawn = {id_ for id_ in period.drawn(session, sight, span.until) if id_ in clues and standings[id_].finding}
    decided = {id_ for id_, one in standings.items() if one.found and span.holds(day_of(one.found))}
    opened = {one.id for one in clues.values() if span.holds(day_of(one.opened))}
    counted = {clues[id_].letter for id_ in opened | decided | drawn}
    sorts = _sorts(office, session, letters, counted | {one.letter for one in came})
    facts = [
        ClueFact(
            id=id_,
            opened=day_of(clue.opened),
            state=standings[id_].state,
            reads=standings[id_].reads,
            place=places[id_],
            sort=sorts.get(clue.letter, _UNKNOWN),
            finding=standings[id_].finding,
            found=standings[id_].found,
            suggested=seen.get(id_),
            drawn=id_ in drawn,
        )
        for id_, clue in clues.items()
    ]
    ended = [id_ for id_, one in standings.items() if one.finding]
    counts = Facts(span, facts, _letters(session, came, sorts, end), places)
    return Loaded(counts, clues, standings, letters, handovers.latest(session, ended))


def _by_clue(placed: Iterable[Placed]) -> dict[int, list[Placed]]:
    found: dict[int, list[Placed]] = {}
    for one in placed:
        found.setdefault(one.clue, []).append(one)
    return found


def _standings(
    session: Session, sight: Sight, span: Span, clues: Mapping[int, Clue], letters: Mapping[int, Sequence[Placed]]
) -> dict[int, Standing]:
    end = end_of(span.until)
    acts, moved = period.acts(session, sight, end), period.moved(session, sight, end)
    steps = dispositions.steps(session, acts)
    found = dict.fromkeys(clues, Standing(ClueState.OPEN))
    for id_, done in acts.items():
        if id_ in clues:
            before = [step for step in steps.get(id_, ()) if step.created < end]
            news = [one.came for one in letters.get(id_, ()) if not one.copy]
            found[id_] = standing_of(done, before, news, moved.get(id_, ()), span.until)
    return found


def standing_of(
    acts: Sequence[ClueAct], steps: Sequence[Step], news: Iterable[datetime], moved: Iterable[datetime], day: date
) -> Standing:
    """Return how far a clue is on the evening of a day, told by what was done with it until then, oldest first.

    A letter that is no mere copy (`news`) puts a clue back that people were done with; letters moved by hand put back any.
    """
    undone = {one.undoes for one in acts}
    kept = [one for one in acts if one.act is not Act.UNDO and one.id not in undone]
    readings = decisions.readings(acts)
    said = [one.judgement for one in readings if one.judgement]
    state, finding = settle(said, double=readings[0].double) if readings else (ClueState.OPEN, None)
    last = readings[-1] if readings else None
    since = _still_holding(steps, last.created) if finding and last else ()
    if since and since[-1].handling.ended_on:
        state = ClueState.CLOSED
    latest = kept[-1].created if kept else datetime.min.replace(tzinfo=CHINA)
    waiting = bool(kept) and kept[-1].act is Act.POSTPONE
    postponed = kept[-1].until if waiting else None
    if waiting:
        state = ClueState.POSTPONED if postponed and day < postponed else ClueState.OPEN
    opened = state in _DONE_WITH | {ClueState.POSTPONED} and any(at > latest for at in news)
    if opened or any(at > latest for at in moved):
        state = ClueState.OPEN
    return Standing(
        state=state,
        reads=tuple(one.created for one in kept if one.act is Act.DECIDE),
        begun=readings[0].created if readings else None,
        finding=finding,
        last=last,
        postponed=day_of(kept[-1].created) if waiting else None,
        steps=since,
    )


def _still_holding(steps: Sequence[Step], decided: datetime) -> tuple[Step, ...]:
    """Return the steps of a clue's handling; none where it had ended before the finding, which begins it anew."""
    over = bool(steps) and steps[-1].handling.ended_on is not None and steps[-1].created <= decided
    return () if over else tuple(steps)


def _places(register: OrganisationRegister, clues: Iterable[Clue]) -> dict[int, Place]:
    tree, known, found = UnitTree.of(register), dict[str, Place](), dict[int, Place]()
    for clue in clues:
        if clue.unit not in known:
            type_ = tree.units[clue.unit].type if clue.unit in tree.units else ""
            known[clue.unit] = Place(clue.unit, _area(tree, clue.unit), type_)
        found[clue.id] = known[clue.unit]
    return found


def _area(tree: UnitTree, unit: str) -> str:
    """Return the nearest of a unit and those above it that is no village; the unit itself where none is registered."""
    line = sorted(tree.above(unit).items(), key=lambda one: (one[1], one[0]))
    names = [unit, *(name for name, _ in line)]
    return next((name for name in names if name in tree.units and tree.units[name].level > Level.VILLAGE), unit)


@lru_cache(maxsize=2)
def _dialect(lexicons: Path, _changed: int) -> AhoCorasick:
    terms = Lexicons.load(lexicons).terms.values()
    return AhoCorasick(sorted({word for kinds in terms for word in kinds.get(_DIALECT, ())}))


def _sorts(
    office: Office, session: Session, letters: Mapping[int, Sequence[Placed]], needed: Iterable[int]
) -> dict[int, Sort]:
    dialect = _dialect(office.settings.lexicons, (office.settings.lexicons / "terms.yaml").stat().st_mtime_ns)
    known = {one.letter: one for some in letters.values() for one in some}
    found = {}
    for id_, text in period.texts(session, sorted(set(needed) & known.keys())):
        one = known[id_]
        chinese = 2 * len(_HAN.findall(text)) >= len(_WORDS.findall(text))
        told = bool(dialect.find_matches_as_indexes(text))
        found[id_] = Sort(one.channel, one.signed, one.kind, len(text), told, chinese)
    return found


def _letters(session: Session, came: Sequence[Placed], sorts: Mapping[int, Sort], end: datetime) -> list[LetterFact]:
    said = period.in_force(session, [one.letter for one in came], end)
    spoke = period.rules(session, [one.id for one in said.values()])
    found = []
    for one in came:
        fact = LetterFact(one.letter, one.clue, day_of(one.came), sorts[one.letter])
        if told := said.get(one.letter):
            rules = spoke.get(told.id, frozenset())
            fact = replace(fact, scope=told.scope, rules=rules, version=told.version, model=told.model)
        found.append(fact)
    return sorted(found, key=lambda one: one.id)


def _seen(session: Session, standings: Mapping[int, Standing], span: Span) -> dict[int, Seen]:
    """Return what was suggested for each clue decided in the span, when it was."""
    found = {id_: one.last for id_, one in standings.items() if one.last and one.finding}
    acts = {id_: act for id_, act in found.items() if span.holds(day_of(act.created))}
    ids = sorted({each for act in acts.values() for each in act.suggestions})
    said, spoke = period.suggestions(session, ids), period.rules(session, ids)
    return {
        id_: Seen(
            frozenset(label for each in act.suggestions for label in said[each].labels),
            act.shown,
            frozenset(rule for each in act.suggestions for rule in spoke.get(each, ())),
        )
        for id_, act in acts.items()
        if act.suggestions
    }
