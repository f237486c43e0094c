"""What changed between two moments in the program and in the office, as rows for a report; of people only how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from xiansuo.domain.account import AccountState
from xiansuo.storage.tables import Accounts, Orders, Promotions, SampleShares, SiteModels, Stops

Between = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Order:
    """A time the queue learned: from how many decisions, and how many clues stood higher or lower for it."""

    gold: int
    raised: int
    lowered: int


def promotions(session: Session, between: Between) -> list[tuple[datetime, str, str, str]]:
    """Return when which model came into use, by which act and why; the shipped one has no name."""
    wanted = select(Promotions.created, Promotions.act, func.coalesce(SiteModels.name, ""), Promotions.reason)
    wanted = wanted.outerjoin(SiteModels, SiteModels.id == Promotions.model_id).order_by(Promotions.id)
    return list(session.execute(wanted.where(*_in(Promotions.created, between))).tuples())


def challengers(session: Session, between: Between) -> list[tuple[datetime, str, bool, Sequence[str]]]:
    """Return which models were trained, whether they may be promoted, and why not."""
    columns = SiteModels.created, SiteModels.name, SiteModels.passed, SiteModels.reasons
    wanted = select(*columns).where(*_in(SiteModels.created, between)).order_by(SiteModels.id)
    return list(session.execute(wanted).tuples())


def orders(session: Session, between: Between) -> list[Order]:
    """Return the times the queue learned."""
    wanted = select(Orders.gold, Orders.raised, Orders.lowered).where(*_in(Orders.created, between))
    return [Order(*row) for row in session.execute(wanted.order_by(Orders.id)).tuples()]


def shares(session: Session, between: Between) -> list[tuple[datetime, float, str]]:
    """Return the changes of the share of set-aside clues that is drawn."""
    wanted = select(SampleShares.created, SampleShares.share, SampleShares.reason)
    return list(session.execute(wanted.where(*_in(SampleShares.created, between)).order_by(SampleShares.id)).tuples())


def stops(session: Session, between: Between, rounds: Sequence[int]) -> list[tuple[datetime, str, datetime | None]]:
    """Return the decisions to read no further, of the whole office and of some rounds."""
    of = Stops.round_id.is_(None)
    wanted = select(Stops.created, Stops.reason, Stops.withdrawn).where(*_in(Stops.created, between))
    return list(session.execute(wanted.where(or_(of, Stops.round_id.in_(rounds))).order_by(Stops.id)).tuples())


def accounts(session: Session, start: datetime | None, end: datetime) -> int:
    """Return how many accounts in use there are, of those added between two moments or, without the first, before the second."""
    since = () if start is None else (Accounts.created >= start,)
    wanted = select(func.count()).select_from(Accounts).where(Accounts.created < end, *since)
    return session.execute(wanted.where(Accounts.state == AccountState.ACTIVE.value)).scalar_one()


def _in(column: InstrumentedAttribute[datetime], between: Between) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= between[0], column < between[1]
