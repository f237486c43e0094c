"""Tells a person what learning from decisions did to the queue: when, from how many, how many clues moved, and where one clue moved."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.people import Viewer
from xiansuo.services.briefly import Briefly
from xiansuo.services.gold import teachable
from xiansuo.services.office import Office
from xiansuo.services.order import NOTICEABLE
from xiansuo.services.readings import veiled
from xiansuo.storage.repositories import board, orders
from xiansuo.storage.repositories.clues import StoredClue
from xiansuo.storage.repositories.learned import Learned
from xiansuo.storage.repositories.orders import UNREAD, Order
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Clues


@dataclass(frozen=True, slots=True)
class OrderTold:
    """When the queue last learned, and of the clues that the person may meet: how many taught it, how many stand higher or lower since."""

    at: datetime
    gold: int
    raised: int
    lowered: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What was learned about one clue: the probability of an accusation and the rank, before and after; `way` is 1 up, -1 down, 0 neither.

    `hints` are categories that other clues' decisions make likely and the suggestion does not name.
    """

    way: int
    before: float
    after: float
    rubric_rank: float
    rank: float
    hints: tuple[Category, ...]

    @staticmethod
    def percent(chance: float) -> int:
        """Return a probability as it is shown: nothing is certain and nothing impossible."""
        return min(99, max(1, round(100 * chance)))


_TOLD: Briefly[OrderTold] = Briefly(600.0)


def moved(rank: float, rubric_rank: float, learned: Learned | None, labels: Sequence[Category]) -> Moved | None:
    """Return what was learned about a clue; None where nothing was, or nothing that anybody would notice."""
    if learned is None:
        return None
    points = rank - rubric_rank
    way = 0 if abs(points) < NOTICEABLE else 1 if points > 0 else -1
    hints = tuple(category for category in learned.categories if category not in labels)
    return Moved(way, learned.before, learned.after, rubric_rank, rank, hints) if way or hints else None


def moved_clue(clue: StoredClue) -> Moved | None:
    """Return the same about a clue read in full."""
    return moved(clue.content.rank.total, clue.rubric_rank, clue.learned, clue.content.labels)


def order_told(office: Office, session: Session, viewer: Viewer) -> OrderTold | None:
    """Return what the order in force did to the clues that the person may meet; None where the queue has learned nothing.

    Clues that the person shall read blind are not counted.
    """
    order = orders.latest(session)
    if order is None:
        return None
    key: tuple[Hashable, ...] = (office.state_dir, order.id, viewer.account, viewer.role, viewer.rounds)
    return _TOLD.get((*key, board.blocks(session, viewer)), lambda: _counted(office, session, viewer, order))


def _counted(office: Office, session: Session, viewer: Viewer, order: Order) -> OrderTold:
    met = visible(viewer)
    taught = [one.clue for one in teachable(session, until=order.last_decision)]
    gold = sum(_count(session, Clues.id.in_(chunk), met) for chunk in chunks(taught))
    unread = Clues.state.in_(UNREAD), met, ~veiled(office, session, viewer)
    raised = _count(session, Clues.rank >= Clues.rubric_rank + NOTICEABLE, *unread)
    lowered = _count(session, Clues.rank <= Clues.rubric_rank - NOTICEABLE, *unread)
    return OrderTold(order.created, gold, raised, lowered)


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Clues).where(*where)) or 0
