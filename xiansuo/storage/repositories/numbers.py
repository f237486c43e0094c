"""Gives consecutive numbers in named series, gapless in the order of commits."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from xiansuo.storage.session import add_missing, table_of
from xiansuo.storage.tables import Counters


def take(session: Session, series: str, count: int = 1) -> range:
    """Return the next `count` numbers of `series`, from 1; other writers of the series wait until this one commits."""
    add_missing(session, Counters, [{"name": series, "value": 0}])
    counters = table_of(Counters)
    raised = update(counters).where(counters.c.name == series).values(value=counters.c.value + count)
    last: int = session.execute(raised.returning(counters.c.value)).scalar_one()
    return range(last - count + 1, last + 1)


def take_turn(session: Session, name: str) -> None:
    """Wait until nobody else has the turn of this name; others wait until this transaction ends. Nothing is counted."""
    take(session, name, 0)
