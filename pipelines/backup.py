"""The nightly job that makes a backup and reads it back."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services.backup import back_up_by_itself
from xiansuo.services.jobs import BY, office_at


@task(task_run_name="make", **again)
@guarded
def make(state_dir: str, home: str) -> Counts:
    """Make a backup, read it back, and drop the oldest beyond the number kept."""
    return back_up_by_itself(office_at(state_dir, home), actor=BY)


STEPS: tuple[Step, ...] = (make,)


@flow
@guarded
def backup(state_dir: str, home: str) -> None:
    """Make a backup. Parameters hold paths only."""
    perform("backup", STEPS, state_dir, home)
