"""What waits for a person today (今日): counts of what the person may see and is expected to do, each with the page to do it on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.account import AccountState
from xiansuo.domain.decision import ClueState
from xiansuo.domain.people import Power, Reach, Viewer
from xiansuo.services.office import Office
from xiansuo.storage.repositories.quarantine import QuarantineStatus
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import now, reading
from xiansuo.storage.tables import (
    Accounts,
    Clues,
    Dispositions,
    HandOverClues,
    HandOvers,
    Leases,
    Quarantine,
    Reveals,
    Rounds,
)
from xiansuo.triage.deadlines import Deadlines, Scope, Step, TimeLimit

MOST = 999
"""Counting ends here; nobody plans a day by the exact number of thousands."""

_NEAR = timedelta(days=7)
_UNREAD = (ClueState.OPEN, ClueState.POSTPONED, ClueState.SECOND, ClueState.DISPUTED)
_BEFORE: Mapping[Step, tuple[ClueState, ...]] = {
    Step.READ: (ClueState.OPEN,),
    Step.DECIDED: _UNREAD,
    Step.DISPOSED: (*_UNREAD, ClueState.DECIDED),
}
"""The states of clues for which a step is yet to come."""


class Task(StrEnum):
    """Something that waits for a person, in the order in which it is shown."""

    MINE = "mine"
    LIMITS = "limits"
    DUE = "due"
    SECOND = "second"
    DISPUTES = "disputes"
    REVEALS = "reveals"
    REVEALED = "revealed"
    UNANSWERED = "unanswered"
    DISPOSITIONS = "dispositions"
    BATCHES = "batches"
    RECEIPTS = "receipts"
    OPEN = "open"
    ACCOUNTS = "accounts"
    QUARANTINE = "quarantine"

    @property
    def chinese(self) -> str:
        """What it is called on screen."""
        return _NAMES[self]


_NAMES = {
    Task.MINE: "我正在审阅的线索",
    Task.LIMITS: "临近或超过时限的线索",
    Task.DUE: "暂缓到期的线索",
    Task.SECOND: "待二次审读的线索",
    Task.DISPUTES: "待裁定的分歧",
    Task.REVEALS: "待答复的身份查看申请",
    Task.REVEALED: "我现在可查看的身份",
    Task.UNANSWERED: "已认定、还没有处置完的线索",
    Task.DISPOSITIONS: "临近或超过期限的处置",
    Task.BATCHES: "还没有移交的批次",
    Task.RECEIPTS: "已移交、待签收的批次",
    Task.OPEN: "待审线索",
    Task.ACCOUNTS: "待确认的账号",
    Task.QUARANTINE: "待处理区的来件",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of something waits, and the page to do it on. `pressing`: a limit or a person waits on it."""

    task: Task
    count: int
    path: str
    pressing: bool = False


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that authorises the person today."""

    name: str
    ends: date
    days: int


@dataclass(frozen=True, slots=True)
class Today:
    """The first page: what waits, the person's rounds, and whether the person needs one and has none."""

    waiting: tuple[Waiting, ...]
    rounds: tuple[OpenRound, ...]
    lacks_round: bool


def today(office: Office, viewer: Viewer, *, at: datetime | None = None) -> Today:
    """Return what waits for a person. Every count about clues covers those the person may see, and no others."""
    day = _Day(viewer, at or now(), Deadlines.load(office.settings.rules))
    with reading(office.engine) as session:
        found = [_TASKS[task][1](session, day) for task in Task if viewer.may(_TASKS[task][0])]
        rounds = _rounds(session, viewer)
    lacks_round = viewer.reach(Power.READ_CLUES) is Reach.ROUND and not viewer.rounds
    return Today(tuple(one for one in found if one.count), rounds, lacks_round)


@dataclass(frozen=True, slots=True)
class _Day:
    """Whose day it is, and how its limits are counted."""

    viewer: Viewer
    at: datetime
    deadlines: Deadlines


_Count = Callable[[Session, _Day], Waiting]


def _count(session: Session, wanted: Select[tuple[int]]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.limit(MOST + 1).subquery())) or 0


def _clues(day: _Day, *where: ColumnElement[bool], power: Power = Power.READ_CLUES) -> Select[tuple[int]]:
    return select(Clues.id).where(*where, visible(day.viewer, power))


def _mine(session: Session, day: _Day) -> Waiting:
    held = Clues.id.in_(select(Leases.clue_id).where(Leases.account_id == day.viewer.account, Leases.expires > day.at))
    wanted = select(Clues.number).where(held, visible(day.viewer)).order_by(Clues.id)
    numbers = list(session.scalars(wanted))
    return Waiting(Task.MINE, len(numbers), f"/clues/{numbers[0]}" if numbers else "/queue")


def _open(session: Session, day: _Day) -> Waiting:
    return Waiting(Task.OPEN, _count(session, _clues(day, Clues.state == ClueState.OPEN)), "/queue")


def _limits(session: Session, day: _Day) -> Waiting:
    late = or_(false(), *(_late(day, limit) for limit in day.deadlines.limits if _is_counted(limit)))
    return Waiting(Task.LIMITS, _count(session, _clues(day, late)), "/queue", pressing=True)


def _is_counted(limit: TimeLimit) -> bool:
    return limit.start is Step.RECEIVED and limit.scope is Scope.ALL and limit.end in _BEFORE


def _late(day: _Day, limit: TimeLimit) -> ColumnElement[bool]:
    """Return the condition under which a clue's limit is over or near, and its last step not yet done."""
    horizon = day.deadlines.calendar.after(day.viewer.today, day.deadlines.near)
    since = day.deadlines.started_by(limit, horizon + timedelta(days=1))
    disposed = exists().where(Dispositions.clue_id == Clues.id)
    undone = ~disposed if limit.end is Step.DISPOSED else true()
    return and_(Clues.state.in_(_BEFORE[limit.end]), Clues.since <= since, undone)


def _due(session: Session, day: _Day) -> Waiting:
    due = Clues.state == ClueState.POSTPONED, Clues.postponed_until <= day.viewer.today
    return Waiting(Task.DUE, _count(session, _clues(day, *due)), "/queue?state=postponed", pressing=True)


def _second(session: Session, day: _Day) -> Waiting:
    others = or_(Clues.first_reader.is_(None), Clues.first_reader != day.viewer.account)
    wanted = _clues(day, Clues.state == ClueState.SECOND, others, power=Power.DECIDE)
    return Waiting(Task.SECOND, _count(session, wanted), "/second")


def _disputes(session: Session, day: _Day) -> Waiting:
    wanted = _clues(day, Clues.state == ClueState.DISPUTED, power=Power.ADJUDICATE)
    return Waiting(Task.DISPUTES, _count(session, wanted), "/adjudicate", pressing=True)


def _reveals(session: Session, day: _Day) -> Waiting:
    asked = select(Reveals.id).join(Clues, Clues.id == Reveals.clue_id)
    others = asked.where(Reveals.answered.is_(None), Reveals.account_id != day.viewer.account)
    wanted = others.where(visible(day.viewer, Power.APPROVE_REVEAL))
    return Waiting(Task.REVEALS, _count(session, wanted), "/vault", pressing=True)


def _revealed(session: Session, day: _Day) -> Waiting:
    mine = select(Reveals.id).join(Clues, Clues.id == Reveals.clue_id).where(Reveals.account_id == day.viewer.account)
    wanted = mine.where(Reveals.granted.is_(True), Reveals.expires > day.at, visible(day.viewer, Power.REQUEST_REVEAL))
    return Waiting(Task.REVEALED, _count(session, wanted), "/vault")


def _unanswered(session: Session, day: _Day) -> Waiting:
    wanted = _clues(day, Clues.state == ClueState.DECIDED, power=Power.DISPOSE)
    return Waiting(Task.UNANSWERED, _count(session, wanted), "/unanswered")


def _dispositions(session: Session, day: _Day) -> Waiting:
    newer = aliased(Dispositions)
    latest = ~exists().where(newer.clue_id == Dispositions.clue_id, newer.id > Dispositions.id)
    near = Dispositions.ended_on.is_(None), Dispositions.due <= day.viewer.today + _NEAR
    wanted = select(Dispositions.id).join(Clues, Clues.id == Dispositions.clue_id).where(latest, *near)
    seen = wanted.where(Clues.state != ClueState.CLOSED, visible(day.viewer, Power.DISPOSE))
    return Waiting(Task.DISPOSITIONS, _count(session, seen), "/unanswered", pressing=True)


def _batches(session: Session, day: _Day) -> Waiting:
    return Waiting(Task.BATCHES, _count(session, _batch(day, HandOvers.handed_on.is_(None))), "/handover")


def _receipts(session: Session, day: _Day) -> Waiting:
    unsigned = HandOvers.handed_on.is_not(None) & HandOvers.received_on.is_(None)
    return Waiting(Task.RECEIPTS, _count(session, _batch(day, unsigned)), "/handover")


def _batch(day: _Day, which: ColumnElement[bool]) -> Select[tuple[int]]:
    """Return the batches with a clue that the person may see."""
    inside = HandOverClues.batch_id == HandOvers.id, Clues.id == HandOverClues.clue_id
    return select(HandOvers.id).where(which, exists().where(*inside, visible(day.viewer, Power.HAND_OVER)))


def _accounts(session: Session, _day: _Day) -> Waiting:
    wanted = select(Accounts.id).where(Accounts.state == AccountState.PENDING)
    return Waiting(Task.ACCOUNTS, _count(session, wanted), "/accounts/waiting", pressing=True)


def _quarantine(session: Session, _day: _Day) -> Waiting:
    wanted = select(Quarantine.id).where(Quarantine.status == QuarantineStatus.OPEN)
    return Waiting(Task.QUARANTINE, _count(session, wanted), "/operate/quarantine", pressing=True)


_TASKS: Mapping[Task, tuple[Power, _Count]] = {
    Task.MINE: (Power.DECIDE, _mine),
    Task.LIMITS: (Power.READ_CLUES, _limits),
    Task.DUE: (Power.DECIDE, _due),
    Task.SECOND: (Power.DECIDE, _second),
    Task.DISPUTES: (Power.ADJUDICATE, _disputes),
    Task.REVEALS: (Power.APPROVE_REVEAL, _reveals),
    Task.REVEALED: (Power.REQUEST_REVEAL, _revealed),
    Task.UNANSWERED: (Power.DISPOSE, _unanswered),
    Task.DISPOSITIONS: (Power.DISPOSE, _dispositions),
    Task.BATCHES: (Power.HAND_OVER, _batches),
    Task.RECEIPTS: (Power.HAND_OVER, _receipts),
    Task.OPEN: (Power.DECIDE, _open),
    Task.ACCOUNTS: (Power.CONFIRM_ACCOUNTS, _accounts),
    Task.QUARANTINE: (Power.OPERATE, _quarantine),
}


def _rounds(session: Session, viewer: Viewer) -> tuple[OpenRound, ...]:
    mine = select(Rounds.name, Rounds.ends).where(Rounds.id.in_([one.round for one in viewer.rounds]))
    rows = session.execute(mine.order_by(Rounds.ends, Rounds.id))
    return tuple(OpenRound(row.name, row.ends, (row.ends - viewer.today).days) for row in rows)
