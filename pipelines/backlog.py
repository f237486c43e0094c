"""The nightly job that works off whatever waits, also where no source is read."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services import triage as service


@task(task_run_name="work_off", **again)
@guarded
def work_off(state_dir: str, home: str) -> Counts:
    """Analyse, link, rank, screen and index what waits, batch by batch."""
    return {"ranked": service.work_off(service.bench_at(state_dir, home))}


STEPS: tuple[Step, ...] = (work_off,)


@flow
@guarded
def backlog(state_dir: str, home: str) -> None:
    """Work off what waits. Parameters hold paths only."""
    perform("backlog", STEPS, state_dir, home)
