"""The daily job: draws from what was set aside, and puts the unread in the order that was learned."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services.elusion import draw as draw_today
from xiansuo.services.jobs import office_at
from xiansuo.services.order import reorder as reorder_now
from xiansuo.storage.session import CHINA, now


@task(task_run_name="draw", **again)
@guarded
def draw(state_dir: str, home: str) -> Counts:
    """Draw from the clues that were set aside."""
    return {"drawn": draw_today(office_at(state_dir, home), now().astimezone(CHINA).date())}


@task(task_run_name="reorder", **again)
@guarded
def reorder(state_dir: str, home: str) -> Counts:
    """Put the unread clues in the order that was learned, where anything new was."""
    done = reorder_now(office_at(state_dir, home))
    return {"raised": done.raised, "lowered": done.lowered} if done else {}


STEPS: tuple[Step, ...] = (draw, reorder)


@flow
@guarded
def sample(state_dir: str, home: str) -> None:
    """Draw the sample and order the unread anew. Parameters hold paths only."""
    perform("sample", STEPS, state_dir, home)
