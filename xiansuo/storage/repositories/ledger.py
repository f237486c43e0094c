"""What the ledger (台账) reads of many clues at once: letters, facts of allegations, findings, rounds, units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Act, ClueState, Outcome
from xiansuo.domain.letter import Channel, HandOver, Signed
from xiansuo.domain.suggestion import Grade, Particular, Relation
from xiansuo.storage.repositories.ranks import grade_from
from xiansuo.storage.repositories.suggestions import particulars_from
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import (
    Accounts,
    Allegations,
    ClueLetters,
    ClueRounds,
    Clues,
    ClueUnits,
    Decisions,
    Letters,
    Rounds,
    Suggestions,
)


@dataclass(frozen=True, slots=True)
class LedgerClue:
    """A clue as the ledger needs it. `labels` are suggested, `final_labels` what people found (None while nothing holds)."""

    id: int
    number: str
    state: ClueState
    created: datetime
    received: date | None
    unit: str = field(repr=False)
    respondents: tuple[str, ...] = field(repr=False)
    labels: tuple[Category, ...]
    outcome: Outcome | None
    final_labels: tuple[Category, ...] | None
    grade: Grade | None
    flags: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class LedgerLetter:
    """A letter behind a clue, without its text."""

    id: int
    number: str
    channel: Channel
    received: date | None
    signed: Signed
    relation: Relation
    hand_over: HandOver | None
    main: bool


@dataclass(frozen=True, slots=True)
class LedgerAllegation:
    """A suggested allegation with its particulars, of which only normalised values are used."""

    letter_id: int
    category: Category
    subtype: str
    start: int
    end: int
    particulars: tuple[Particular, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """The decision that holds: by whom, when, and the places it calls allegations: (letter, start, end, category, subtype)."""

    by: str
    at: datetime
    destination: str
    allegations: tuple[tuple[int, int, int, str, str], ...] = field(repr=False)


def page(session: Session, where: ColumnElement[bool], *, after: int = 0, limit: int = 1000) -> list[LedgerClue]:
    """Return up to `limit` clues that fulfil `where`, in order of number, after the clue `after`."""
    wanted = select(Clues).where(where, Clues.id > after).order_by(Clues.id).limit(limit)
    return [_clue(row) for row in session.scalars(wanted)]


def get(session: Session, ids: Sequence[int]) -> list[LedgerClue]:
    """Return clues by id, in the order of `ids`."""
    found = {row.id: _clue(row) for row in session.scalars(select(Clues).where(Clues.id.in_(ids)))}
    return [found[id_] for id_ in ids]


def count(session: Session, where: ColumnElement[bool]) -> int:
    """Return how many clues fulfil `where`."""
    return session.scalar(select(func.count()).select_from(Clues).where(where)) or 0


def tally(session: Session, where: ColumnElement[bool], wanted: Mapping[str, ColumnElement[bool]]) -> dict[str, int]:
    """Return how many clues that fulfil `where` fulfil each condition, in one pass over them."""
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(name) for name, condition in wanted.items()]
    return dict(session.execute(select(*sums).select_from(Clues).where(where)).mappings().one())


def round_names(session: Session) -> list[tuple[int, str]]:
    """Return the id and name of every round, the latest first."""
    return list(session.execute(select(Rounds.id, Rounds.name).order_by(Rounds.id.desc())).tuples())


def numbered(number: str) -> ColumnElement[bool]:
    """Return the condition that a clue has a number."""
    return Clues.number == number


def in_round(round_id: int) -> ColumnElement[bool]:
    """Return the condition that a clue belongs to a round."""
    return exists().where(ClueRounds.clue_id == Clues.id, ClueRounds.round_id == round_id)


def in_unit(unit: str) -> ColumnElement[bool]:
    """Return the condition that a clue is about a unit or one below it."""
    return exists().where(ClueUnits.clue_id == Clues.id, ClueUnits.unit == unit)


def in_states(states: Sequence[ClueState]) -> ColumnElement[bool]:
    """Return the condition that a clue is in one of some states."""
    return Clues.state.in_(states)


def letters(session: Session, clue_ids: Iterable[int]) -> dict[int, list[LedgerLetter]]:
    """Return the letters of each clue, in order of intake."""
    found: dict[int, list[LedgerLetter]] = {}
    columns = (Letters.id, Letters.number, Letters.channel, Letters.received, Letters.signed, Letters.hand_over)
    wanted = select(ClueLetters.clue_id, ClueLetters.relation, ClueLetters.main, *columns).join(
        Letters, Letters.id == ClueLetters.letter_id
    )
    for chunk in chunks(clue_ids):
        for row in session.execute(wanted.where(ClueLetters.clue_id.in_(chunk)).order_by(Letters.id)):
            letter = LedgerLetter(
                row.id,
                row.number,
                Channel(row.channel),
                row.received,
                Signed(row.signed),
                Relation(row.relation),
                HandOver(*row.hand_over) if row.hand_over else None,
                row.main,
            )
            found.setdefault(row.clue_id, []).append(letter)
    return found


def allegations(session: Session, letter_ids: Iterable[int]) -> dict[int, list[LedgerAllegation]]:
    """Return the allegations of each letter's latest suggestion."""
    found: dict[int, list[LedgerAllegation]] = {}
    for chunk in chunks(letter_ids):
        latest = (
            select(func.max(Suggestions.id)).where(Suggestions.letter_id.in_(chunk)).group_by(Suggestions.letter_id)
        )
        wanted = select(Allegations).where(Allegations.suggestion_id.in_(latest)).order_by(Allegations.id)
        for row in session.scalars(wanted):
            one = LedgerAllegation(
                row.letter_id,
                Category(row.category),
                row.subtype,
                row.start,
                row.end,
                particulars_from(row.particulars),
            )
            found.setdefault(row.letter_id, []).append(one)
    return found


def findings(session: Session, clue_ids: Iterable[int]) -> dict[int, Finding]:
    """Return the last reading of each clue that was not taken back."""
    undo = aliased(Decisions)
    holds = Decisions.act == Act.DECIDE, ~exists().where(undo.undoes == Decisions.id)
    found = {}
    for chunk in chunks(clue_ids):
        wanted = select(Decisions, Accounts.name).join(Accounts, Accounts.id == Decisions.account_id)
        for row, name in session.execute(wanted.where(Decisions.clue_id.in_(chunk), *holds).order_by(Decisions.id)):
            places = tuple((one[0], one[1], one[2], one[3], one[4]) for one in row.allegations)
            found[row.clue_id] = Finding(name, row.created, row.destination, places)
    return found


def rounds(session: Session, clue_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the names of the rounds each clue belongs to, oldest first."""
    found: dict[int, list[str]] = {}
    wanted = select(ClueRounds.clue_id, Rounds.name).join(Rounds, Rounds.id == ClueRounds.round_id)
    for chunk in chunks(clue_ids):
        for clue, name in session.execute(wanted.where(ClueRounds.clue_id.in_(chunk)).order_by(Rounds.id)):
            found.setdefault(clue, []).append(name)
    return found


def places(session: Session, clue_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the unit each clue is about and the units above it, nearest first."""
    found: dict[int, list[str]] = {}
    wanted = select(ClueUnits.clue_id, ClueUnits.unit)
    for chunk in chunks(clue_ids):
        rows = session.execute(wanted.where(ClueUnits.clue_id.in_(chunk)).order_by(ClueUnits.depth, ClueUnits.unit))
        for clue, unit in rows:
            found.setdefault(clue, []).append(unit)
    return found


def _clue(row: Clues) -> LedgerClue:
    return LedgerClue(
        id=row.id,
        number=row.number,
        state=ClueState(row.state),
        created=row.created,
        received=row.received,
        unit=row.unit,
        respondents=tuple(row.respondents),
        labels=tuple(Category(one) for one in row.labels),
        outcome=Outcome(row.outcome) if row.outcome else None,
        # A clue that was postponed, or read once of two times, has an empty list, but nobody's finding.
        final_labels=None if row.outcome is None else tuple(Category(one) for one in row.final_labels or ()),
        grade=grade_from(row.grade),
        flags=tuple(row.flags),
        version=row.version,
    )
