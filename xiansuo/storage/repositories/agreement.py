"""What agreement is measured on: the readings of clues in bulk, with their lots and the categories that were suggested when they were made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Act, Finding, Lots, Mode, Outcome
from xiansuo.storage.repositories import decisions
from xiansuo.storage.repositories.decisions import WAITED_FOR
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Clues, Decisions, Suggestions

_COLUMNS = (
    Decisions.id,
    Decisions.clue_id,
    Decisions.account_id,
    Decisions.round_id,
    Decisions.act,
    Decisions.mode,
    Decisions.outcome,
    Decisions.labels,
    Decisions.destination,
    Decisions.saw,
    Decisions.lots,
    Decisions.suggestions,
    Decisions.undoes,
    Decisions.before["state"].as_string().label("before"),
    Decisions.created,
)


@dataclass(frozen=True, slots=True)
class ReadClue:
    """An act about a clue, with little else than what it found. `begins`: the clue waited for a first reading."""

    id: int
    clue: int
    account: int = field(repr=False)
    round: int | None
    act: Act
    mode: Mode
    finding: Finding | None = field(repr=False)
    saw: bool
    lots: Lots | None
    suggestions: tuple[int, ...]
    undoes: int | None
    begins: bool
    created: datetime


def readings(session: Session, where: ColumnElement[bool]) -> Iterator[list[ReadClue]]:
    """Yield the readings in force of each clue that fulfils `where`, oldest first."""
    wanted = select(*_COLUMNS).join(Clues, Clues.id == Decisions.clue_id).where(where)
    wanted = wanted.where(Decisions.act.in_((Act.DECIDE, Act.UNDO))).order_by(Decisions.clue_id, Decisions.id)
    rows = (_read(row) for row in session.execute(wanted))
    for _, acts in groupby(rows, key=attrgetter("clue")):
        if found := decisions.readings(list(acts)):
            yield found


def suggested(session: Session, ids: Iterable[int]) -> dict[int, frozenset[Category]]:
    """Return the categories that suggestions, by their own id, propose."""
    found = {}
    for chunk in chunks(sorted(set(ids))):
        rows = session.execute(select(Suggestions.id, Suggestions.labels).where(Suggestions.id.in_(chunk)))
        found.update({id_: frozenset(map(Category, labels)) for id_, labels in rows})
    return found


def _read(row: Any) -> ReadClue:
    outcome = Outcome(row.outcome) if row.outcome else None
    return ReadClue(
        id=row.id,
        clue=row.clue_id,
        account=row.account_id,
        round=row.round_id,
        act=Act(row.act),
        mode=Mode(row.mode),
        finding=Finding(outcome, tuple(map(Category, row.labels)), row.destination) if outcome else None,
        saw=row.saw,
        lots=Lots(*row.lots) if row.lots else None,
        suggestions=tuple(row.suggestions),
        undoes=row.undoes,
        begins=row.before in WAITED_FOR,
        created=row.created,
    )
