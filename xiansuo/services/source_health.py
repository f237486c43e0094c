"""Says of every source whether it is read on time and still brings something, and when it is read next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy.orm import Session

from xiansuo.domain.times import CHINA, minute
from xiansuo.intake.cron import DEFAULT_CRON, OFF, due_after, due_before
from xiansuo.intake.mail_session import Setback
from xiansuo.intake.sources import Source
from xiansuo.services.attempts import is_held
from xiansuo.services.office import Office
from xiansuo.services.scheduled import was_scheduled
from xiansuo.services.sources import list_sources
from xiansuo.storage.repositories import letters, runs, source_states, sources
from xiansuo.storage.repositories.runs import Run, RunStatus
from xiansuo.storage.repositories.source_states import SourceState
from xiansuo.storage.session import now, reading

USUAL_SILENCE = timedelta(days=7)
"""Without a setting and without enough history, a source that brought nothing for so long is worth a look."""
_LEAST, _MOST = timedelta(days=3), timedelta(days=30)
_GAPS = 5
_LOOKED_BACK = timedelta(days=180)
_GRACE = timedelta(hours=1)
_LAST_RUNS = 5
_OUTCOMES = ("stored", "sealed", "quarantined")


class SourceStanding(StrEnum):
    """How a source stands, the worst first."""

    HELD = "held"
    FAILING = "failing"
    PARTLY = "partly"
    OVERDUE = "overdue"
    SILENT = "silent"
    NEW = "new"
    WELL = "well"

    @property
    def chinese(self) -> str:
        """What it is called on screen."""
        return _NAMES[self]

    @property
    def alarming(self) -> bool:
        """Tell whether somebody should look."""
        return self not in {SourceStanding.NEW, SourceStanding.WELL}


_NAMES = {
    SourceStanding.HELD: "登录被拒绝",
    SourceStanding.FAILING: "没有读到",
    SourceStanding.PARTLY: "没有读全",
    SourceStanding.OVERDUE: "到点没有抓取",
    SourceStanding.SILENT: "久无来件",
    SourceStanding.NEW: "等待首次抓取",
    SourceStanding.WELL: "正常",
}


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A configured source: how it stands and why, when it was read, when it brought something, when it is read next.

    `limit` is how long it may bring nothing. `runs` are its last runs, newest first.
    """

    name: str
    cron: str
    standing: SourceStanding
    sentence: str
    state: SourceState
    limit: timedelta
    next_run: datetime | None
    letters: int
    runs: tuple[Run, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what the command for monitoring prints."""
        times = {name: getattr(self.state, name) for name in ("tried", "succeeded", "failed", "brought")}
        return {
            "name": self.name,
            "standing": self.standing,
            "alarming": self.standing.alarming,
            "sentence": self.sentence,
            "cron": self.cron,
            **{name: _told(at) for name, at in {**times, "next": self.next_run}.items()},
            "failures": self.state.failures,
            "silent_after_hours": round(self.limit / timedelta(hours=1)),
            "letters": self.letters,
            "runs": [{"started": _told(run.started), "status": run.status, **run.counts} for run in self.runs],
        }


def source_health(office: Office, *, at: datetime | None = None) -> tuple[SourceHealth, ...]:
    """Return how every usable source stands, in the order of the file. Raises SourcesError."""
    at = at or now()
    usable = list_sources(office).sources
    with reading(office.engine) as session:
        ids = {name: id_ for id_, name in sources.names(session).items()}
        # One that was never read has no number yet, and looking gives it none.
        found = [(source, ids.get(source.name, 0)) for source in usable]
        states, came = source_states.all_of(session), letters.by_source(session)
        last = {id_: tuple(runs.of_source(session, id_, limit=_LAST_RUNS)) for _, id_ in found}
        look = _Look(office, session, at, states, last, was_scheduled(office.state_dir, session))
        return tuple(_health(look, source, id_, came.get(id_, (0, at))[0]) for source, id_ in found)


def alarms(office: Office, *, at: datetime | None = None) -> list[SourceHealth]:
    """Return the sources somebody should look at. Raises SourcesError."""
    return [one for one in source_health(office, at=at) if one.standing.alarming]


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known when the sources are looked at."""

    office: Office
    session: Session
    at: datetime
    states: Mapping[int, SourceState]
    runs: Mapping[int, tuple[Run, ...]]
    scheduled: bool


def _health(look: _Look, source: Source, id_: int, count: int) -> SourceHealth:
    state, cron = look.states.get(id_, SourceState()), source.cron or DEFAULT_CRON
    limit = source.silent_after or _usual(look, id_, state)
    standing, sentence = _standing(look, source, id_, limit)
    next_run = _next(look, cron, standing, state)
    return SourceHealth(source.name, cron, standing, sentence, state, limit, next_run, count, look.runs[id_])


def _next(look: _Look, cron: str, standing: SourceStanding, state: SourceState) -> datetime | None:
    if not look.scheduled or cron == OFF or standing is SourceStanding.HELD:
        return None
    planned = due_after(cron, look.at)
    if not state.next_try:
        return planned
    return max(look.at, min(state.next_try, planned or state.next_try))


def _standing(look: _Look, source: Source, id_: int, limit: timedelta) -> tuple[SourceStanding, str]:
    state = look.states.get(id_, SourceState())
    if state.trouble:
        return _troubled(look, source, state)
    if look.scheduled and (missed := _missed(look, source, id_)):
        return SourceStanding.OVERDUE, f"{minute(missed)} 应当抓取而没有抓取。请检查 xiansuo schedule 是否在运行。"
    if state.succeeded is None:
        return SourceStanding.NEW, "还没有到第一次抓取的时间。" if look.scheduled else "还没有抓取过。"
    if (quiet := look.at - _last_news(look, id_, state)) > limit:
        return (
            SourceStanding.SILENT,
            f"能读到，但已有 {_length(quiet)}没有新来件（上限 {_length(limit)}）。请向来源单位核实。",
        )
    return SourceStanding.WELL, "正常。"


def _troubled(look: _Look, source: Source, state: SourceState) -> tuple[SourceStanding, str]:
    if is_held(look.office, source, state):
        return SourceStanding.HELD, f"{state.said}没有再试，以免账号被锁；改正密码后自动恢复。"
    if state.trouble == Setback.PARTLY or (state.trouble == Setback.LONG and state.brought == state.tried):
        return SourceStanding.PARTLY, state.said
    return SourceStanding.FAILING, f"连续 {state.failures} 次没有读到，{_since(state)}。{state.said}"


def _missed(look: _Look, source: Source, id_: int) -> datetime | None:
    """Return when the source was last due, if it was neither read since then nor is being read."""
    due = due_before(source.cron or DEFAULT_CRON, look.at - _GRACE)
    configured = datetime.fromtimestamp(look.office.sources_file.stat().st_mtime, UTC)
    if due is None or due < configured or any(run.started >= due - _GRACE for run in look.runs[id_][:1]):
        return None
    tried = look.states.get(id_, SourceState()).tried
    return due if tried is None or tried < due else None


def _last_news(look: _Look, id_: int, state: SourceState) -> datetime:
    """Return when a source last brought something; one that never did is reckoned from its first run."""
    return state.brought or runs.first_over(look.session, id_) or look.at


def _usual(look: _Look, id_: int, state: SourceState) -> timedelta:
    """Return how long a source may bring nothing: five times its usual pause, between three days and thirty."""
    if state.brought is None or look.at - state.brought <= _LEAST:
        return USUAL_SILENCE
    past = runs.of_source(look.session, id_, since=look.at - _LOOKED_BACK)
    days = sorted({run.started.astimezone(CHINA).date() for run in past if _is_new(run)})
    gaps = [(later - day).days for day, later in pairwise(days)]
    if len(gaps) < _GAPS:
        return USUAL_SILENCE
    return min(max(timedelta(days=5 * median(gaps)), _LEAST), _MOST)


def _is_new(run: Run) -> bool:
    return run.status is not RunStatus.RUNNING and any(run.counts.get(name) for name in _OUTCOMES)


def _since(state: SourceState) -> str:
    return f"上次成功是 {minute(state.succeeded)}" if state.succeeded else "还没有成功过"


def _length(time: timedelta) -> str:
    hours = round(time / timedelta(hours=1))
    return f"{hours} 小时" if hours < 48 else f"{hours // 24} 天"


def _told(at: datetime | None) -> str | None:
    return at.astimezone(CHINA).isoformat(timespec="seconds") if at else None
