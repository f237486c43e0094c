"""What a run tells the person who started it; nothing of it goes to Prefect."""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from xiansuo.services.ingest import Report


def _silent(_count: int) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Listener:
    """Hears letters pass and keeps the reports for the end of the run, one for each source by its position."""

    step: Callable[[int], None] = _silent
    at_end: Callable[["Listener"], None] = lambda _listener: None
    reports: dict[int, Report] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ranked: int = 0

    @property
    def report(self) -> Report:
        """What became of the letters of all sources."""
        return sum(self.reports.values(), Report())

    def took_in(self, position: int, report: Report) -> None:
        """Hear a committed batch of letters."""
        self.reports[position] = self.reports.get(position, Report()) + report
        self.step(report.as_json()["in"])

    def reached_queue(self, count: int) -> None:
        """Hear that letters reached the queue."""
        self.ranked += count

    def noted(self, sentence: str) -> None:
        """Hear of something that was left for another time and is no failure."""
        self.notes.append(sentence)

    def failed(self, sentence: str) -> None:
        """Hear why a source could not be read, or the letters not worked off, to the end."""
        self.failures.append(sentence)


_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def listen(listener: Listener) -> Listener:
    """Make `listener` hear the runs of this context, and return it."""
    _listener.set(listener)
    return listener


def current() -> Listener:
    """Return the listener of this context; where nobody listens, as in a scheduled run, one that prints at the end."""
    return _listener.get() or listen(Listener(at_end=print_line))


def print_line(listener: Listener) -> None:
    """Print one line with the time and the counts, and one for each failure, for the terminal or the service's journal."""
    print(  # noqa: T201 - the screen of `xiansuo schedule`
        f"{datetime.now().astimezone():%m-%d %H:%M} {''.join(_done(listener)) or '这次没有取到来件。'}",
        *(f"  · {sentence}" for sentence in (*listener.notes, *listener.failures)),
        sep="\n",
        flush=True,
    )


def _done(listener: Listener) -> Iterator[str]:
    counts = listener.report.as_json()
    if listener.reports:
        yield f"来件 {counts['in']} 件：新收 {counts['stored']}，已收过 {counts['seen']}，密封移送 {counts['sealed']}，待处理 {counts['quarantined']}。"
    if listener.ranked:
        yield f"进入待审队列 {listener.ranked} 件。"
