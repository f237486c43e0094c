"""The nightly job: gets to know the new mail, trains a challenger, looks for decisions to look at twice and for rules to propose."""

from prefect import flow

from pipelines.guard import guarded
from pipelines.steps import Step, perform

STEPS: tuple[Step, ...] = ()


@flow
@guarded
def retrain(state_dir: str, home: str) -> None:
    """Learn from what people decided; nothing of it comes into use without a person. Parameters hold paths only."""
    perform("retrain", STEPS, state_dir, home)
