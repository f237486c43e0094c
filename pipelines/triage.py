"""The main job as a flow: take in every source, then analyse, link and rank what waits, batch by batch."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State

from pipelines.alone import alone
from pipelines.guard import guarded
from pipelines.helpers import helped
from pipelines.progress import Listener, current
from pipelines.steps import IncompleteError, again
from xiansuo.services import triage as service
from xiansuo.services.screening import screen_waiting
from xiansuo.services.sources import ingest_source, source_at

MOST_BATCHES = 40
"""Prefect on SQLite slows down with many task runs, so a flow keeps below 50 and a large backlog makes larger batches."""
_LEAST_BATCH = 400


@task(task_run_name="ingest-{position}", **again)
@guarded
def ingest(state_dir: str, home: str, position: int) -> None:
    """Take in what is new in the source at `position` of xiansuo.toml."""
    bench = service.bench_at(state_dir, home)
    ingest_source(bench, source_at(bench.office, position), advance=partial(current().took_in, position))


@task(task_run_name="analyse-{number}", **again)
@guarded
def analyse(state_dir: str, home: str, number: int, most: int) -> None:
    """Analyse, link and rank up to `most` letters that wait, committing batch by batch; `number` only names the run."""
    del number
    service.work_off(service.bench_at(state_dir, home), most=most, advance=current().reached_queue)


@flow
@guarded
def triage(state_dir: str, home: str, sources: Sequence[int] = ()) -> None:
    """Run the whole triage once over the sources at these positions; parameters hold paths and positions only.

    A source that fails does not stop the others; the flow then ends as failed after all else is done.
    """
    listener = current()
    with alone(Path(state_dir)):
        for position in sources:
            _hear(listener, ingest(state_dir, home, position, return_state=True))
        waiting = service.waiting(service.bench_at(state_dir, home).office)
        size, batches = _cut(waiting)
        with helped(state_dir, home, waiting) as troubles:
            for number in range(batches):
                _hear(listener, analyse(state_dir, home, number, size, return_state=True))
        for sentence in troubles:
            listener.failed(sentence)
        # Clues may wait for their check although no letter waits, as after an import of the register.
        screen_waiting(service.bench_at(state_dir, home).office)
    create_table_artifact(
        key="triage-counts", table=counts(listener), description="本次来件数，按来源在 xiansuo.toml 中的次序"
    )
    listener.at_end(listener)
    if listener.failures:
        raise IncompleteError("；".join(listener.failures))


def counts(listener: Listener) -> list[dict[str, int | str]]:
    """Return a row for each source, by its place in the file, and one for the whole run."""
    sources = {str(position + 1): report for position, report in sorted(listener.reports.items())}
    rows: list[dict[str, int | str]] = [{"source": name, **report.as_json()} for name, report in sources.items()]
    return [*rows, {"source": "合计", **listener.report.as_json(), "ranked": listener.ranked}]


def _hear(listener: Listener, state: State[None]) -> None:
    if not state.is_completed():
        listener.failed(str(state.result(raise_on_failure=False)))


def _cut(waiting: int) -> tuple[int, int]:
    """Return the size and the number of the batches that work off so many letters."""
    size = max(_LEAST_BATCH, -(-waiting // MOST_BATCHES))
    return size, -(-waiting // size)
