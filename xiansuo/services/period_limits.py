"""Counts how the limits of a period were kept, what is over them, and how far what was confirmed is handled."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.handling import Disposition, Handling, NameCheck, Result
from xiansuo.domain.letter import Channel, Signed
from xiansuo.evaluation.period import Need
from xiansuo.evaluation.period_facts import INSIDE, Span, day_of
from xiansuo.evaluation.period_parts import Count, Handled, LimitLine
from xiansuo.services.period_facts import Loaded, Standing
from xiansuo.storage.repositories.dispositions import Step as Move
from xiansuo.storage.repositories.handovers import Handed
from xiansuo.storage.repositories.period import Placed
from xiansuo.triage.deadlines import Deadlines, Matter, Scope, Step, TimeLimit

_READING = frozenset({ClueState.SECOND, ClueState.DISPUTED, ClueState.DECIDED, ClueState.CLOSED})
_FOUND = frozenset({ClueState.DECIDED, ClueState.CLOSED})


@dataclass(frozen=True, slots=True)
class Term:
    """A limit of a clue: when it fell due, and when what it asks for was done, None while it was not."""

    clue: int
    due: date
    done: date | None


Terms = Mapping[str, Sequence[Term]]


def terms(deadlines: Deadlines, loaded: Loaded) -> Terms:
    """Return, per limit of the rules, the clues it ran for until the end of the span."""
    counted = [one for one in deadlines.limits if one.end is not Step.OUTSIDE and one.scope is not Scope.REFERENCE]
    found: dict[str, list[Term]] = {one.id: [] for one in counted}
    dues: dict[tuple[str, date], date] = {}
    for id_ in loaded.clues:
        matter, closed = _matter(loaded, id_)
        for limit in counted:
            start = matter.day(limit.start)
            if start is None or not _applies(limit, matter):
                continue
            if (limit.id, start) not in dues:
                dues[limit.id, start] = deadlines.due(limit, start)
            # What has ended waits for nothing any more.
            found[limit.id].append(Term(id_, dues[limit.id, start], matter.day(limit.end) or closed))
    return found


def _applies(limit: TimeLimit, matter: Matter) -> bool:
    return limit.scope is Scope.ALL or limit.scope in matter.scopes


def limit_lines(deadlines: Deadlines, found: Terms, span: Span) -> tuple[LimitLine, ...]:
    """Return how each limit was kept, in the order of the rules; those that ran for no clue are left out."""
    return tuple(_line(limit, found[limit.id], span) for limit in deadlines.limits if found.get(limit.id))


def _line(limit: TimeLimit, ran: Sequence[Term], span: Span) -> LimitLine:
    fell = [one for one in ran if span.holds(one.due)]
    over = _over(ran, span)
    return LimitLine(
        id=limit.id,
        name=limit.name,
        origin=limit.origin.value,
        due=len(fell),
        kept=sum(one.done is not None and one.done <= one.due for one in fell),
        late=sum(one.done is not None and one.done > one.due for one in fell),
        open=sum(one.done is None for one in fell),
        overdue=len(over),
        oldest=min(one.due for one in over).isoformat() if over else "",
    )


def _over(ran: Iterable[Term], span: Span) -> list[Term]:
    return [one for one in ran if one.done is None and one.due < span.until]


def overdue(found: Terms, span: Span) -> int:
    """Return how many clues were over a limit at the end."""
    return len({one.clue for ran in found.values() for one in _over(ran, span)})


def _matter(loaded: Loaded, id_: int) -> tuple[Matter, date | None]:
    """Return what the limits of a clue hang on, and the day it was closed."""
    clue, standing, letters = loaded.clues[id_], loaded.standings[id_], loaded.letters.get(id_, ())
    handling = standing.handling if standing.state in _FOUND else Handling()
    steps = standing.steps if standing.state in _FOUND else ()
    batch = _batch(loaded.handed.get(id_), loaded.facts.span.until) if standing.state in _FOUND else None
    feedback = handling.feedback_on or (_since(steps, lambda one: one.feedback is not None))
    matter = Matter(
        received=clue.since or day_of(clue.opened),
        read=_read(standing),
        decided=day_of(standing.found) if standing.found and standing.state in _FOUND else None,
        disposed=_since(steps, lambda one: one.kind is not None),
        notified=handling.notified_on,
        handed=batch.batch.handed_on if batch else None,
        receipted=batch.batch.received_on if batch else None,
        ended=handling.ended_on or _since(steps, lambda one: one.result is not None),
        feedback=feedback,
        scopes=_scopes(standing, handling, letters),
    )
    return matter, handling.ended_on if standing.state is ClueState.CLOSED else None


def _read(standing: Standing) -> date | None:
    if standing.state is ClueState.POSTPONED:
        return standing.postponed
    return day_of(standing.begun) if standing.begun and standing.state in _READING else None


def _batch(handed: Handed | None, until: date) -> Handed | None:
    there = handed and handed.returned_on is None and handed.batch.handed_on
    return handed if there and there <= until else None


def _scopes(standing: Standing, handling: Handling, letters: Sequence[Placed]) -> frozenset[Scope]:
    signed = any(one.signed == Signed.REAL_NAME for one in letters)
    outcome = standing.finding.outcome if standing.finding and standing.state in _FOUND else None
    there = {
        Scope.REAL_NAME: signed and handling.name_check is not NameCheck.UNVERIFIABLE,
        Scope.TRANSFERRED: any(one.channel == Channel.TRANSFER for one in letters),
        Scope.OUTSIDE: outcome is Outcome.OUT_OF_SCOPE,
        Scope.INQUIRY: handling.kind is Disposition.INQUIRY,
    }
    return frozenset(scope for scope, is_there in there.items() if is_there)


def _since(steps: Sequence[Move], wanted: Callable[[Handling], bool]) -> date | None:
    """Return the day since which the handling fulfils a condition without a break."""
    day = None
    for step in steps:
        if not wanted(step.handling):
            day = None
        elif day is None:
            day = day_of(step.created)
    return day


def needs(loaded: Loaded, over: int) -> list[tuple[Need, int]]:
    """Return what waited for a person at the end."""
    states = Counter(one.state for one in loaded.standings.values())
    decided = [one.handling for one in loaded.standings.values() if one.state is ClueState.DECIDED]
    disposed = [one for one in decided if one.kind]
    return [
        (Need.OVERDUE, over),
        (Need.SECOND, states[ClueState.SECOND]),
        (Need.DISPUTED, states[ClueState.DISPUTED]),
        (Need.UNDISPOSED, len(decided) - len(disposed)),
        (Need.UNANSWERED, sum(not one.answered for one in disposed)),
        (Need.UNFINISHED, sum(one.answered for one in disposed)),
    ]


def handled(loaded: Loaded) -> Handled:
    """Return how far the handling of what was confirmed and still stands so had come by the end."""
    standings = [
        one
        for one in loaded.standings.values()
        if one.state in _FOUND and one.finding and one.finding.outcome in INSIDE
    ]
    every = [one.handling for one in standings]
    kinds = Counter(one.kind.value if one.kind else "" for one in every)
    results = Counter(one.result.value if one.result else "" for one in every)
    return Handled(
        confirmed=len(every),
        disposed=sum(one.kind is not None for one in every),
        owned=sum(bool(one.owner) for one in every),
        answered=sum(one.answered for one in every),
        ended=sum(one.state is ClueState.CLOSED for one in standings),
        kinds=_counts(kinds, [one.value for one in Disposition]),
        results=_counts(results, [one.value for one in Result]),
    )


def _counts(counted: Counter[str], codes: Iterable[str]) -> tuple[Count, ...]:
    return tuple(Count(code, counted[code]) for code in (*codes, ""))
