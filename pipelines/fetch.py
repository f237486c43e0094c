"""Reads sources: each on its own schedule, none twice at the same time, and none that has to wait after a failure."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State

from pipelines.alone import reading_source
from pipelines.guard import guarded
from pipelines.progress import Listener, current
from pipelines.steps import IncompleteError, again
from xiansuo.errors import XiansuoError
from xiansuo.services import attempts
from xiansuo.services.ingest import Report
from xiansuo.services.jobs import office_at
from xiansuo.services.sources import id_of, ingest_source, source_at
from xiansuo.services.triage import judging_at


@task(task_run_name="ingest-{position}", **again)
@guarded
def ingest(state_dir: str, home: str, position: int) -> None:
    """Take in what is new in the source at `position` of xiansuo.toml."""
    office = office_at(state_dir, home)
    ingest_source(
        office,
        source_at(office, position),
        judging=judging_at(state_dir, home),
        advance=partial(current().took_in, position),
    )


@flow
@guarded
def fetch(state_dir: str, home: str, sources: Sequence[int] = ()) -> None:
    """Read the sources at these positions; parameters hold paths and positions only. What came waits for the triage."""
    listener = current()
    read_sources(state_dir, home, sources, listener)
    conclude(listener)


def read_sources(
    state_dir: str, home: str, positions: Sequence[int], listener: Listener, *, by_hand: bool = False
) -> None:
    """Read sources one after the other and note how each went; one that fails or has to wait does not stop the next."""
    for position in positions:
        try:
            _read(state_dir, home, position, listener, by_hand=by_hand)
        except XiansuoError as error:
            # The settings were changed while the service ran.
            listener.failed(str(error))


def _read(state_dir: str, home: str, position: int, listener: Listener, *, by_hand: bool) -> None:
    office = office_at(state_dir, home)
    source = source_at(office, position)
    with reading_source(Path(state_dir), id_of(office, source)) as mine:
        if not mine:
            listener.noted(f"来源“{source.name}”正在由另一次运行抓取，这次没有再抓。")
        elif reason := attempts.hindrance(office, source, by_hand=by_hand):
            (listener.failed if by_hand else listener.noted)(reason)
        else:
            state = ingest(state_dir, home, position, return_state=True)
            report = listener.reports.get(position, Report())
            if state.is_completed():
                attempts.note_success(office, source, report)
            else:
                attempts.note_failure(office, source, _error(state), report)
                listener.failed(str(_error(state)))


def _error(state: State[None]) -> BaseException:
    error = state.result(raise_on_failure=False)
    return error if isinstance(error, BaseException) else XiansuoError("抓取被中断，以后会再试。")


def conclude(listener: Listener) -> None:
    """Keep the counts of a run beside it in Prefect and tell the listener. Raises IncompleteError with what failed."""
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
