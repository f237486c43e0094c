"""Keeps which characters of a text are taken, so that overlap costs the same in a long text as in a short one."""


class Coverage:
    """The taken characters of a text of `length`."""

    def __init__(self, length: int) -> None:
        self._taken = bytearray(length)

    def free(self, start: int, end: int) -> bool:
        """Tell whether no character of `start` ≤ i < `end` is taken."""
        return self._taken.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        """Mark the characters as taken."""
        self._taken[start:end] = b"\x01" * (min(end, len(self._taken)) - start)
