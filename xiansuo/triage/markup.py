"""Owns how a masked letter is cut into runs for a reader, each knowing everything that covers it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from xiansuo.domain.letter import Part, PartRole
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Context
from xiansuo.domain.text import Entity, EntityType, Speaker, Turn

SHOWN_CONTEXTS = frozenset(
    {
        Context.DENIED,
        Context.QUESTION,
        Context.POLICY,
        Context.SLOGAN,
        Context.HYPOTHETICAL,
        Context.CONSULTATION,
        Context.WITHDRAWN,
        Context.HEARSAY,
    }
)
"""What a reader is told about a stretch that is no plain statement; the others move only the machine's own weights."""
_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+\Z")

Scopes = Sequence[tuple[Span, frozenset[Context]]]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text over which nothing begins or ends.

    `allegations` and `entities` are places in the sequences given, `reasons` pairs (allegation, reason). `first` are the allegations
    that begin here. `mask` is what a placeholder stands for, `label` tells that the words only say who speaks.
    """

    start: int
    text: str = field(repr=False)
    allegations: tuple[int, ...] = ()
    first: tuple[int, ...] = ()
    reasons: tuple[tuple[int, int], ...] = ()
    entities: tuple[int, ...] = ()
    mask: EntityType | None = None
    contexts: frozenset[Context] = frozenset()
    label: bool = False

    @property
    def end(self) -> int:
        """Where the next run starts."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or in an interview record one turn with its speaker's label."""

    runs: tuple[Run, ...]
    speaker: Speaker | None = None

    @property
    def text(self) -> str:
        """All characters of the line."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a letter: its body, an attachment, a forwarded or quoted mail, a signature."""

    role: PartRole
    media_type: str
    note: str
    lines: tuple[Line, ...]

    @property
    def start(self) -> int:
        """Where the section starts in the letter's text."""
        return self.lines[0].runs[0].start


@dataclass(frozen=True, slots=True)
class Layers:
    """Everything that lies over a letter's masked text; all spans count its characters."""

    allegations: Sequence[Allegation] = ()
    entities: Sequence[Entity] = ()
    scopes: Scopes = ()
    parts: Sequence[Part] = ()
    turns: Sequence[Turn] = ()


def mark_up(text: str, layers: Layers) -> tuple[Section, ...]:
    """Cut `text` into sections, lines and runs. The runs in order, joined, are `text` character for character."""
    lines = _lines(text, layers.turns)
    stretches = _parts(text, layers.parts)
    cover = _Cover(text, layers, [0, *(part.start for part in stretches), *(line.start for line in lines)])
    return tuple(
        Section(part.role, part.media_type, part.note, tuple(_within(part, lines, cover))) for part in stretches
    )


def _within(part: Part, lines: Sequence["_Stretch"], cover: "_Cover") -> Iterator[Line]:
    for line in lines:
        start, end = max(line.start, part.start), min(line.end, part.end)
        if start < end:
            yield Line(tuple(cover.runs(start, end, line.said)), line.speaker)


def _parts(text: str, parts: Sequence[Part]) -> list[Part]:
    """Return parts that cover the whole text: what no part claims belongs to the body."""
    found: list[Part] = []
    done = 0
    for part in sorted(parts, key=lambda one: (one.start, one.end)):
        start, end = max(part.start, done), min(part.end, len(text))
        if start >= end:
            continue
        if start > done:
            found.append(Part(PartRole.BODY, done, start))
        found.append(Part(part.role, start, end, part.media_type, note=part.note))
        done = end
    return [*found, Part(PartRole.BODY, done, len(text))] if done < len(text) else found


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A line at `start` ≤ i < `end`; what stands before `said` is its speaker's label."""

    start: int
    end: int
    said: int
    speaker: Speaker | None = None


def _lines(text: str, turns: Sequence[Turn]) -> list[_Stretch]:
    """Return the lines that cover the text: one for each turn, its label with it, and paragraphs elsewhere."""
    ordered = [turn for turn in turns if 0 <= turn.start < turn.end <= len(text)]
    if not ordered:
        return list(_paragraphs(text, 0, len(text)))
    starts = [
        _label_start(text, end, turn.start) for end, turn in zip([0, *(t.end for t in ordered)], ordered, strict=False)
    ]
    found = list(_paragraphs(text, 0, starts[0]))
    for turn, (start, end) in zip(ordered, pairwise([*starts, len(text)]), strict=True):
        # What follows the last turn is the closing formula and no longer said by anybody.
        stop = end if turn is not ordered[-1] else _line_end(text, turn.end)
        found.append(_Stretch(start, stop, turn.start, turn.speaker))
    return [*found, *_paragraphs(text, found[-1].end, len(text))]


def _label_start(text: str, before: int, said: int) -> int:
    """Return where a turn's label begins: at the start of its row, or behind the turn before it in the same row."""
    row = text.rfind("\n", before, said) + 1
    return max(row, before)


def _line_end(text: str, end: int) -> int:
    following = text.find("\n", end)
    return len(text) if following < 0 else following + 1


def _paragraphs(text: str, start: int, end: int) -> Iterator[_Stretch]:
    for found in _PARAGRAPH.finditer(text[:end], start):
        yield _Stretch(found.start(), found.end(), found.start())


class _Cover:
    """The places where anything begins or ends, and what covers the text between two of them."""

    def __init__(self, text: str, layers: Layers, cuts: Sequence[int]) -> None:
        self._text = text
        masks = [(entity.span, entity.type) for entity in layers.entities if entity.text.startswith("〔")]
        self._allegations = _Spans([one.span for one in layers.allegations], len(text))
        pairs = [(i, j, why.span) for i, one in enumerate(layers.allegations) for j, why in enumerate(one.reasons)]
        self._pairs = [(i, j) for i, j, _ in pairs]
        self._reasons = _Spans([span for _, _, span in pairs], len(text))
        self._entities = _Spans([one.span for one in layers.entities], len(text))
        self._masks = _Spans([span for span, _ in masks], len(text))
        self._kinds = [kind for _, kind in masks]
        shown = [(span, contexts & SHOWN_CONTEXTS) for span, contexts in layers.scopes if contexts & SHOWN_CONTEXTS]
        self._scopes = _Spans([span for span, _ in shown], len(text))
        self._contexts = [contexts for _, contexts in shown]
        every = (self._allegations, self._reasons, self._entities, self._scopes)
        self._cuts = sorted({*cuts, *(edge for spans in every for edge in spans.edges), len(text)})

    def runs(self, start: int, end: int, said: int) -> Iterator[Run]:
        """Yield the runs of a line; those before `said` are its speaker's label."""
        inside = self._cuts[bisect_right(self._cuts, start) : bisect_left(self._cuts, end)]
        edges = sorted({start, *inside, *([said] if start < said < end else []), end})
        for first, last in pairwise(edges):
            yield self._run(first, last, label=last <= said)

    def _run(self, start: int, end: int, *, label: bool) -> Run:
        masks, scopes = self._masks.over(start), self._scopes.over(start)
        allegations = self._allegations.over(start)
        return Run(
            start,
            self._text[start:end],
            allegations,
            tuple(one for one in allegations if self._allegations.starts_at(one, start)),
            tuple(self._pairs[place] for place in self._reasons.over(start)),
            self._entities.over(start),
            self._kinds[masks[0]] if masks else None,
            frozenset().union(*(self._contexts[place] for place in scopes)),
            label,
        )


class _Spans:
    """Spans that can be asked which of them cover a position; those outside the text or empty cover nothing."""

    def __init__(self, spans: Sequence[Span], length: int) -> None:
        valid = [(span.start, span.end, place) for place, span in enumerate(spans)]
        self._sorted = sorted((s, e, i) for s, e, i in valid if 0 <= s < e <= length)
        self._starts = [start for start, _, _ in self._sorted]
        # The furthest end so far: nothing before a span whose furthest end lies behind the position needs a look.
        self._furthest = list(accumulate((end for _, end, _ in self._sorted), max))
        self.edges = {edge for start, end, _ in self._sorted for edge in (start, end)}
        self._start_of = {place: start for start, _, place in self._sorted}

    def over(self, position: int) -> tuple[int, ...]:
        """Return the places of the spans that cover a position, in the order given."""
        last = bisect_right(self._starts, position)
        first = bisect_right(self._furthest, position, 0, last)
        return tuple(sorted(place for _, end, place in self._sorted[first:last] if end > position))

    def starts_at(self, place: int, position: int) -> bool:
        """Tell whether a span starts at a position."""
        return self._start_of[place] == position
