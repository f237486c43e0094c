"""Whose turn it is (轮候): clues that wait long, rank low or were drawn, and how often each category was read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import READ, ClueState
from xiansuo.storage.repositories.stops import stopped
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Clues, Samples


def waiting(  # noqa: PLR0913 - each argument narrows the same question
    session: Session,
    *,
    since: datetime,
    floor: float,
    deferred: bool = False,
    category: Category | None = None,
    limit: int | None = None,
    where: ColumnElement[bool] | None = None,
) -> list[int]:
    """Return the ids of open clues that wait since `since` or longer, those waiting longest first.

    Only those of rank `floor` and more, or with `deferred` those that the rubric puts below and whose reading nobody stopped,
    wherever learning moved them, so that each clue always has one of the two turns and no order keeps it waiting for ever; only those whose first label is
    `category`, or that have no label and are likeliest of that category by what was learned; only those that fulfil `where`.
    """
    if not _anybody_since(session, since):
        return []
    ranked = (
        Clues.state == ClueState.OPEN,
        and_(Clues.rubric_rank < floor, ~stopped()) if deferred else Clues.rank >= floor,
    )
    wanted = select(Clues.id).where(*ranked, Clues.created <= since, true() if where is None else where)
    if category is not None:
        learned = and_(Clues.category.is_(None), Clues.learned["category"].as_string() == category)
        wanted = wanted.where(or_(Clues.category == category, learned))
    return list(session.scalars(wanted.order_by(Clues.id).limit(limit)))


def doubtful(
    session: Session, ids: Sequence[int], *, since: datetime, where: ColumnElement[bool] | None = None
) -> list[int]:
    """Return those of the clues `ids` that are still open and wait since `since` or longer, in their order."""
    open_ = Clues.state == ClueState.OPEN, Clues.created <= since, true() if where is None else where
    left = {
        id_ for chunk in chunks(ids) for id_ in session.scalars(select(Clues.id).where(Clues.id.in_(chunk), *open_))
    }
    return [id_ for id_ in ids if id_ in left]


def sampled(session: Session, *, limit: int | None = None, where: ColumnElement[bool] | None = None) -> list[int]:
    """Return the ids of open clues drawn to be read for the figures, those drawn first before others, of one day in the order of their lots."""
    open_ = exists().where(
        Clues.id == Samples.clue_id, Clues.state == ClueState.OPEN, true() if where is None else where
    )
    # Not joined: SQLite would try every open clue for the few that were drawn.
    wanted = select(Samples.clue_id).where(open_).order_by(Samples.drawn, Samples.lot).limit(limit)
    return list(session.scalars(wanted))


def _anybody_since(session: Session, since: datetime) -> bool:
    """Tell whether the open clue that was opened first, and so has the lowest id, waits since `since` or longer."""
    first = select(Clues.created).where(Clues.state == ClueState.OPEN).order_by(Clues.id).limit(1)
    opened = session.scalar(first)
    return opened is not None and opened <= since


def served(session: Session, where: ColumnElement[bool] | None = None) -> dict[str | None, int]:
    """Return how many clues that fulfil `where` persons have read, by the category of their first label (None without label)."""
    done = select(Clues.category, func.count().label("served")).where(Clues.state.in_(READ)).group_by(Clues.category)
    if where is not None:
        done = done.where(where)
    return {row.category: row.served for row in session.execute(done)}
