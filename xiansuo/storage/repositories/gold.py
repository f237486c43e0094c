"""What gold is made from: the acts about clues with little else than what they found, and the letters that were moved by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Act, Finding, Judgement, Mode, Outcome
from xiansuo.storage.repositories.decisions import WAITED_FOR
from xiansuo.storage.tables import Clues, Decisions, LinkChanges


@dataclass(frozen=True, slots=True)
class ClueAct:
    """An act about a clue. `letter` is the clue's main letter now, `double` tells whether it was drawn to be read twice."""

    id: int
    clue: int
    letter: int
    act: Act
    undoes: int | None
    begins: bool
    saw: bool
    double: bool
    created: datetime
    judgement: Judgement | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandMove:
    """Letters moved by hand in one act between two clues; `mains` are the main letters of both before it, `emptied` whether none stayed."""

    clues: tuple[int, int]
    mains: dict[int, int]
    emptied: bool
    created: datetime
    undone: datetime | None


def acts(session: Session, *, until: int | None = None) -> Iterator[list[ClueAct]]:
    """Yield the acts about each clue, oldest first, up to the one with the id `until`."""
    wanted = (
        select(
            Decisions.id,
            Decisions.clue_id,
            Clues.main_letter,
            Decisions.account_id,
            Decisions.act,
            Decisions.mode,
            Decisions.outcome,
            Decisions.labels,
            Decisions.destination,
            Decisions.saw,
            Decisions.lots,
            Decisions.undoes,
            Decisions.before["state"].as_string(),
            Decisions.created,
        )
        .join(Clues, Clues.id == Decisions.clue_id)
        .order_by(Decisions.clue_id, Decisions.id)
    )
    rows = session.execute(wanted if until is None else wanted.where(Decisions.id <= until))
    for _, group in groupby((_act(*row) for row in rows.tuples()), key=attrgetter("clue")):
        yield list(group)


def moves(session: Session) -> dict[int, list[HandMove]]:
    """Return the acts that moved letters out of or into each clue, oldest first."""
    found: dict[int, list[HandMove]] = {}
    rows = session.scalars(select(LinkChanges).order_by(LinkChanges.id)).all()
    for _, group in groupby(rows, key=lambda row: (row.request, row.from_clue, row.to_clue)):
        move = _move(list(group))
        for clue in move.clues:
            found.setdefault(clue, []).append(move)
    return found


def _act(  # noqa: PLR0913, PLR0917 - one parameter per column
    id_: int,
    clue: int,
    letter: int,
    account: int,
    act: str,
    mode: str,
    outcome: str,
    labels: list[str],
    destination: str,
    saw: bool,  # noqa: FBT001
    lots: list[float],
    undoes: int | None,
    before: str,
    created: datetime,
) -> ClueAct:
    finding = Finding(Outcome(outcome), tuple(map(Category, labels)), destination) if outcome else None
    return ClueAct(
        id=id_,
        clue=clue,
        letter=letter,
        act=Act(act),
        undoes=undoes,
        begins=before in WAITED_FOR,
        saw=saw,
        double=bool(lots) and lots[0] < lots[1],
        created=created,
        judgement=Judgement(account, Mode(mode), finding) if finding else None,
    )


def _move(rows: Sequence[LinkChanges]) -> HandMove:
    first = rows[0]
    before = {first.from_clue: first.before["from"], first.to_clue: first.before["to"]}
    return HandMove(
        clues=(first.from_clue, first.to_clue),
        mains={clue: was["main_letter"] for clue, was in before.items() if was},
        emptied=len(rows) == len(first.before["from"]["relations"]),
        created=first.created,
        undone=first.undone,
    )
