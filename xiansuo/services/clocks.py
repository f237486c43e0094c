"""The clocks of clues in the queue: what is left of the limits of the law and of the office, and since when a clue is over them."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from xiansuo.domain.board import Due, Filters
from xiansuo.domain.decision import ClueState
from xiansuo.domain.letter import Channel, Signed
from xiansuo.services.office import Office
from xiansuo.storage.repositories.board import BehindRow, BoardRow
from xiansuo.storage.repositories.narrowing import Cut
from xiansuo.triage.deadlines import Clock, Clocks, Deadlines, Matter, Scope, Status, Step, TimeLimit, Unit

__all__ = ["Clock", "Status", "Unit", "clocks_of", "cuts", "deadlines_of"]

_ENDS = {ClueState.OPEN: (Step.READ, Step.DECIDED, Step.DISPOSED)}
_LATER_ENDS = (Step.DECIDED, Step.DISPOSED)
_TIMED = frozenset({ClueState.OPEN, ClueState.POSTPONED, ClueState.SECOND, ClueState.DISPUTED})
_NO_CLOCKS = Clocks(None, None)


def deadlines_of(office: Office) -> Deadlines:
    """Return the office's limits, read again when their files change."""
    rules = office.settings.rules
    return _read(rules, *((rules / name).stat().st_mtime_ns for name in ("deadlines.yaml", "holidays.yaml")))


@lru_cache(maxsize=4)
def _read(rules: Path, _limits: int, _holidays: int) -> Deadlines:
    return Deadlines.load(rules)


def clocks_of(deadlines: Deadlines, clue: BoardRow, letters: Sequence[BehindRow], today: date) -> Clocks:
    """Return both clocks of a clue in the queue; none where it has left it."""
    if clue.state not in _TIMED:
        return _NO_CLOCKS
    scopes = {Scope.OUTSIDE} if not clue.labels else set()
    if any(one.channel is Channel.TRANSFER for one in letters):
        scopes.add(Scope.TRANSFERRED)
    if any(one.signed is Signed.REAL_NAME for one in letters):
        scopes.add(Scope.REAL_NAME)
    read = None if clue.state is ClueState.OPEN else clue.since
    # Whether the writer was told is on the clue's own page.
    matter = Matter(received=clue.since, read=read, notified=clue.since, scopes=frozenset(scopes))
    return deadlines.clocks(matter, today)


def cuts(deadlines: Deadlines, filters: Filters, today: date) -> list[Cut]:
    """Return since when clues are over a limit, or near it, for every limit that runs for clues of the queue."""
    if not filters.due:
        return []
    ends = _ENDS.get(filters.show.states[0], _LATER_ENDS)
    running = [one for one in deadlines.limits if one.start is Step.RECEIVED and one.end in ends]
    return [_cut(deadlines, limit, Due(filters.due), today) for limit in running]


def _cut(deadlines: Deadlines, limit: TimeLimit, due: Due, today: date) -> Cut:
    over = deadlines.started_by(limit, today)
    if due is Due.OVER:
        return Cut(limit.scope, over)
    near = today
    while near > over and deadlines.clock(limit, near, today).status is Status.AHEAD:
        near -= timedelta(days=1)
    return Cut(limit.scope, near, over + timedelta(days=1))
