"""The main job as a flow: take in every source, then analyse, link and rank what waits, batch by batch."""

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, task
from prefect.client.schemas.objects import State

from pipelines.alone import alone
from pipelines.fetch import conclude, read_sources
from pipelines.guard import guarded
from pipelines.helpers import helped
from pipelines.progress import Listener, current
from pipelines.steps import again
from xiansuo.services import triage as service
from xiansuo.services.screening import screen_waiting

MOST_BATCHES = 40
"""Prefect on SQLite slows down with many task runs, so a flow keeps below 50 and a large backlog makes larger batches."""
_LEAST_BATCH = 400


@task(task_run_name="analyse-{number}", **again)
@guarded
def analyse(state_dir: str, home: str, number: int, most: int) -> None:
    """Analyse, link and rank up to `most` letters that wait, committing batch by batch; `number` only names the run."""
    del number
    service.work_off(service.bench_at(state_dir, home), most=most, advance=current().reached_queue)


@flow
@guarded
def triage(state_dir: str, home: str, sources: Sequence[int] = ()) -> None:
    """Read the sources at these positions, of which the schedule gives none, then work off what waits; parameters hold paths and positions only.

    A source that fails does not stop the others; the flow then ends as failed after all else is done.
    """
    listener = current()
    read_sources(state_dir, home, sources, listener, by_hand=True)
    with alone(Path(state_dir)):
        waiting = service.waiting(service.bench_at(state_dir, home).office)
        size, batches = _cut(waiting)
        with helped(state_dir, home, waiting) as troubles:
            for number in range(batches):
                _hear(listener, analyse(state_dir, home, number, size, return_state=True))
        for sentence in troubles:
            listener.failed(sentence)
        # Clues may wait for their check although no letter waits, as after an import of the register.
        screen_waiting(service.bench_at(state_dir, home).office)
    conclude(listener)


def _hear(listener: Listener, state: State[None]) -> None:
    if not state.is_completed():
        listener.failed(str(state.result(raise_on_failure=False)))


def _cut(waiting: int) -> tuple[int, int]:
    """Return the size and the number of the batches that work off so many letters."""
    size = max(_LEAST_BATCH, -(-waiting // MOST_BATCHES))
    return size, -(-waiting // size)
