"""Keeps for a short while what costs more to find out than it changes."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Value = TypeVar("_Value")
_MOST = 2000


class Briefly(Generic[_Value]):
    """Values by what they depend on, each for `seconds`. A key has to name whatever must take effect at once."""

    def __init__(self, seconds: float = 60.0) -> None:
        self._seconds = seconds
        self._kept: dict[Hashable, tuple[float, _Value]] = {}

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return the value under `key`, made anew where it is missing or old."""
        now = time.monotonic()
        known = self._kept.get(key)
        if known is not None and now < known[0]:
            return known[1]
        if len(self._kept) >= _MOST:
            self._kept.clear()
        value = make()
        self._kept[key] = (now + self._seconds, value)
        return value
