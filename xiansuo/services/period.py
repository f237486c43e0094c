"""Computes the figures of a month or a round for one person, always anew from the stored rows."""

from xiansuo.domain.people import Viewer
from xiansuo.evaluation.period import Period, PeriodReport
from xiansuo.services.office import Office


def month_of(key: str) -> Period:
    """Return a month by its key, such as 2026-11. Raises XiansuoError for anything else."""
    raise NotImplementedError


def round_of(office: Office, viewer: Viewer, round_id: int) -> Period:
    """Return a round that the viewer may read the statistics of. Raises RefusedError, NotVisibleError."""
    raise NotImplementedError


def period_report(office: Office, viewer: Viewer, period: Period) -> PeriodReport:
    """Return the report. Raises RefusedError without the power to read statistics, NotVisibleError for a foreign round, XiansuoError for a period that has not begun."""
    raise NotImplementedError
