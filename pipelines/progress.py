"""What a run tells the person who started it; nothing of it goes to Prefect."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from xiansuo.services.ingest import Report


def _silent(_count: int) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Listener:
    """Hears letters pass and keeps the reports for the end of the run."""

    step: Callable[[int], None] = _silent
    reports: list[Report] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ranked: int = 0

    def took_in(self, report: Report) -> None:
        """Hear a committed batch of letters."""
        self.reports.append(report)
        self.step(report.as_json()["in"])

    def reached_queue(self, count: int) -> None:
        """Hear that letters reached the queue."""
        self.ranked += count

    def failed(self, sentence: str) -> None:
        """Hear why a source could not be read to the end."""
        self.failures.append(sentence)


_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def listen(listener: Listener) -> None:
    """Make `listener` hear the runs of this context."""
    _listener.set(listener)


def current() -> Listener:
    """Return the listener of this context, one that tells nobody where there is none."""
    return _listener.get() or Listener()
