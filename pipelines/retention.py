"""The daily job of retention: counts what has expired and what is held; it proposes nothing by itself and goes on with what two people decided."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services import expired
from xiansuo.services.jobs import office_at


@task(task_run_name="go_on", **again)
@guarded
def go_on(state_dir: str, home: str) -> Counts:
    """Bring what was confirmed and cut off to its end."""
    return expired.go_on(office_at(state_dir, home))


@task(task_run_name="count", **again)
@guarded
def count(state_dir: str, home: str) -> Counts:
    """Count what may go today and what is held."""
    return expired.count(office_at(state_dir, home))


STEPS: tuple[Step, ...] = (go_on, count)


@flow
@guarded
def retention(state_dir: str, home: str) -> None:
    """Tell what has expired. Parameters hold paths only."""
    perform("retention", STEPS, state_dir, home)
