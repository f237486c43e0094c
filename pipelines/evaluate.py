"""The weekly job that measures the model in use and keeps the figures."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services.drift import measure_in_use
from xiansuo.services.jobs import office_at


@task(task_run_name="measure", **again)
@guarded
def measure(state_dir: str, home: str) -> Counts:
    """Measure the model in use on the frozen letters and on recent decisions."""
    return measure_in_use(office_at(state_dir, home))


STEPS: tuple[Step, ...] = (measure,)


@flow
@guarded
def evaluate(state_dir: str, home: str) -> None:
    """Measure the model in use. Parameters hold paths only."""
    perform("evaluate", STEPS, state_dir, home)
