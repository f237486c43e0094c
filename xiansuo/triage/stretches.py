"""Owns the question whether a span touches any of many spans, answered without looking at each of them."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Self

from xiansuo.domain.spans import Span


@dataclass(frozen=True, slots=True)
class Stretches:
    """Many spans, overlapping or not: their starts in order, and how far those up to each start reach."""

    starts: tuple[int, ...]
    reach: tuple[int, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Self:
        """Sort the spans once."""
        ordered = sorted(spans)
        return cls(tuple(span.start for span in ordered), tuple(accumulate((span.end for span in ordered), max)))

    def touch(self, span: Span) -> bool:
        """Tell whether any of the spans overlaps `span`."""
        if not self.starts:
            return False
        before = bisect_left(self.starts, span.end)
        return before > 0 and self.reach[before - 1] > span.start
