"""Runs of flows and commands: what ran, when, with which model and rules, and how it ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xiansuo.storage.session import now
from xiansuo.storage.tables import Runs


class RunStatus(StrEnum):
    """How far a run got; one that was killed stays `running`."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One run as stored; `counts` are letters by outcome, or what a job did; `said` tells what failed."""

    id: int
    kind: str
    started: datetime
    finished: datetime | None
    status: RunStatus
    counts: Mapping[str, int]
    model_id: str
    rules_version: str
    source_id: int | None = None
    said: tuple[str, ...] = ()


def start(
    session: Session, kind: str, *, model_id: str = "", rules_version: str = "", source_id: int | None = None
) -> int:
    """Note that a run has begun and return its id; `source_id` where it is over one source."""
    row = Runs(
        kind=kind, started=now(), status=RunStatus.RUNNING, counts={}, model_id=model_id, rules_version=rules_version
    )
    row.source_id = source_id
    session.add(row)
    session.flush()
    return row.id


def finish(
    session: Session,
    run_id: int,
    counts: Mapping[str, int],
    *,
    status: RunStatus = RunStatus.DONE,
    said: Sequence[str] = (),
) -> None:
    """Note how a run ended, and sentences about what failed."""
    row = session.get_one(Runs, run_id)
    row.finished, row.counts, row.status, row.said = now(), dict(counts), status, list(said)
    session.flush()


def latest(session: Session, limit: int = 20) -> list[Run]:
    """Return the last runs, newest first."""
    return [_to_run(row) for row in session.scalars(select(Runs).order_by(Runs.id.desc()).limit(limit))]


def of_source(
    session: Session, source_id: int, *, limit: int | None = None, since: datetime | None = None
) -> list[Run]:
    """Return the last runs over one source, newest first."""
    wanted = select(Runs).where(Runs.source_id == source_id).order_by(Runs.id.desc()).limit(limit)
    return [_to_run(row) for row in session.scalars(wanted.where(Runs.started >= since) if since else wanted)]


def first_over(session: Session, source_id: int) -> datetime | None:
    """Return when the first run over a source began."""
    return session.scalar(select(Runs.started).where(Runs.source_id == source_id).order_by(Runs.id).limit(1))


def last_of(session: Session, kinds: Iterable[str]) -> dict[str, Run]:
    """Return the last run of each kind that ever ran."""
    newest = select(func.max(Runs.id)).where(Runs.kind.in_(list(kinds))).group_by(Runs.kind)
    return {row.kind: _to_run(row) for row in session.scalars(select(Runs).where(Runs.id.in_(newest)))}


def first_started(session: Session) -> datetime | None:
    """Return when anything ran for the first time."""
    return session.scalar(select(func.min(Runs.started)))


def _to_run(row: Runs) -> Run:
    return Run(
        id=row.id,
        kind=row.kind,
        started=row.started,
        finished=row.finished,
        status=RunStatus(row.status),
        counts=row.counts,
        model_id=row.model_id,
        rules_version=row.rules_version,
        source_id=row.source_id,
        said=tuple(row.said or ()),
    )
