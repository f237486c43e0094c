"""Runs the triage flow once, in this process, with a temporary Prefect server or that of the running schedule."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.alone import alone, is_busy, service_at
from pipelines.engine import configure, point_at
from pipelines.guard import guarded
from pipelines.progress import Listener, listen
from pipelines.server import HOST, free_port, server, wait_for
from xiansuo.services.ingest import Report
from xiansuo.services.office import engine_settings, open_office
from xiansuo.services.sources import usable_sources
from xiansuo.services.triage import bench_at
from xiansuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did, what was wrong with the settings, and what failed, in sentences."""

    report: Report
    ranked: int
    wrong: tuple[str, ...]
    failed: tuple[str, ...]


def run_once(
    settings: Settings, *, step: Callable[[int], None], tell: Callable[[str], None], workers: int | None = None
) -> Outcome:
    """Run the whole triage over all usable sources by `workers` processes; `step` hears letters pass, `tell` sentences.

    Waits for another run to end. Raises OfficeError where no source is usable or the flow engine does not start.
    """
    sources = usable_sources(open_office(settings))
    home = configure(settings.state_dir)
    if is_busy(home):
        tell("另一次处理（手动或定时）正在进行，等它结束……")
        with alone(settings.state_dir):
            pass
    where = str(settings.state_dir), str(settings.home)
    listener = listen(Listener(step))
    tell("正在启动流程引擎（首次约 20 秒）……")
    with _engine(home) as ready:
        # Rules and model load while the engine starts.
        bench_at(*where, tell=tell, workers=workers)
        ready()
        failed = _run(*where, tuple(range(len(sources.sources))))
    wrong = (*sources.wrong, *engine_settings(settings.state_dir).wrong)
    return Outcome(listener.report, listener.ranked, wrong, tuple(listener.failures) or failed)


@contextmanager
def _engine(home: Path) -> Iterator[Callable[[], None]]:
    """Find or start a server, and give a function that waits until it answers."""
    if url := service_at(home):
        point_at(url)
        yield lambda: wait_for(url)
        return
    port = free_port()
    point_at(f"http://{HOST}:{port}")
    with server(home, port, pages=False) as ready:
        yield ready


@guarded
def _run(state_dir: str, home: str, positions: tuple[int, ...]) -> tuple[str, ...]:
    from pipelines.triage import triage  # noqa: PLC0415 - Prefect reads its settings when it is imported

    state = triage(state_dir, home, sources=positions, return_state=True)
    return () if state.is_completed() else (str(state.result(raise_on_failure=False)),)
