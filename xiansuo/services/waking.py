"""Puts clues back into the queue whose day has come (暂缓到期), so that nothing stays postponed because nobody asked for the next clue."""

from datetime import date

from xiansuo.services.office import Office
from xiansuo.storage.repositories import waking
from xiansuo.storage.session import reading, transaction


def wake_due(office: Office, today: date) -> int:
    """Put postponed clues whose day has come back into the queue; return how many. Where none is due nothing is written."""
    with reading(office.engine) as session:
        if not waking.are_due(session, today):
            return 0
    with transaction(office.engine) as session:
        return waking.wake(session, today)
