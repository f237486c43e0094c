"""The daily job: draws from what was set aside, and puts the unread in the order that was learned."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, again, perform
from xiansuo.services.elusion import draw as draw_today
from xiansuo.services.jobs import office_at
from xiansuo.storage.session import CHINA, now


@task(task_run_name="draw", **again)
@guarded
def draw(state_dir: str, home: str) -> Counts:
    """Draw from the clues that were set aside."""
    return {"drawn": draw_today(office_at(state_dir, home), now().astimezone(CHINA).date())}


STEPS = (draw,)


@flow
@guarded
def sample(state_dir: str, home: str) -> None:
    """Draw the sample and order the unread anew. Parameters hold paths only."""
    perform("sample", STEPS, state_dir, home)
