"""Owns time limits: how long each step may take (rules/deadlines.yaml), when it is due and what is left."""

import calendar as months
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from xiansuo.rulebook.fields import Place, choice, entries, identifier, known, number, read_yaml, section, sentence
from xiansuo.triage.workdays import WorkCalendar, load_calendar

AGREED = "本办约定"


def authority(source: str, *, verified: bool) -> str:
    """Return what a limit or period stands on, as a screen may say it: a clause only where somebody compared it."""
    return source if verified and source else AGREED


_FIELDS = ("id", "名称", "种类", "起算", "止于", "期限", "单位", "适用", "依据", "已核对")
_MOST = 400


class Step(StrEnum):
    """A moment in the life of a clue from which a limit runs or at which it ends."""

    RECEIVED = "收到"
    READ = "首次阅看"
    DECIDED = "认定"
    DISPOSED = "处置"
    NOTIFIED = "受理告知"
    HANDED = "分办"
    RECEIPTED = "签收"
    ENDED = "办结"
    FEEDBACK = "结果反馈"
    OUTSIDE = "外部"


class Unit(StrEnum):
    """What a limit is counted in."""

    WORKDAYS = "工作日"
    DAYS = "日"
    MONTHS = "个月"
    QUARTERS = "季度"


class Origin(StrEnum):
    """Who set a limit: the law, or the office itself."""

    STATUTE = "法定"
    OFFICE = "本办"


class Scope(StrEnum):
    """Which clues a limit is for."""

    ALL = "全部"
    REAL_NAME = "实名"
    TRANSFERRED = "部门移送"
    OUTSIDE = "业务范围外"
    INQUIRY = "谈话函询"
    REFERENCE = "备查"


class Status(StrEnum):
    """How near a limit is."""

    AHEAD = "未到期"
    NEAR = "临近"
    TODAY = "到期"
    OVER = "超期"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """One limit. `source` is a clause; it is shown as authority only where `verified`."""

    id: str
    name: str
    origin: Origin
    start: Step
    end: Step
    amount: int
    unit: Unit
    scope: Scope
    source: str = ""
    verified: bool = False

    @property
    def authority(self) -> str:
        """What the limit stands on, as a screen may say it."""
        return authority(self.source, verified=self.verified)

    @property
    def length(self) -> str:
        """The limit in words, such as 15个工作日."""
        return f"每{self.unit}" if self.unit is Unit.QUARTERS else f"{self.amount}{_MEASURE[self.unit]}"


_MEASURE = {Unit.WORKDAYS: "个工作日", Unit.DAYS: "日", Unit.MONTHS: "个月", Unit.QUARTERS: "季度"}


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit that runs: due on `due`, with `left` working days or days until then, negative when it is over.

    `note` says that a year's holidays are not known, so that `due` is an estimate.
    """

    limit: TimeLimit
    due: date
    left: int
    status: Status
    note: str = ""

    @property
    def words(self) -> str:
        """What is left, in words."""
        unit = "个工作日" if self.limit.unit is Unit.WORKDAYS else "天"
        if self.status is Status.OVER:
            return f"超期{-self.left}{unit}" if self.left else "已超期"
        return "今天到期" if self.status is Status.TODAY else f"还有{self.left}{unit}"


@dataclass(frozen=True, slots=True)
class Matter:
    """What the clocks of a clue depend on: the days of its steps, and what sort of clue it is. None: has not happened."""

    received: date | None = None
    read: date | None = None
    decided: date | None = None
    disposed: date | None = None
    notified: date | None = None
    handed: date | None = None
    receipted: date | None = None
    ended: date | None = None
    feedback: date | None = None
    scopes: frozenset[Scope] = frozenset()

    def day(self, step: Step) -> date | None:
        """Return the day on which a step happened."""
        return {
            Step.RECEIVED: self.received,
            Step.READ: self.read or self.decided,
            Step.DECIDED: self.decided,
            Step.DISPOSED: self.disposed,
            Step.NOTIFIED: self.notified,
            Step.HANDED: self.handed,
            Step.RECEIPTED: self.receipted,
            Step.ENDED: self.ended,
            Step.FEEDBACK: self.feedback,
        }.get(step)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two clocks of a clue: the most pressing limit of the law, and of the office; None where none runs."""

    statute: Clock | None
    office: Clock | None


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The limits with the calendar they are counted on. `near`: so many days before a limit it counts as near."""

    limits: tuple[TimeLimit, ...]
    calendar: WorkCalendar
    near: int = 3

    @classmethod
    def load(cls, rules: Path) -> "Deadlines":
        """Read both files of the folder `rules`; raises RuleBookError with a sentence that names the place."""
        return load_deadlines(rules / "deadlines.yaml", load_calendar(rules / "holidays.yaml"))

    def due(self, limit: TimeLimit, start: date) -> date:
        """Return the last day of a limit that starts on `start`; that day itself is not counted.

        A limit in days or months that ends on a day off is not moved to a later day: earlier is safer.
        """
        if limit.unit is Unit.WORKDAYS:
            return self.calendar.after(start, limit.amount)
        if limit.unit is Unit.DAYS:
            return start + timedelta(days=limit.amount)
        if limit.unit is Unit.MONTHS:
            return months_after(start, limit.amount)
        return months_after(date(start.year, (start.month - 1) // 3 * 3 + 1, 1), 3 * limit.amount) - timedelta(days=1)

    def left(self, limit: TimeLimit, due: date, today: date) -> int:
        """Return the working days or days from `today` to `due`, negative when it is over."""
        return self.calendar.between(today, due) if limit.unit is Unit.WORKDAYS else (due - today).days

    def clock(self, limit: TimeLimit, start: date, today: date) -> Clock:
        """Return a limit as it stands on `today`."""
        due = self.due(limit, start)
        left = self.left(limit, due, today)
        note = self._note(start, max(due, today)) if limit.unit is Unit.WORKDAYS else ""
        return Clock(limit, due, left, self._status(left, due, today), note)

    def running(self, matter: Matter, today: date) -> list[Clock]:
        """Return the limits that run for a clue, the first to fall due first."""
        clocks = []
        for limit in self.limits:
            start = matter.day(limit.start)
            if start and not matter.day(limit.end) and (limit.scope is Scope.ALL or limit.scope in matter.scopes):
                clocks.append(self.clock(limit, start, today))
        return sorted(clocks, key=lambda clock: clock.due)

    def clocks(self, matter: Matter, today: date) -> Clocks:
        """Return the most pressing limit of each origin."""
        running = self.running(matter, today)
        first = {origin: next((clock for clock in running if clock.limit.origin is origin), None) for origin in Origin}
        return Clocks(first[Origin.STATUTE], first[Origin.OFFICE])

    def limit(self, id_: str) -> TimeLimit | None:
        """Return the limit with an id; an office may have removed one."""
        return next((limit for limit in self.limits if limit.id == id_), None)

    def started_by(self, limit: TimeLimit, today: date) -> date:
        """Return the latest day on which a limit that is over today can have started: a bound for a query over many clues."""
        day = today
        while self.due(limit, day) >= today:
            day -= timedelta(days=1)
        return day

    def _status(self, left: int, due: date, today: date) -> Status:
        if today > due:
            return Status.OVER
        if today == due:
            return Status.TODAY
        return Status.NEAR if left <= self.near else Status.AHEAD

    def _note(self, start: date, end: date) -> str:
        years = "、".join(f"{year}年" for year in self.calendar.unknown(start, end))
        return f"{years}放假安排尚未录入，暂按周一至周五推算。" if years else ""


def months_after(start: date, amount: int) -> date:
    """Return the same day some months later; the last day of a month that has no such day."""
    whole = start.year * 12 + start.month - 1 + amount
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(start.day, months.monthrange(year, month)[1]))


def load_deadlines(path: Path, calendar: WorkCalendar) -> Deadlines:
    """Read the limits; raises RuleBookError with a sentence that names the limit and the field."""
    data = read_yaml(path)
    place = Place(path.name)
    known(data, ("版本", "临近", "时限"), place)
    limits = tuple(_limit(one, place) for one in entries(data.get("时限"), "时限", place))
    _unique(limits, place)
    return Deadlines(limits, calendar, int(number(data.get("临近"), "临近", place, (0, 30))))


def _limit(value: object, place: Place) -> TimeLimit:
    fields = section(value, "时限", place)
    place = Place(place.file, identifier(fields, place))
    known(fields, _FIELDS, place)
    verified = fields.get("已核对")
    if not isinstance(verified, bool):
        raise place.error("已核对", verified, "true 或 false")
    source = str(fields.get("依据") or "")
    if verified and not source:
        raise place.error("依据", source, "条款名称；没有条款的请写“已核对: false”")
    amount = number(fields.get("期限"), "期限", place, (1, _MOST))
    if amount != int(amount):
        raise place.error("期限", amount, "整数")
    return TimeLimit(
        id=place.rule,
        name=sentence(fields, "名称", place),
        origin=choice(fields.get("种类"), "种类", place, Origin),
        start=choice(fields.get("起算"), "起算", place, Step),
        end=choice(fields.get("止于"), "止于", place, Step),
        amount=int(amount),
        unit=choice(fields.get("单位"), "单位", place, Unit),
        scope=choice(fields.get("适用"), "适用", place, Scope),
        source=source,
        verified=verified,
    )


def _unique(limits: Iterable[TimeLimit], place: Place) -> None:
    seen: set[str] = set()
    for limit in limits:
        if limit.id in seen:
            raise place.error("id", limit.id, "别的时限没有用过的短名")
        seen.add(limit.id)
