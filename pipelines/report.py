"""The monthly job: makes the report over the month that ended."""

from prefect import flow

from pipelines.guard import guarded
from pipelines.steps import Step, perform

STEPS: tuple[Step, ...] = ()


@flow
@guarded
def report(state_dir: str, home: str) -> None:
    """Make last month's report. Parameters hold paths only."""
    perform("report", STEPS, state_dir, home)
