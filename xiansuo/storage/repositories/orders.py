"""The times the queue learned from decisions, and where the clues that nobody has read stand since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.decision import Act, ClueState
from xiansuo.storage.repositories import learned, numbers
from xiansuo.storage.repositories.learned import Learned
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.session import chunks, now, table_of
from xiansuo.storage.tables import ClueLetters, Clues, Decisions, Letters, Orders

UNREAD = (ClueState.OPEN, ClueState.POSTPONED)
"""Where nobody has read a clue, so that its place may still change. Of a clue in its second reading one person has read it already."""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A time the queue learned: under which acquaintance, from how many decisions up to which, and up to which letter.

    `raised` and `lowered` count clues that stand noticeably higher or lower than by the rubric alone, `doubtful` are those it is least
    sure about, these first; `digest` names the order, equal ones have equal names; `seconds` is what it took.
    """

    acquaintance: str
    last_decision: int
    last_letter: int
    gold: int
    digest: str
    seconds: float
    raised: int
    lowered: int
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Order(NewOrder):
    """A time the queue learned, as stored."""

    id: int = field(kw_only=True)
    created: datetime = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class UnreadClue:
    """An unread clue as learning meets it."""

    id: int
    version: int
    scope: float
    rank: float
    rubric_rank: float
    learned: Learned | None


@dataclass(frozen=True, slots=True)
class Move:
    """Where a clue belongs now. It is left alone where it is no longer unread and of this version."""

    clue: int
    version: int
    rank: float
    learned: Learned | None


def latest(session: Session) -> Order | None:
    """Return the order in force, None before the first."""
    row = session.scalar(select(Orders).order_by(Orders.id.desc()).limit(1))
    return _from_row(row) if row else None


def _from_row(row: Orders) -> Order:
    return Order(
        row.acquaintance,
        row.last_decision,
        row.last_letter,
        row.gold,
        row.digest,
        row.seconds,
        row.raised,
        row.lowered,
        tuple(row.doubtful),
        id=row.id,
        created=row.created,
    )


def add(session: Session, new: NewOrder) -> Order:
    """Write a new order down and return it; whoever else brings one waits until this transaction ends."""
    (id_,) = numbers.take(session, "orders")
    row = Orders(id=id_, acquaintance=new.acquaintance, last_decision=new.last_decision, last_letter=new.last_letter)
    row.gold, row.digest, row.seconds = new.gold, new.digest, new.seconds
    row.raised, row.lowered, row.doubtful, row.created = new.raised, new.lowered, list(new.doubtful), now()
    session.add(row)
    session.flush()
    return _from_row(row)


def before_last(session: Session) -> int:
    """Return the id of the order that the one in force took the place of, 0 where there was none."""
    return session.scalar(select(Orders.id).order_by(Orders.id.desc()).limit(1).offset(1)) or 0


def acts_since(session: Session, decision: int) -> list[Act]:
    """Return what was done with clues since the act `decision`, in order."""
    return [Act(act) for act in session.scalars(select(Decisions.act).where(Decisions.id > decision))]


def last_decision(session: Session) -> int:
    """Return the last act on any clue, 0 before the first."""
    return session.scalar(select(func.max(Decisions.id))) or 0


def last_letter(session: Session) -> int:
    """Return the last letter that reached the queue, 0 before the first."""
    newest = select(Letters.id).where(Letters.state == LetterState.RANKED).order_by(Letters.id.desc()).limit(1)
    return session.scalar(newest) or 0


def unread(session: Session, *, after: int, limit: int) -> list[UnreadClue]:
    """Return up to `limit` unread clues that follow the clue `after`, the oldest first."""
    columns = (Clues.id, Clues.version, Clues.scope, Clues.rank, Clues.rubric_rank, Clues.learned)
    wanted = select(*columns).where(Clues.id > after, Clues.state.in_(UNREAD)).order_by(Clues.id).limit(limit)
    return [
        UnreadClue(id_, version, scope, rank, rubric_rank, learned.from_json(known))
        for id_, version, scope, rank, rubric_rank, known in session.execute(wanted).tuples()
    ]


def letters_of(session: Session, clues: Iterable[int]) -> dict[int, list[int]]:
    """Return the letters of clues, also those that only touch them."""
    found: dict[int, list[int]] = {}
    wanted = select(ClueLetters.clue_id, ClueLetters.letter_id)
    for chunk in chunks(clues):
        for clue, letter in session.execute(wanted.where(ClueLetters.clue_id.in_(chunk))).tuples():
            found.setdefault(clue, []).append(letter)
    return found


def points_of(session: Session, clues: Iterable[int]) -> dict[int, float]:
    """Return how many points of 100 the rubric gave clues."""
    return {
        clue: sum(part[2] for part in parts)
        for chunk in chunks(clues)
        for clue, parts in session.execute(select(Clues.id, Clues.rank_parts).where(Clues.id.in_(chunk))).tuples()
    }


def move(session: Session, moves: Sequence[Move]) -> None:
    """Give unread clues their new place. Their version stays: nothing that anybody reads of them has changed."""
    if not moves:
        return
    table = table_of(Clues)
    change = (
        update(table)
        .where(table.c.id == bindparam("clue"), table.c.version == bindparam("was"))
        .where(or_(*(table.c.state == state for state in UNREAD)))
        .values(rank=bindparam("to"), learned=bindparam("told"))
    )
    rows = [
        {"clue": one.clue, "was": one.version, "to": one.rank, "told": learned.to_json(one.learned)} for one in moves
    ]
    session.connection().execute(change, rows)


def learned_about(session: Session, clues: Iterable[int]) -> dict[int, Learned]:
    """Return what the queue learned about clues; those about which it learned nothing are left out."""
    wanted = select(Clues.id, Clues.learned)
    return {
        id_: known
        for chunk in chunks(clues)
        for id_, stored in session.execute(wanted.where(Clues.id.in_(chunk))).tuples()
        if (known := learned.from_json(stored))
    }
