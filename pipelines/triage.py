"""The main job as a flow: take in every source, then analyse, link and rank what waits, batch by batch."""

from collections.abc import Sequence

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from pipelines.guard import guarded
from pipelines.progress import current
from xiansuo.errors import XiansuoError
from xiansuo.services import triage as service
from xiansuo.services.sources import ingest_source, source_at

MOST_BATCHES = 40
"""Prefect on SQLite slows down with many task runs, so a flow keeps below 50 and a large backlog makes larger batches."""
_LEAST_BATCH = 400
_OUTCOMES = ("in", "stored", "seen", "sealed", "quarantined")


class SourcesFailedError(XiansuoError):
    """Some sources could not be read to the end; everything that was fetched has been worked off."""


# A mail server or a busy database may recover. A letter that cannot be read is no error and is never retried.
@task(task_run_name="ingest-{position}", retries=3, retry_delay_seconds=[2, 10, 30])
@guarded
def ingest(state_dir: str, home: str, position: int) -> dict[str, int]:
    """Take in what is new in the source at `position` of xiansuo.toml; its name stays out of Prefect's database."""
    bench = service.bench_at(state_dir, home)
    report = ingest_source(bench, source_at(bench.office, position), advance=current().took_in)
    return report.as_json()


@task(task_run_name="analyse-{number}", retries=3, retry_delay_seconds=[2, 10, 30])
@guarded
def analyse(state_dir: str, home: str, number: int, most: int) -> int:
    """Analyse, link and rank up to `most` letters that wait, committing batch by batch; `number` only names the run."""
    del number
    return service.work_off(service.bench_at(state_dir, home), most=most, advance=current().reached_queue)


@flow
def triage(state_dir: str, home: str, sources: Sequence[int] = ()) -> dict[str, int]:
    """Run the whole triage once over the sources at these positions; parameters hold paths and positions only.

    A source that fails does not stop the others; the flow then ends as failed after all else is done.
    """
    states = [ingest(state_dir, home, position, return_state=True) for position in sources]
    counts = [state.result() for state in states if state.is_completed()]
    total = {name: sum(count[name] for count in counts) for name in _OUTCOMES}
    total["ranked"] = _work_off(state_dir, home)
    create_table_artifact(key="triage-counts", table=[total], description="Letters of one run by outcome")
    errors = [state.result(raise_on_failure=False) for state in states if not state.is_completed()]
    if errors:
        raise SourcesFailedError("；".join(str(error) for error in errors))
    return total


def _work_off(state_dir: str, home: str) -> int:
    waiting = service.waiting(service.bench_at(state_dir, home).office)
    size = max(_LEAST_BATCH, -(-waiting // MOST_BATCHES))
    return sum(analyse(state_dir, home, number, size) for number in range(-(-waiting // size)))
