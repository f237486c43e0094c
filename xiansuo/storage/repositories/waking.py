"""Postponed clues whose day has come."""

from datetime import date

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState
from xiansuo.storage.tables import Clues


def are_due(session: Session, today: date) -> bool:
    """Tell whether a postponed clue's day has come."""
    return session.scalar(select(Clues.id).where(*_due(today)).limit(1)) is not None


def wake(session: Session, today: date) -> int:
    """Put postponed clues whose day has come back into the queue; return how many."""
    change = {"state": ClueState.OPEN, "postponed_until": None, "version": Clues.version + 1}
    done = session.execute(
        update(Clues).where(*_due(today)).values(change).execution_options(synchronize_session=False)
    )
    return done.rowcount if isinstance(done, CursorResult) else 0


def _due(today: date) -> tuple[ColumnElement[bool], ...]:
    return Clues.state == ClueState.POSTPONED, Clues.postponed_until <= today
