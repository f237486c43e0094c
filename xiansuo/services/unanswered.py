"""What is decided and not yet brought to its end (未了事项): every matter has an outcome, every item somewhere to be found (件件有着落)."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_

from xiansuo.domain.decision import ClueState
from xiansuo.domain.people import Power, Viewer
from xiansuo.services.matters import Followed, follow
from xiansuo.services.office import Office
from xiansuo.storage.repositories import ledger, outstanding
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import CHINA, reading
from xiansuo.triage.deadlines import Clock, Deadlines

_DISPOSITION_LIMIT = "proposed-disposition"


class Lack(StrEnum):
    """Why a clue is not at its end."""

    UNDISPOSED = "undisposed"
    UNTOLD = "untold"
    UNFINISHED = "unfinished"
    OVERDUE = "overdue"
    UNRECEIPTED = "unreceipted"
    RETURNED = "returned"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _LACKS[self]


_LACKS = {
    Lack.UNDISPOSED: "已认定，未处置",
    Lack.UNTOLD: "已处置，未反馈",
    Lack.UNFINISHED: "已反馈，未办结",
    Lack.OVERDUE: "超过期限",
    Lack.UNRECEIPTED: "已移交，未签收",
    Lack.RETURNED: "被退回",
}


_DECIDED = (Lack.UNDISPOSED, Lack.UNTOLD, Lack.UNFINISHED, Lack.OVERDUE)
"""What only decided clues can lack."""


@dataclass(frozen=True, slots=True)
class LackRow:
    """A clue that is not at its end, with the limit that presses most."""

    followed: Followed = field(repr=False)
    clock: Clock | None

    @property
    def id(self) -> int:
        """The clue's id, from which the next page goes on."""
        return self.followed.clue.id


def counts(office: Office, viewer: Viewer, round_id: int | None = None) -> dict[Lack, int]:
    """Return how many clues a person may see lack something, by what they lack; one clue may count under several."""
    seen = _seen(viewer, round_id)
    lacks = {lack: _lacking(office, viewer, lack) for lack in Lack}
    inside = {lack.value: condition for lack, condition in lacks.items() if lack in _DECIDED}
    with reading(office.engine) as session:
        found = ledger.tally(session, and_(seen, ledger.in_states([ClueState.DECIDED])), inside)
        return {
            lack: found[lack.value] if lack in _DECIDED else ledger.count(session, and_(seen, condition))
            for lack, condition in lacks.items()
        }


def total(office: Office, viewer: Viewer, round_id: int | None = None) -> int:
    """Return how many clues a person may see lack anything; a round may close only at 0."""
    lacks = (_lacking(office, viewer, lack) for lack in Lack)
    with reading(office.engine) as session:
        return ledger.count(session, and_(_seen(viewer, round_id), or_(*lacks)))


def rows(
    office: Office, viewer: Viewer, lack: Lack, round_id: int | None = None, *, after: int = 0, limit: int = 50
) -> list[LackRow]:
    """Return up to `limit` clues that lack something, those that came first before the others, after the clue `after`."""
    deadlines = Deadlines.load(office.settings.rules)
    with reading(office.engine) as session:
        wanted = condition(office, viewer, lack, round_id)
        found = follow(session, ledger.page(session, wanted, after=after, limit=limit))
    return [LackRow(one, next(iter(deadlines.running(one.matter, viewer.today)), None)) for one in found]


def condition(office: Office, viewer: Viewer, lack: Lack, round_id: int | None = None) -> ColumnElement[bool]:
    """Return the condition on `Clues` that a person may see them and that they lack something."""
    # What they lack is asked first: few clues do, and whether a person may see a clue costs more to find out.
    return and_(_lacking(office, viewer, lack), _seen(viewer, round_id))


def _seen(viewer: Viewer, round_id: int | None) -> ColumnElement[bool]:
    seen = visible(viewer, Power.DISPOSE)
    return seen if round_id is None else and_(seen, ledger.in_round(round_id))


def _lacking(office: Office, viewer: Viewer, lack: Lack) -> ColumnElement[bool]:
    if lack is Lack.OVERDUE:
        return overdue(office, viewer.today)
    return {
        Lack.UNDISPOSED: outstanding.undisposed,
        Lack.UNTOLD: outstanding.unanswered,
        Lack.UNFINISHED: outstanding.unfinished,
        Lack.UNRECEIPTED: outstanding.unreceipted,
        Lack.RETURNED: outstanding.returned,
    }[lack]()


def overdue(office: Office, today: date) -> ColumnElement[bool]:
    """Return the condition on decided clues that a limit of their handling is past."""
    deadlines = Deadlines.load(office.settings.rules)
    limit = deadlines.limit(_DISPOSITION_LIMIT)
    latest = deadlines.started_by(limit, today) if limit else None
    end = datetime.combine(latest or today, time.max, CHINA)
    return outstanding.overdue(today, received_by=latest, received_before=end)
