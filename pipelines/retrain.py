"""The nightly job: gets to know the new mail, and looks for decisions that are worth a second look. Nothing of it decides anything."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services.acquaint import acquaintance
from xiansuo.services.second_looks import look_for_doubts
from xiansuo.services.triage import bench_at


@task(task_run_name="acquaint", **again)
@guarded
def acquaint(state_dir: str, home: str) -> Counts:
    """Let the shipped model hear the office's mail anew."""
    bench = bench_at(state_dir, home)
    acquaintance(bench.office, bench.analyser, renew=True, tell=_nobody)
    return {}


@task(task_run_name="doubts", **again)
@guarded
def doubts(state_dir: str, home: str) -> Counts:
    """Offer decisions that look unlike the others for a second look."""
    bench = bench_at(state_dir, home)
    return {"doubts": look_for_doubts(bench.office, bench.analyser, tell=_nobody)}


STEPS: tuple[Step, ...] = (acquaint, doubts)


@flow
@guarded
def retrain(state_dir: str, home: str) -> None:
    """Learn from what people decided; nothing of it comes into use without a person. Parameters hold paths only."""
    perform("retrain", STEPS, state_dir, home)


def _nobody(_sentence: str) -> None:
    """Tell nobody: what a step says in passing stays out of the service's journal."""
