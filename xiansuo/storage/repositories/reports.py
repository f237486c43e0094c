"""Reports that were made: over which period, by whom, with which digest; their figures only where no clue of the office was out of sight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from xiansuo.storage.session import now
from xiansuo.storage.tables import Clues, PeriodReports


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as it was made; `content` holds its figures, or nothing."""

    version: int
    digest: bytes
    made_by: str
    created: datetime
    content: Mapping[str, object] = field(repr=False)


def keep(session: Session, place: tuple[str, str], figures: Mapping[str, object], digest: bytes, made_by: str) -> int:
    """Write down that a report over a period (kind, key) was made and return its version: the earlier one where nothing has changed since."""
    wanted = select(PeriodReports).where(PeriodReports.kind == place[0], PeriodReports.key == place[1])
    rows = session.scalars(wanted.order_by(PeriodReports.version.desc())).all()
    own = next((row for row in rows if row.made_by == made_by), None)
    if own is not None and own.digest == digest:
        return own.version
    version = rows[0].version + 1 if rows else 1
    row = PeriodReports(kind=place[0], key=place[1], version=version, content=dict(figures), digest=digest)
    row.made_by, row.created = made_by, now()
    session.add(row)
    return version


def kept(session: Session, kind: str, key: str) -> list[Kept]:
    """Return the reports over a period whose figures are kept, the latest first."""
    wanted = select(PeriodReports).where(PeriodReports.kind == kind, PeriodReports.key == key)
    rows = session.scalars(wanted.order_by(PeriodReports.version.desc()))
    return [Kept(row.version, row.digest, row.made_by, row.created, row.content) for row in rows if row.content]


def begun(session: Session, seen: ColumnElement[bool]) -> datetime | None:
    """Return when the first of the clues that fulfil a condition came about."""
    return session.scalar(select(Clues.created).where(seen).order_by(Clues.id).limit(1))
