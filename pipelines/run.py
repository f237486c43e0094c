"""Runs the triage flow once, in this process, with Prefect's own temporary server on loopback."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.engine import configure
from pipelines.progress import Listener, listen
from xiansuo.services.ingest import Report
from xiansuo.services.sources import list_sources
from xiansuo.services.triage import bench_at
from xiansuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did, what was wrong with the settings, and what failed, as a sentence."""

    report: Report
    ranked: int
    wrong: tuple[str, ...]
    failed: str


def run_once(settings: Settings, *, step: Callable[[int], None], tell: Callable[[str], None]) -> Outcome:
    """Run the whole triage over all usable sources; `step` hears letters pass, `tell` sentences."""
    configure(settings.state_dir)
    where = str(settings.state_dir), str(settings.home)
    sources = list_sources(bench_at(*where, tell=tell).office)
    listener = Listener(step)
    listen(listener)
    tell("正在启动流程引擎（首次约 20 秒）……")
    from pipelines.triage import triage  # noqa: PLC0415 - Prefect reads its settings when it is imported

    _quiet()
    state = triage(*where, sources=tuple(range(len(sources.sources))), return_state=True)
    failed = "" if state.is_completed() else str(state.result(raise_on_failure=False))
    return Outcome(sum(listener.reports, Report()), listener.ranked, sources.wrong, failed)


def _quiet() -> None:
    # Prefect logs every state change; the screen belongs to the letters.
    for name in ("prefect", "prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
