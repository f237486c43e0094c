"""What flows share: what is tried again, and jobs of several steps of which none stops the next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import Task
from prefect.client.schemas.objects import State, TaskRun

from pipelines.alone import alone
from xiansuo.errors import XiansuoError
from xiansuo.intake.schedule import TITLES
from xiansuo.services import jobs

Counts = Mapping[str, int]
Step = Task[[str, str], Counts]


class IncompleteError(XiansuoError):
    """Some sources could not be read, letters not worked off, or steps not done, to the end; everything else has been done."""


def may_pass(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell whether what failed is worth trying again."""
    # A mail server or a busy database may recover. A wrong password stays wrong, and trying again may lock the account.
    return getattr(state.result(raise_on_failure=False), "passing", False)


again: Mapping[str, Any] = {"retries": 2, "retry_delay_seconds": [2, 10], "retry_condition_fn": may_pass}


def perform(job: str, steps: Sequence[Step], state_dir: str, home: str) -> None:
    """Do the steps of a job one after the other, whatever fails among them, and write down the run.

    Raises IncompleteError with the sentences of the steps that failed, after all else is done.
    """
    office = jobs.office_at(state_dir, home)
    counts, failures = Counter[str](), list[str]()
    with alone(Path(state_dir)):
        run = jobs.begin(office, job)
        for step in steps:
            state = step(state_dir, home, return_state=True)
            result: Any = state.result(raise_on_failure=False)
            if state.is_completed():
                counts.update(result)
            else:
                failures.append(str(result))
        jobs.end(office, run, counts, failures)
    _print(job, failures)
    if failures:
        raise IncompleteError("；".join(failures))


def _print(job: str, failures: Sequence[str]) -> None:
    ended = "有步骤没有做完，其余已做完" if failures else "完成"
    print(  # noqa: T201 - the screen of `xiansuo schedule`
        f"{datetime.now().astimezone():%m-%d %H:%M} {TITLES[job]}：{ended}。",
        *(f"  · {failure}" for failure in failures),
        sep="\n",
        flush=True,
    )
