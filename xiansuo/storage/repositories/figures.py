"""Counts of clues and letters for statistics, and the lists behind each number; every query carries what the viewer may see."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, false, func, literal, select, true
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.decision import READ, Act, ClueState, Finding, Mode, Outcome
from xiansuo.domain.figures import FIRST, REPEATS, SCOPES, ClueFact, LetterFact, Reading, Scope, Timeliness
from xiansuo.domain.people import Power, Viewer
from xiansuo.storage.repositories.dispositions import latest_id
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.tables import ClueLetters, ClueRounds, Clues, ClueUnits, Decisions, Dispositions, Letters, Rounds

T = TypeVar("T", bound=tuple[Any, ...])
# What may be seen is asked of the same tables, and a condition on a joined table would ask the joined row.
_Unit, _Letter, _Place, _Step = aliased(ClueUnits), aliased(Letters), aliased(ClueLetters), aliased(Dispositions)
INSIDE = tuple(outcome for outcome, scope in SCOPES.items() if scope is Scope.INSIDE)


@dataclass(frozen=True, slots=True)
class Sight:
    """What is counted: what the viewer may see under a power, of one round or of all, as on the viewer's day."""

    viewer: Viewer
    round: int | None = None
    power: Power = Power.STATISTICS

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on `Clues`; one whose letters were all moved to others is none any more."""
        seen = and_(visible(self.viewer, self.power), Clues.state != ClueState.MERGED.value)
        return seen if self.round is None else and_(seen, _of_round(self.round))


@dataclass(frozen=True, slots=True)
class Listed:
    """A clue behind a number."""

    id: int
    number: str
    unit: str = field(repr=False)
    category: str | None
    final: str | None
    state: str
    outcome: str
    letters: int
    received: date | None


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """A letter behind a number, with the clue it mainly belongs to."""

    id: int
    number: str
    channel: str
    signed: str
    relation: str
    received: date | None
    clue: str


def rounds(session: Session) -> list[tuple[int, str]]:
    """Return id and name of every round, the latest first."""
    wanted = select(Rounds.id, Rounds.name).order_by(Rounds.starts.desc(), Rounds.id.desc())
    return [(id_, name) for id_, name in session.execute(wanted)]


def clue_facts(session: Session, sight: Sight) -> list[ClueFact]:
    """Return what the viewer's clues are like, those alike counted together."""
    columns = [column.label(name) for name, column in _clue_columns(sight.viewer.today).items()]
    rows = _grouped(session, _with_disposition(select(*columns).select_from(Clues)).where(sight.condition))
    return [
        ClueFact(state, outcome, _labels(labels), kind, result, Timeliness(timely), count)
        for state, outcome, labels, kind, result, timely, count in rows
    ]


def letter_facts(session: Session, sight: Sight) -> list[LetterFact]:
    """Return what the letters of the viewer's clues are like; a letter counts with its main clue."""
    columns = (_Letter.channel, _Letter.signed, _repeated().label("repeated"))
    rows = _grouped(session, _letters(select(*columns)).where(sight.condition))
    return [LetterFact(channel, signed, bool(again), count) for channel, signed, again, count in rows]


def unit_counts(
    session: Session, sight: Sight, where: Mapping[str, str] = MappingProxyType({})
) -> dict[str, tuple[int, int]]:
    """Return per registered unit how many clues are about itself, and about it or a unit below it."""
    own = func.sum(case((_Unit.depth == 0, 1), else_=0))
    # What may be seen is asked once of a clue, not once for every unit above it.
    seen = select(Clues.id).where(sight.condition, *conditions(sight, where))
    wanted = select(_Unit.unit, own, func.count()).where(_Unit.clue_id.in_(seen))
    rows = session.execute(wanted.group_by(_Unit.unit)).tuples()
    return {unit: (itself, all_) for unit, itself, all_ in rows}


def issues_by_unit(session: Session, sight: Sight, *, pending: bool) -> dict[tuple[str, str], int]:
    """Return how many clues there are by (registered unit, '' for none; first category): those confirmed, or `pending` ones."""
    category, wanted = _issues(pending=pending)
    unit = func.coalesce(_Unit.unit, "").label("unit")
    columns = select(unit, category.label("category")).select_from(Clues)
    columns = columns.outerjoin(_Unit, and_(_Unit.clue_id == Clues.id, _Unit.depth == 0))
    return {(one, code): count for one, code, count in _grouped(session, columns.where(sight.condition, wanted))}


def issues_by_month(session: Session, sight: Sight, *, pending: bool) -> dict[tuple[str, str], int]:
    """Return how many clues there are by (month of receipt as 2026-03, '' for none; first category)."""
    category, wanted = _issues(pending=pending)
    columns = select(_month().label("month"), category.label("category")).where(sight.condition, wanted)
    return {(month, code): count for month, code, count in _grouped(session, columns)}


def readings(session: Session, sight: Sight) -> list[Reading]:
    """Return the clues that two people have read without knowing of each other, and whether they said the same."""
    second = aliased(Decisions)
    twice = exists().where(second.clue_id == Clues.id, second.mode == Mode.SECOND.value)
    undone = select(Decisions.undoes).where(Decisions.undoes.is_not(None))
    columns = (Clues.number, Decisions.account_id, Decisions.outcome, Decisions.labels, Decisions.destination)
    wanted = select(*columns).join(Clues, Clues.id == Decisions.clue_id).where(sight.condition, twice)
    wanted = wanted.where(Decisions.act == Act.DECIDE.value, Decisions.mode != Mode.ADJUDICATED.value)
    found: dict[str, dict[int, Finding]] = {}
    for number, reader, outcome, labels, to in session.execute(
        wanted.where(Decisions.id.not_in(undone)).order_by(Decisions.id)
    ):
        found.setdefault(number, {})[reader] = Finding(Outcome(outcome), tuple(labels or ()), to)
    pairs = ((number, list(said.values())) for number, said in found.items() if len(said) > 1)
    return [Reading(number, all(said[0].agrees(one) for one in said)) for number, said in pairs]


def listed(
    session: Session, sight: Sight, where: Mapping[str, str], *, after: int = 0, limit: int | None = 100
) -> list[Listed]:
    """Return the clues behind a number, in order of intake. Nothing where a name divides no clues."""
    wanted = _with_disposition(select(Clues)).where(sight.condition, *conditions(sight, where))
    wanted = wanted.where(Clues.id > after).order_by(Clues.id).limit(limit)
    return [_listed(row) for row in session.scalars(wanted)]


def listed_letters(
    session: Session, sight: Sight, where: Mapping[str, str], *, after: int = 0, limit: int | None = 100
) -> list[ListedLetter]:
    """Return the letters behind a number, in order of intake. Nothing where a name divides no letters."""
    columns = (_Letter.id, _Letter.number, _Letter.channel, _Letter.signed, _Place.relation, _Letter.received)
    wanted = _letters(select(*columns, Clues.number)).where(sight.condition, _Letter.id > after)
    conditions = [_LETTERS[name](value) if name in _LETTERS else false() for name, value in where.items()]
    rows = session.execute(wanted.where(*conditions).order_by(_Letter.id).limit(limit)).tuples()
    return [ListedLetter(*row) for row in rows]


def names(name: str) -> ColumnElement[bool]:
    """Return the condition that a clue names somebody as a respondent."""
    return cast(Clues.respondents, String).contains(json.dumps(name, ensure_ascii=False), autoescape=True)


def is_of_letters(dimension: str) -> bool:
    """Tell whether a dimension divides letters, not clues."""
    return dimension in _LETTERS


def _grouped(session: Session, wanted: Select[Any]) -> list[Any]:
    """Return the different rows of a query, each with how often it comes."""
    # PostgreSQL takes an expression with parameters for another one when it stands in GROUP BY again.
    rows = wanted.subquery()
    return list(session.execute(select(*rows.c, func.count()).group_by(*rows.c)))


def _of_round(round_id: int) -> ColumnElement[bool]:
    return exists().where(ClueRounds.clue_id == Clues.id, ClueRounds.round_id == round_id)


def _with_disposition(wanted: Select[T]) -> Select[T]:
    return wanted.outerjoin(_Step, _Step.id == latest_id())


def _letters(wanted: Select[T]) -> Select[T]:
    joined = wanted.select_from(_Letter).join(_Place, and_(_Place.letter_id == _Letter.id, _Place.main))
    return joined.join(Clues, Clues.id == _Place.clue_id)


def _repeated() -> ColumnElement[int]:
    return case((_Place.relation.in_(sorted(REPEATS)), 1), else_=0)


def _month() -> ColumnElement[str]:
    return func.coalesce(func.substr(cast(Clues.received, String), 1, 7), "")


def _issues(*, pending: bool) -> tuple[ColumnElement[str | None], ColumnElement[bool]]:
    if pending:
        return Clues.category.expression, and_(Clues.state.not_in(list(READ)), Clues.category.is_not(None))
    return Clues.final_category.expression, and_(Clues.outcome.in_(INSIDE), Clues.final_category.is_not(None))


def _clue_columns(today: date) -> Mapping[str, ColumnElement[str]]:
    return {
        "state": Clues.state.expression,
        "outcome": func.coalesce(Clues.outcome, ""),
        "labels": func.coalesce(cast(Clues.final_labels, String), "[]"),
        "disposition": func.coalesce(_Step.kind, ""),
        "result": func.coalesce(_Step.result, ""),
        "timely": _timely(today),
    }


def _timely(today: date) -> ColumnElement[str]:
    due, ended = _Step.due, Clues.state == ClueState.CLOSED.value
    return case(
        (due.is_(None), literal(Timeliness.NONE.value)),
        (and_(ended, _Step.ended_on <= due), literal(Timeliness.KEPT.value)),
        (and_(ended, _Step.ended_on.is_not(None)), literal(Timeliness.LATE.value)),
        (due < today, literal(Timeliness.OVERDUE.value)),
        else_=literal(Timeliness.RUNNING.value),
    )


def _labels(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored) or ())


def conditions(sight: Sight, where: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """Return the conditions on `Clues` that names and values stand for; a name that divides no clues lets none through."""
    columns = _clue_columns(sight.viewer.today)
    return [
        _CLUES[name](value) if name in _CLUES else columns[name] == value if name in columns else false()
        for name, value in where.items()
    ]


def _in_scope(value: str) -> ColumnElement[bool]:
    outcome = func.coalesce(Clues.outcome, "")
    if value == Scope.UNDECIDED:
        return outcome.not_in(list(SCOPES))
    return outcome.in_([one for one, scope in SCOPES.items() if scope == value])


def _with_label(value: str) -> ColumnElement[bool]:
    return cast(Clues.final_labels, String).contains(json.dumps(value), autoescape=True)


def _issue(value: str, *, pending: bool) -> ColumnElement[bool]:
    category, wanted = _issues(pending=pending)
    return and_(wanted, category == value) if value else wanted


def _of_unit(value: str, *, itself: bool = False) -> ColumnElement[bool]:
    placed = exists().where(ClueUnits.clue_id == Clues.id)
    if itself:
        placed = placed.where(ClueUnits.depth == 0)
    return placed.where(ClueUnits.unit == value) if value else ~placed


def _of_units(value: str) -> ColumnElement[bool]:
    names = json.loads(value)
    return exists().where(ClueUnits.clue_id == Clues.id, ClueUnits.depth == 0, ClueUnits.unit.in_(names))


Condition = Callable[[str], ColumnElement[bool]]
_CLUES: Mapping[str, Condition] = {
    "all": lambda _value: true(),
    "scope": _in_scope,
    "category": _with_label,
    "issue": lambda value: _issue(value, pending=False),
    "pending": lambda value: _issue(value, pending=True),
    "month": lambda value: _month() == value,
    "unit": lambda value: _of_unit(value, itself=True),
    "below": _of_unit,
    "units": _of_units,
}
_LETTERS: Mapping[str, Condition] = {
    "letters": lambda _value: true(),
    "channel": lambda value: _Letter.channel == value,
    "signed": lambda value: _Letter.signed == value,
    "turn": lambda value: _repeated() == int(value != FIRST),
}


def _listed(row: Clues) -> Listed:
    return Listed(
        id=row.id,
        number=row.number,
        unit=row.unit,
        category=row.category,
        final=row.final_category,
        state=row.state,
        outcome=row.outcome or "",
        letters=row.letters_count,
        received=row.received,
    )
