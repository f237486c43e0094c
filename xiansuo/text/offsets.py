"""Owns the exact way back from positions of a derived string to the string it came from."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from xiansuo.domain.spans import Span
from xiansuo.domain.text import OffsetMap


class Edit(NamedTuple):
    """Characters `start` ≤ i < `end` of a string give way to `text`."""

    start: int
    end: int
    text: str


class TwoWay(OffsetMap, Protocol):
    """Maps positions of a derived string back to its source, and positions of the source forward."""

    def derived(self, position: int) -> int:
        """Return the first derived position whose source is at or behind `position`."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """The map of a string onto itself."""

    def span(self, start: int, end: int) -> Span:
        """Return the same span."""
        return Span(start, end)

    def derived(self, position: int) -> int:
        """Return the same position."""
        return position


@dataclass(frozen=True, slots=True)
class EditMap:
    """The map of an edited string: `begins` are the derived starts of edits and `ends` their derived ends, ascending; `sources` are the spans replaced."""

    begins: tuple[int, ...]
    ends: tuple[int, ...] = field(repr=False)
    sources: tuple[Span, ...] = field(repr=False)

    def span(self, start: int, end: int) -> Span:
        """Return the smallest source span that covers `start` ≤ i < `end` of the edited string; an empty span stays empty."""
        first = self._source(start).start
        return Span(first, self._source(end - 1).end) if end > start else Span(first, first)

    def derived(self, position: int) -> int:
        """Return the first derived position whose source is at or behind `position`."""
        index = bisect_left(self.sources, (position,)) - 1
        if index < 0:
            return position
        return self.ends[index] + max(0, position - self.sources[index].end)

    def _source(self, position: int) -> Span:
        """Return the source characters of the one derived character at `position`."""
        index = bisect_right(self.begins, position) - 1
        if index < 0:
            return Span(position, position + 1)
        if position < self.ends[index]:
            return self.sources[index]
        shifted = self.sources[index].end + position - self.ends[index]
        return Span(shifted, shifted + 1)


@dataclass(frozen=True, slots=True)
class Chain:
    """Maps applied one after the other, the last edit's map first."""

    maps: tuple[TwoWay, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the smallest source span that covers `start` ≤ i < `end` of the last derived string."""
        span = Span(start, end)
        for offsets in self.maps:
            span = offsets.span(span.start, span.end)
        return span

    def derived(self, position: int) -> int:
        """Return the first position of the last derived string whose source is at or behind `position`."""
        for offsets in reversed(self.maps):
            position = offsets.derived(position)
        return position


def apply_edits(text: str, edits: Iterable[Edit]) -> tuple[str, TwoWay]:
    """Carry out edits (ascending, without overlap) and return the new string with its map."""
    pieces: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    sources: list[Span] = []
    done = length = 0
    for edit in edits:
        pieces += (text[done : edit.start], edit.text)
        length += edit.start - done
        begins.append(length)
        length += len(edit.text)
        ends.append(length)
        sources.append(Span(edit.start, edit.end))
        done = edit.end
    if not begins:
        return text, Identity()
    return "".join([*pieces, text[done:]]), EditMap(tuple(begins), tuple(ends), tuple(sources))
