"""The daily job of deadlines: puts postponed clues back and counts what is over or near a limit."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services.due import look as look_now
from xiansuo.services.jobs import office_at
from xiansuo.storage.session import CHINA, now


@task(task_run_name="look", **again)
@guarded
def look(state_dir: str, home: str) -> Counts:
    """Look which clocks have run out."""
    return look_now(office_at(state_dir, home), now().astimezone(CHINA).date())


STEPS: tuple[Step, ...] = (look,)


@flow
@guarded
def deadlines(state_dir: str, home: str) -> None:
    """Look after the clocks of clues, also where nobody opens a page. Parameters hold paths only."""
    perform("deadlines", STEPS, state_dir, home)
