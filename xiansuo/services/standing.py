"""How the jobs of the schedule stand: which failed last time, and which have not run for longer than their times allow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy.orm import Session

from xiansuo.domain.times import minute
from xiansuo.intake.cron import OFF, due_before
from xiansuo.intake.schedule import TITLES
from xiansuo.storage.repositories import runs
from xiansuo.storage.repositories.runs import Run, RunStatus

GRACE = timedelta(hours=24)
"""So long may a job be behind its time, as after a machine was switched off over night, before anybody has to look."""

_DID: Mapping[str, str] = MappingProxyType(
    {
        "woken": "暂缓到期",
        "over": "超过时限",
        "near": "临近时限",
        "overdue": "处置逾期",
        "expired": "到期可销毁",
        "held": "到期但保留",
        "to_confirm": "待确认销毁",
        "certificates": "接着办完的销毁",
        "ranked": "进入队列",
        "proposed": "待比较的模型",
        "doubts": "值得再看的认定",
        "rules": "规则建议",
        "events": "审计条数",
        "frozen_letters": "样本信",
        "frozen_missed": "样本信漏提",
        "frozen_false": "样本信误提",
        "recent_letters": "近期认定",
        "recent_missed": "近期漏提",
        "recent_false": "近期误提",
        "reports": "报告",
        "letters": "备份来件",
        "megabytes": "备份兆字节",
        "dropped": "删去旧备份",
        "drawn": "抽出",
        "raised": "上调",
        "lowered": "下调",
    }
)
"""What a job counts, in the operator's words and in this order."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A job, when it runs, its last run, and what is wrong about it, in a sentence, '' where nothing is."""

    job: str
    cron: str
    last: Run | None
    wrong: str

    @property
    def title(self) -> str:
        """What the job is called."""
        return TITLES[self.job]

    @property
    def did(self) -> list[tuple[str, int]]:
        """What the last run counted, by name, without what it found none of."""
        counts = self.last.counts if self.last else {}
        return [(told, counts[name]) for name, told in _DID.items() if counts.get(name)]


def standings(session: Session, crons: Mapping[str, str], at: datetime, *, scheduled: bool = True) -> list[Standing]:
    """Return every planned job as it stands; where no schedule was ever `scheduled`, none is late."""
    last, begun = runs.last_of(session, crons), runs.first_started(session)
    return [
        Standing(job, cron, last.get(job), next(_wrong(job, cron if scheduled else OFF, last.get(job), begun, at), ""))
        for job, cron in crons.items()
    ]


def _wrong(job: str, cron: str, last: Run | None, begun: datetime | None, at: datetime) -> Iterator[str]:
    due = due_before(cron, at - GRACE)
    since = last.started if last else begun
    if due and since and since < due:
        told = f"上次执行是 {minute(last.started)}" if last else "从来没有执行过"
        yield f"“{TITLES[job]}”应在 {minute(due)} 执行，{told}。请确认 xiansuo schedule 在运行。"
    elif last and last.status is RunStatus.FAILED:
        yield f"“{TITLES[job]}”{minute(last.started)} 没有做完：{'；'.join(last.said)}"
    elif last and last.status is RunStatus.RUNNING and at - last.started > GRACE:
        yield f"“{TITLES[job]}”{minute(last.started)} 开始后没有结束，多半被中断。下次执行时会重做。"
