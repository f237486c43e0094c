"""Runs the triage flow once, in this process, with a temporary Prefect server or that of the running schedule."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.alone import by_hand, is_busy, is_run_by_hand, service_at
from pipelines.engine import configure, point_at
from pipelines.guard import guarded
from pipelines.progress import Listener, listen
from pipelines.server import HOST, free_port, server, wait_for
from xiansuo.intake.sources import Sources
from xiansuo.services.ingest import Report
from xiansuo.services.office import engine_settings, open_office
from xiansuo.services.sources import usable_sources
from xiansuo.services.triage import bench_at
from xiansuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did, and in sentences what was wrong with the settings, what failed and what was left to another run."""

    report: Report
    ranked: int
    wrong: tuple[str, ...]
    failed: tuple[str, ...]
    notes: tuple[str, ...] = ()


def run_once(
    settings: Settings, *, step: Callable[[int], None], tell: Callable[[str], None], workers: int | None = None
) -> Outcome:
    """Run the whole triage over all usable sources by `workers` processes; `step` hears letters pass, `tell` sentences.

    Waits for another run to end. Raises OfficeError where no source is usable or the flow engine does not start.
    """
    office = open_office(settings)
    try:
        sources = usable_sources(office)
    finally:
        office.engine.dispose()
    home = configure(settings.state_dir)
    if is_run_by_hand(home):
        tell("另一次手动处理正在进行，等它结束……")
    with by_hand(settings.state_dir):
        return _run_once(settings, home, sources, step=step, tell=tell, workers=workers)


def _run_once(
    settings: Settings,
    home: Path,
    sources: Sources,
    *,
    step: Callable[[int], None],
    tell: Callable[[str], None],
    workers: int | None,
) -> Outcome:
    if is_busy(home):
        tell("定时处理正在进行；现在先抓取，分析等它结束……")
    where = str(settings.state_dir), str(settings.home)
    listener = listen(Listener(step))
    tell("正在启动流程引擎（首次约 20 秒）……")
    with _engine(home) as ready:
        # Rules and model load while the engine starts.
        bench_at(*where, tell=tell, workers=workers)
        ready()
        failed = _run(*where, tuple(range(len(sources.sources))))
    wrong = (*sources.wrong, *engine_settings(settings.state_dir).wrong)
    failures = tuple(listener.failures) or failed
    return Outcome(listener.report, listener.ranked, wrong, failures, tuple(listener.notes))


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
