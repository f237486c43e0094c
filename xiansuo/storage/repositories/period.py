"""What a report over a period counts, as rows: every query about clues carries what the viewer may see, and ends at a moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Act, ClueState, Finding, Judgement, Lots, Mode, Outcome
from xiansuo.storage.repositories.figures import Sight
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import (
    Allegations,
    ClueLetters,
    Clues,
    ClueUnits,
    Decisions,
    Letters,
    LinkChanges,
    Samples,
    Suggestions,
)

_WAITING = frozenset({ClueState.OPEN, ClueState.POSTPONED})
# What may be seen is asked of the same tables, and a condition on a joined table would ask the joined row.
_Unit, _Letter, _Place = aliased(ClueUnits), aliased(Letters), aliased(ClueLetters)


@dataclass(frozen=True, slots=True)
class Clue:
    """A clue with the registered unit it is about ('' for none) and the day its limits run from, None where nobody noted it."""

    id: int
    letter: int
    opened: datetime
    since: date | None
    unit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClueAct:
    """What somebody did with a clue. `begins`: the clue was waiting to be read; `suggestions` are ids."""

    id: int
    clue_id: int
    act: Act
    undoes: int | None
    begins: bool
    double: bool
    until: date | None
    shown: str
    suggestions: tuple[int, ...]
    created: datetime
    judgement: Judgement | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Placed:
    """A letter's place in a clue. A mere `copy` says nothing that nobody has read, so it opens nothing again."""

    letter: int
    clue: int
    main: bool
    copy: bool
    came: datetime
    channel: str
    signed: str
    kind: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion for a letter, with the rules that speak in its allegations."""

    id: int
    letter: int
    model: str
    version: str
    scope: float
    labels: tuple[str, ...]
    created: datetime


def count_all(session: Session) -> int:
    """Return how many clues the office has, merged ones left out."""
    return session.scalar(select(func.count()).select_from(Clues).where(Clues.state != ClueState.MERGED)) or 0


def count_seen(session: Session, sight: Sight) -> int:
    """Return how many clues the viewer may see."""
    return session.scalar(select(func.count()).select_from(Clues).where(sight.condition)) or 0


def clues(session: Session, sight: Sight) -> list[Clue]:
    """Return the clues, in order of intake."""
    own = and_(_Unit.clue_id == Clues.id, _Unit.depth == 0)
    columns = Clues.id, Clues.main_letter, Clues.created, Clues.since, func.coalesce(_Unit.unit, "")
    wanted = select(*columns).outerjoin(_Unit, own).where(sight.condition).order_by(Clues.id)
    return [Clue(*row) for row in session.execute(wanted).tuples()]


def acts(session: Session, sight: Sight, end: datetime) -> dict[int, list[ClueAct]]:
    """Return what was done with each clue before `end`, oldest first."""
    columns = (
        Decisions.id,
        Decisions.clue_id,
        Decisions.account_id,
        Decisions.act,
        Decisions.mode,
        Decisions.outcome,
        Decisions.labels,
        Decisions.destination,
        Decisions.undoes,
        Decisions.before["state"].as_string().label("before"),
        Decisions.lots,
        Decisions.until,
        Decisions.shown,
        Decisions.suggestions,
        Decisions.created,
    )
    wanted = select(*columns).join(Clues, Clues.id == Decisions.clue_id).where(sight.condition)
    found: dict[int, list[ClueAct]] = {}
    for row in session.execute(wanted.where(Decisions.created < end).order_by(Decisions.id)):
        found.setdefault(row.clue_id, []).append(_act(row))
    return found


def places(session: Session, sight: Sight, end: datetime) -> list[Placed]:
    """Return the places of letters that came before `end`, in order of intake."""
    columns = (
        _Letter.id,
        _Place.clue_id,
        _Place.main,
        _Place.relation == "copy",
        _Letter.ingested_at,
        _Letter.channel,
        _Letter.signed,
        _Letter.kind,
    )
    wanted = select(*columns).join(_Place, _Place.letter_id == _Letter.id).join(Clues, Clues.id == _Place.clue_id)
    wanted = wanted.where(sight.condition, _Letter.ingested_at < end).order_by(_Letter.id, _Place.clue_id)
    return [Placed(*row) for row in session.execute(wanted).tuples()]


def moved(session: Session, sight: Sight, end: datetime) -> dict[int, list[datetime]]:
    """Return when letters were moved into or out of each clue by hand, where that was not taken back before `end`."""
    of = or_(LinkChanges.from_clue == Clues.id, LinkChanges.to_clue == Clues.id)
    kept = or_(LinkChanges.undone.is_(None), LinkChanges.undone >= end)
    wanted = select(Clues.id, LinkChanges.created).join(LinkChanges, of).where(sight.condition, kept)
    found: dict[int, list[datetime]] = {}
    for clue, at in session.execute(wanted.where(LinkChanges.created < end)).tuples():
        found.setdefault(clue, []).append(at)
    return found


def texts(session: Session, letters: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield the masked texts of letters, by id."""
    for chunk in chunks(letters):
        yield from session.execute(select(Letters.id, Letters.text).where(Letters.id.in_(chunk))).tuples()


def in_force(session: Session, letters: Iterable[int], end: datetime) -> dict[int, Suggested]:
    """Return the suggestion of each letter that was in force at `end`: the latest made before it."""
    found: dict[int, Suggested] = {}
    for chunk in chunks(letters):
        wanted = _suggested().where(Suggestions.letter_id.in_(chunk), Suggestions.created < end)
        found |= {row.letter_id: _suggestion(row) for row in session.execute(wanted.order_by(Suggestions.id))}
    return found


def suggestions(session: Session, ids: Iterable[int]) -> dict[int, Suggested]:
    """Return suggestions by their own id."""
    found: dict[int, Suggested] = {}
    for chunk in chunks(ids):
        rows = session.execute(_suggested().where(Suggestions.id.in_(chunk)))
        found |= {row.id: _suggestion(row) for row in rows}
    return found


def rules(session: Session, ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return which rules speak in the allegations of suggestions; nothing for those in which none does."""
    found: dict[int, set[str]] = {}
    wanted = select(Allegations.suggestion_id, Allegations.reasons)
    for chunk in chunks(ids):
        for id_, reasons in session.execute(wanted.where(Allegations.suggestion_id.in_(chunk))).tuples():
            found.setdefault(id_, set()).update(_rules(reasons))
    return {id_: frozenset(said) for id_, said in found.items() if said}


def drawn(session: Session, sight: Sight, until: date) -> frozenset[int]:
    """Return the clues that were drawn for the sample up to a day."""
    there = exists().where(Samples.clue_id == Clues.id, Samples.drawn <= until)
    return frozenset(session.scalars(select(Clues.id).where(sight.condition, there)))


def _rules(reasons: Iterable[Any]) -> Iterator[str]:
    for source, *_ in reasons:
        kind, _, rule = source.partition(":")
        if kind == "rule" and rule:
            yield rule


def _suggested() -> Select[Any]:
    return select(
        Suggestions.id,
        Suggestions.letter_id,
        Suggestions.model_id,
        Suggestions.rules_version,
        Suggestions.scope,
        Suggestions.labels,
        Suggestions.created,
    )


def _suggestion(row: Any) -> Suggested:
    return Suggested(row.id, row.letter_id, row.model_id, row.rules_version, row.scope, tuple(row.labels), row.created)


def _act(row: Any) -> ClueAct:
    finding = _finding(row) if row.outcome else None
    return ClueAct(
        id=row.id,
        clue_id=row.clue_id,
        act=Act(row.act),
        undoes=row.undoes,
        begins=row.before in _WAITING,
        double=bool(row.lots) and Lots(*row.lots).is_double,
        until=row.until,
        shown=row.shown,
        suggestions=tuple(row.suggestions),
        created=row.created,
        judgement=Judgement(row.account_id, Mode(row.mode), finding) if finding else None,
    )


def _finding(row: Any) -> Finding:
    return Finding(Outcome(row.outcome), tuple(map(Category, row.labels)), row.destination)
