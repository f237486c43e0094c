"""Writes down when a scheduled job began, what it did and what failed, for the operator's page."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from xiansuo.services.office import Office, open_office
from xiansuo.settings import Settings
from xiansuo.storage.repositories import runs
from xiansuo.storage.repositories.runs import RunStatus
from xiansuo.storage.session import transaction

BY = "定时任务"
"""Who made what a job made."""


@cache
def office_at(state_dir: str, home: str) -> Office:
    """Return the office of a state directory and content folders; opened once per process."""
    return open_office(Settings(state_dir=Path(state_dir), home=Path(home)))


def begin(office: Office, job: str) -> int:
    """Note that a job has begun and return the id of its run; one that is killed stays begun."""
    with transaction(office.engine) as session:
        return runs.start(session, job)


def end(office: Office, run: int, counts: Mapping[str, int], failures: Sequence[str]) -> None:
    """Note what a job did and, in sentences, what failed."""
    status = RunStatus.FAILED if failures else RunStatus.DONE
    with transaction(office.engine) as session:
        runs.finish(session, run, counts, status=status, said=failures)
