"""How often a person or an address may ask for something: remembered in the memory of this process and nowhere else."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and afterwards one more every so many seconds."""

    burst: int
    seconds: float


EXPORTS = Rate(10, 30)
"""Of one kind for one person: each is a file with an audit event of its own."""


class Throttle:
    """Counts for whoever asks, by the generic cell rate algorithm (ITU-T I.371): one moment for each, no list of requests."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._due: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, what: str, who: str, rate: Rate) -> bool:
        """Tell whether `who` may do `what` now, and count it if so. Who may not is not made to wait longer by asking."""
        key = (what, who)
        with self._lock:
            at = self._clock()
            due = max(self._due.get(key, at), at)
            if due - at > rate.seconds * (rate.burst - 1):
                return False
            self._due[key] = due + rate.seconds
            self._due.move_to_end(key)
            if len(self._due) > _MOST:
                self._due.popitem(last=False)
            return True
