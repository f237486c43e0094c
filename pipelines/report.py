"""The monthly job: makes the report over the month that ended."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services.jobs import office_at
from xiansuo.services.report import keep_last_month


@task(task_run_name="keep", **again)
@guarded
def keep(state_dir: str, home: str) -> Counts:
    """Keep the figures of the month that ended; without anybody who may see all of them nothing is kept."""
    return {"reports": int(keep_last_month(office_at(state_dir, home)) is not None)}


STEPS: tuple[Step, ...] = (keep,)


@flow
@guarded
def report(state_dir: str, home: str) -> None:
    """Make last month's report. Parameters hold paths only."""
    perform("report", STEPS, state_dir, home)
