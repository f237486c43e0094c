"""Looks once a day which clocks have run out or soon will, and puts postponed clues back whose day has come; it counts, and names nobody."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import and_

from xiansuo.domain.board import Due, Show
from xiansuo.domain.decision import ClueState
from xiansuo.services.clocks import cuts, limits_of
from xiansuo.services.office import Office
from xiansuo.services.unanswered import overdue
from xiansuo.services.waking import wake_due
from xiansuo.storage.repositories import ledger
from xiansuo.storage.repositories.narrowing import within
from xiansuo.storage.session import reading


def look(office: Office, today: date) -> Mapping[str, int]:
    """Return how many clues came back, how many that wait are over or near a limit, and how many decided ones are past theirs.

    People see the same on their first page, reckoned when they open it; this is for days on which nobody does.
    """
    woken, limits = wake_due(office, today), limits_of(office)
    waiting = ledger.in_states(Show.WAITING.states)
    with reading(office.engine) as session:
        over, near = (
            ledger.count(session, and_(waiting, within(cuts(limits, due, Show.WAITING, today))))
            for due in (Due.OVER, Due.NEAR)
        )
        late = ledger.count(session, and_(ledger.in_states([ClueState.DECIDED]), overdue(office, today)))
    return {"woken": woken, "over": over, "near": near, "overdue": late}
