"""Whose turn it is (轮候): clues that wait long or rank low, and how often each category was read."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import READ, ClueState
from xiansuo.storage.tables import Clues

# Primes of which the first moves neighbours far apart; products stay within 64 bits for any number of clues.
_LOT_STEP, _LOTS = 7_919, 1_000_003
_LOTS_A_PLACE = 30


def waiting(  # noqa: PLR0913 - each argument narrows the same question
    session: Session,
    *,
    since: datetime,
    floor: float,
    deferred: bool = False,
    category: Category | None = None,
    drawn: int | None = None,
    limit: int | None = None,
    where: ColumnElement[bool] | None = None,
) -> list[int]:
    """Return the ids of open clues that wait since `since` or longer, those waiting longest first.

    Only those of rank `floor` and more, or with `deferred` those below; only those whose first label is `category`; with `drawn`, a seed,
    in an order that looks drawn by lot and is the same for the same seed; only those that fulfil `where`.
    """
    if not _anybody_since(session, since):
        return []
    ranked = Clues.state == ClueState.OPEN, Clues.rank < floor if deferred else Clues.rank >= floor
    wanted = select(Clues.id).where(*ranked, Clues.created <= since, true() if where is None else where)
    if category is not None:
        wanted = wanted.where(Clues.category == category)
    if drawn is None:
        return list(session.scalars(wanted.order_by(Clues.id).limit(limit)))
    lot = (Clues.id * _LOT_STEP + drawn) * _LOT_STEP % _LOTS
    inner = select(Clues.id).where(*ranked).order_by(lot, Clues.id).limit(limit and limit * _LOTS_A_PLACE)
    # Lots are drawn from the index alone, for many more than are wanted; only where none of those fulfils `where` all are tried.
    few = session.scalars(wanted.where(Clues.id.in_(inner)).order_by(lot, Clues.id).limit(limit)).all()
    return list(few or session.scalars(wanted.order_by(lot, Clues.id).limit(limit)))


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
