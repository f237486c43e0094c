"""What waits for a person today (今日): counts of what the person may see and is expected to do, each with the page to do it on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from xiansuo.domain.account import AccountState
from xiansuo.domain.board import Due, Filters, Show
from xiansuo.domain.decision import ClueState
from xiansuo.domain.handling import BatchState
from xiansuo.domain.people import Power, Reach, Viewer
from xiansuo.domain.reveal import RevealState
from xiansuo.errors import XiansuoError
from xiansuo.services import erasure, reveal, unanswered
from xiansuo.services.clocks import cuts, limits_of
from xiansuo.services.leases import second_for
from xiansuo.services.office import Office
from xiansuo.services.readings import veiled
from xiansuo.services.retention import plan
from xiansuo.services.source_health import alarms
from xiansuo.services.unanswered import Lack
from xiansuo.services.waking import wake_due
from xiansuo.storage.repositories import reveals
from xiansuo.storage.repositories.narrowing import narrowing
from xiansuo.storage.repositories.quarantine import QuarantineStatus
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import now, reading
from xiansuo.storage.tables import Accounts, Clues, HandOverClues, HandOvers, Leases, Quarantine, Rounds

MOST = 999
"""Counting ends here; nobody plans a day by the exact number of thousands."""


class Task(StrEnum):
    """Something that waits for a person, in the order in which it is shown."""

    MINE = "mine"
    OVER = "over"
    NEAR = "near"
    SECOND = "second"
    DISPUTES = "disputes"
    REVEALS = "reveals"
    REVEALED = "revealed"
    OVERDUE = "overdue"
    RETURNED = "returned"
    UNDISPOSED = "undisposed"
    BATCHES = "batches"
    RECEIPTS = "receipts"
    OPEN = "open"
    ERASURES = "erasures"
    EXPIRED = "expired"
    ACCOUNTS = "accounts"
    QUARANTINE = "quarantine"
    SOURCES = "sources"

    @property
    def chinese(self) -> str:
        """What it is called on screen."""
        return _NAMES[self]


_NAMES = {
    Task.MINE: "我正在审阅的线索",
    Task.OVER: "超过时限的待审线索",
    Task.NEAR: "临近时限的待审线索",
    Task.SECOND: "待二次审读的线索",
    Task.DISPUTES: "待裁定的分歧",
    Task.REVEALS: "待答复的身份查看申请",
    Task.REVEALED: "我现在可查看的身份",
    Task.OVERDUE: "超过期限的处置",
    Task.RETURNED: "被退回的线索",
    Task.UNDISPOSED: "已认定、未处置的线索",
    Task.BATCHES: "还没有移交的批次",
    Task.RECEIPTS: "已移交、待签收的批次",
    Task.OPEN: "待审线索",
    Task.ERASURES: "待确认的销毁清单",
    Task.EXPIRED: "到期可以销毁的内容",
    Task.ACCOUNTS: "待确认的账号",
    Task.QUARANTINE: "待处理区的来件",
    Task.SOURCES: "读不到或久无来件的来源",
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
    """The first page: what waits, the person's rounds, whether one is needed and lacking, whether clues are still being checked for recusals."""

    waiting: tuple[Waiting, ...]
    rounds: tuple[OpenRound, ...]
    lacks_round: bool
    checking: bool = False


def today(office: Office, viewer: Viewer, *, at: datetime | None = None) -> Today:
    """Return what waits for a person. Every count about clues covers those the person may see, and no others."""
    wake_due(office, viewer.today)
    day = _Day(office, viewer, at or now())
    with reading(office.engine) as session:
        found = [_TASKS[task][1](session, day) for task in Task if viewer.may(_TASKS[task][0])]
        rounds = _rounds(session, viewer)
        unchecked = session.scalar(select(Accounts.id).where(Accounts.id == viewer.account, ~Accounts.screened))
    lacks_round = viewer.reach(Power.READ_CLUES) is Reach.ROUND and not viewer.rounds
    return Today(
        tuple(one for one in found if one.count),
        rounds,
        lacks_round,
        unchecked is not None and viewer.may(Power.READ_CLUES),
    )


@dataclass(frozen=True, slots=True)
class _Day:
    """Whose day it is."""

    office: Office
    viewer: Viewer
    at: datetime


_Count = Callable[[Session, _Day], Waiting]


def _count(session: Session, wanted: Select[tuple[int]]) -> int:
    return session.scalar(select(func.count()).select_from(wanted.limit(MOST + 1).subquery())) or 0


def _clues(*where: ColumnElement[bool]) -> Select[tuple[int]]:
    return select(Clues.id).where(*where)


def _mine(session: Session, day: _Day) -> Waiting:
    held = select(Leases.clue_id).where(Leases.account_id == day.viewer.account, Leases.expires > day.at)
    wanted = select(Clues.number).where(Clues.id.in_(held), visible(day.viewer)).order_by(Clues.id)
    numbers = list(session.scalars(wanted))
    return Waiting(Task.MINE, len(numbers), f"/clues/{numbers[0]}" if numbers else "/queue")


def _open(session: Session, day: _Day) -> Waiting:
    wanted = _clues(Clues.state == ClueState.OPEN, visible(day.viewer))
    return Waiting(Task.OPEN, _count(session, wanted), "/queue")


def _limit(task: Task, due: Due) -> _Count:
    """Return the count of clues that the queue shows under its filter by time limits."""

    def count(session: Session, day: _Day) -> Waiting:
        filters = Filters(due=due)
        meant = cuts(limits_of(day.office), filters.due, filters.show, day.viewer.today)
        narrowed = narrowing(session, day.viewer, filters, meant, veiled=veiled(day.office, session, day.viewer))
        wanted = _clues(Clues.state.in_(Show.WAITING.states), *narrowed)
        return Waiting(task, _count(session, wanted), f"/queue?due={due.value}", pressing=due is Due.OVER)

    return count


def _second(session: Session, day: _Day) -> Waiting:
    return Waiting(Task.SECOND, _count(session, _clues(second_for(day.viewer))), "/second")


def _disputes(session: Session, day: _Day) -> Waiting:
    wanted = _clues(Clues.state == ClueState.DISPUTED, visible(day.viewer, Power.ADJUDICATE))
    return Waiting(Task.DISPUTES, _count(session, wanted), "/adjudicate", pressing=True)


def _reveals(_session: Session, day: _Day) -> Waiting:
    return Waiting(Task.REVEALS, reveal.waiting(day.office, day.viewer), "/vault", pressing=True)


def _revealed(session: Session, day: _Day) -> Waiting:
    mine = reveals.of(session, day.viewer.account, visible(day.viewer, Power.REQUEST_REVEAL), limit=MOST)
    return Waiting(Task.REVEALED, sum(one.state(day.at) is RevealState.OPEN for one in mine), "/vault")


def _lacking(task: Task, lack: Lack, *, pressing: bool = False) -> _Count:
    """Return the count of clues that the list of unfinished matters shows under one heading."""

    def count(session: Session, day: _Day) -> Waiting:
        wanted = _clues(unanswered.condition(day.office, day.viewer, lack))
        return Waiting(task, _count(session, wanted), f"/unanswered?lack={lack.value}", pressing=pressing)

    return count


def _batches(task: Task, state: BatchState) -> _Count:
    """Return the count of batches in a state that hold a clue the person may see."""

    def count(session: Session, day: _Day) -> Waiting:
        inside = HandOverClues.batch_id == HandOvers.id, Clues.id == HandOverClues.clue_id
        seen = exists().where(*inside, visible(day.viewer, Power.HAND_OVER))
        return Waiting(task, _count(session, select(HandOvers.id).where(HandOvers.state == state, seen)), "/handover")

    return count


def _erasures(_session: Session, day: _Day) -> Waiting:
    return Waiting(Task.ERASURES, erasure.waiting(day.office, day.viewer), "/retention", pressing=True)


def _expired(_session: Session, day: _Day) -> Waiting:
    return Waiting(Task.EXPIRED, len(plan(day.office, day.viewer, day.viewer.today).going), "/retention")


def _accounts(session: Session, _day: _Day) -> Waiting:
    wanted = select(Accounts.id).where(Accounts.state == AccountState.PENDING)
    return Waiting(Task.ACCOUNTS, _count(session, wanted), "/accounts/waiting", pressing=True)


def _quarantine(session: Session, _day: _Day) -> Waiting:
    wanted = select(Quarantine.id).where(Quarantine.status == QuarantineStatus.OPEN)
    return Waiting(Task.QUARANTINE, _count(session, wanted), "/operate/quarantine", pressing=True)


def _sources(_session: Session, day: _Day) -> Waiting:
    try:
        found = alarms(day.office, at=day.at)
    except XiansuoError:
        # The operator's page says what is wrong about the settings.
        return Waiting(Task.SOURCES, 1, "/operate", pressing=True)
    return Waiting(Task.SOURCES, len(found), "/operate", pressing=True)


_TASKS: Mapping[Task, tuple[Power, _Count]] = {
    Task.MINE: (Power.DECIDE, _mine),
    Task.OVER: (Power.READ_CLUES, _limit(Task.OVER, Due.OVER)),
    Task.NEAR: (Power.READ_CLUES, _limit(Task.NEAR, Due.NEAR)),
    Task.SECOND: (Power.DECIDE, _second),
    Task.DISPUTES: (Power.ADJUDICATE, _disputes),
    Task.REVEALS: (Power.APPROVE_REVEAL, _reveals),
    Task.REVEALED: (Power.REQUEST_REVEAL, _revealed),
    Task.OVERDUE: (Power.DISPOSE, _lacking(Task.OVERDUE, Lack.OVERDUE, pressing=True)),
    Task.RETURNED: (Power.DISPOSE, _lacking(Task.RETURNED, Lack.RETURNED, pressing=True)),
    Task.UNDISPOSED: (Power.DISPOSE, _lacking(Task.UNDISPOSED, Lack.UNDISPOSED)),
    Task.BATCHES: (Power.HAND_OVER, _batches(Task.BATCHES, BatchState.DRAFT)),
    Task.RECEIPTS: (Power.HAND_OVER, _batches(Task.RECEIPTS, BatchState.HANDED)),
    Task.OPEN: (Power.DECIDE, _open),
    Task.ERASURES: (Power.DISPOSE, _erasures),
    Task.EXPIRED: (Power.HAND_OVER, _expired),
    Task.ACCOUNTS: (Power.CONFIRM_ACCOUNTS, _accounts),
    Task.QUARANTINE: (Power.OPERATE, _quarantine),
    Task.SOURCES: (Power.OPERATE, _sources),
}


def _rounds(session: Session, viewer: Viewer) -> tuple[OpenRound, ...]:
    mine = select(Rounds.name, Rounds.ends).where(Rounds.id.in_([one.round for one in viewer.rounds]))
    rows = session.execute(mine.order_by(Rounds.ends, Rounds.id))
    return tuple(OpenRound(row.name, row.ends, (row.ends - viewer.today).days) for row in rows)
