"""The clocks of clues in the queue: what is left of the limits of the law and of the office, and since when a clue is over them."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from xiansuo.domain.board import Due, Show
from xiansuo.domain.decision import ClueState
from xiansuo.domain.letter import Channel, Signed
from xiansuo.services.office import Office
from xiansuo.storage.repositories.board import BehindRow, BoardRow
from xiansuo.storage.repositories.narrowing import Cut
from xiansuo.triage.deadlines import Clock, Clocks, Deadlines, Matter, Scope, Status, Step, TimeLimit, Unit

__all__ = ["Clock", "Limits", "Status", "Unit", "clocks_of", "cuts", "limits_of"]

Limits = tuple[Path, int, int]

_ENDS = {ClueState.OPEN: (Step.READ, Step.DECIDED, Step.DISPOSED)}
_LATER_ENDS = (Step.DECIDED, Step.DISPOSED)
_TIMED = frozenset({ClueState.OPEN, ClueState.POSTPONED, ClueState.SECOND, ClueState.DISPUTED})
_NO_CLOCKS = Clocks(None, None)


def limits_of(office: Office) -> Limits:
    """Return which limits hold, by the state of their files; they are read again when the files change."""
    rules = office.settings.rules
    limits, holidays = ((rules / name).stat().st_mtime_ns for name in ("deadlines.yaml", "holidays.yaml"))
    return rules, limits, holidays


@lru_cache(maxsize=4)
def _read(rules: Path, _limits: int, _holidays: int) -> Deadlines:
    return Deadlines.load(rules)


def clocks_of(
    limits: Limits, clue: BoardRow, letters: Sequence[BehindRow], today: date, *, veiled: bool = False
) -> Clocks:
    """Return both clocks of a clue in the queue; none where it has left it. With `veiled` none that tells what is suggested."""
    if clue.state not in _TIMED:
        return _NO_CLOCKS
    scopes = {Scope.OUTSIDE} if not clue.labels and not veiled else set()
    if any(one.channel is Channel.TRANSFER for one in letters):
        scopes.add(Scope.TRANSFERRED)
    if any(one.signed is Signed.REAL_NAME for one in letters):
        scopes.add(Scope.REAL_NAME)
    return _counted(limits, clue.since, clue.state is ClueState.OPEN, frozenset(scopes), today)


@lru_cache(maxsize=8192)
def _counted(limits: Limits, since: date, unread: bool, scopes: frozenset[Scope], today: date) -> Clocks:  # noqa: FBT001
    # Whether the writer was told is on the clue's own page.
    matter = Matter(received=since, read=None if unread else since, notified=since, scopes=scopes)
    return _read(*limits).clocks(matter, today)


@lru_cache(maxsize=64)
def cuts(limits: Limits, due: str, show: Show, today: date) -> tuple[Cut, ...]:
    """Return since when clues are over a limit, or near it, for every limit that runs for the clues shown; none without `due`."""
    if not due:
        return ()
    deadlines, ends = _read(*limits), _ENDS.get(show.states[0], _LATER_ENDS)
    running = [one for one in deadlines.limits if one.start is Step.RECEIVED and one.end in ends]
    return tuple(_cut(deadlines, limit, Due(due), today) for limit in running)


def _cut(deadlines: Deadlines, limit: TimeLimit, due: Due, today: date) -> Cut:
    over = deadlines.started_by(limit, today)
    if due is Due.OVER:
        return Cut(limit.scope, over)
    near = today
    while near > over and deadlines.clock(limit, near, today).status is Status.AHEAD:
        near -= timedelta(days=1)
    return Cut(limit.scope, near, over + timedelta(days=1))
