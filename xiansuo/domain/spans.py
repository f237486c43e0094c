"""Half-open character ranges."""

from typing import NamedTuple


class Span(NamedTuple):
    """Characters `start` ≤ i < `end` of the string it was found in."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters of `text` that this span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two ranges share at least one character."""
        return self.start < other.end and other.start < self.end
