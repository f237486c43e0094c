"""The nightly job: gets to know the new mail, proposes a model learned from decisions, looks for doubtful decisions and for words of rules."""

from prefect import flow, task

from pipelines.guard import guarded
from pipelines.steps import Counts, Step, again, perform
from xiansuo.services.acquaint import acquaintance
from xiansuo.services.challenge import propose as propose_now
from xiansuo.services.jobs import BY
from xiansuo.services.rule_proposals import propose as propose_rules
from xiansuo.services.second_looks import look_for_doubts
from xiansuo.services.triage import bench_at


@task(task_run_name="acquaint", **again)
@guarded
def acquaint(state_dir: str, home: str) -> Counts:
    """Let the shipped model hear the office's mail anew."""
    bench = bench_at(state_dir, home)
    acquaintance(bench.office, bench.analyser, renew=True, tell=_nobody)
    return {}


@task(task_run_name="propose", **again)
@guarded
def propose(state_dir: str, home: str) -> Counts:
    """Train a challenger from the decisions and compare it with the model in use; a person promotes it or leaves it."""
    made = propose_now(bench_at(state_dir, home).office, _nobody, BY)
    return {"proposed": int(made.is_new)}


@task(task_run_name="doubts", **again)
@guarded
def doubts(state_dir: str, home: str) -> Counts:
    """Offer decisions that look unlike the others for a second look."""
    bench = bench_at(state_dir, home)
    return {"doubts": look_for_doubts(bench.office, bench.analyser, tell=_nobody)}


@task(task_run_name="rules", **again)
@guarded
def rules(state_dir: str, home: str) -> Counts:
    """Propose words for rules from confirmed clues that no rule caught; a person makes a rule of them or not."""
    bench = bench_at(state_dir, home)
    return {"rules": propose_rules(bench.office, bench.analyser, tell=_nobody)}


STEPS: tuple[Step, ...] = (acquaint, propose, doubts, rules)


@flow
@guarded
def retrain(state_dir: str, home: str) -> None:
    """Learn from what people decided; nothing of it comes into use without a person. Parameters hold paths only."""
    perform("retrain", STEPS, state_dir, home)


def _nobody(_sentence: str) -> None:
    """Tell nobody: what a step says in passing stays out of the service's journal."""
