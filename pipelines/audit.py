"""The weekly job that follows the audit trail from its start and writes an anchor."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services.jobs import BY, office_at
from xiansuo.services.watch import verify_and_anchor


@task(task_run_name="verify", **again)
@guarded
def verify(state_dir: str, home: str) -> Counts:
    """Follow the chain, hold it against earlier anchors, and write a new one."""
    return {"events": verify_and_anchor(office_at(state_dir, home), actor=BY)}


STEPS: tuple[Step, ...] = (verify,)


@flow
@guarded
def audit(state_dir: str, home: str) -> None:
    """Prove the audit trail. Parameters hold paths only."""
    perform("audit", STEPS, state_dir, home)
