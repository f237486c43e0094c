"""Owns how a letter is built: its sentences, its numbered points, its answers; so that what stands together can be read together."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, Speaker

_HAN = "一二三四五六七八九十"
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"([{_HAN}]{{1,2}})[、.．]",
        rf"[（(]([{_HAN}]{{1,2}})[）)]",
        rf"(?:第|其)([{_HAN}]{{1,2}})[，、：:]",
        rf"([{_HAN}]{{1,2}})是",
        r"(\d{1,2})(?:[、)）]|[.．](?!\d))",
        r"[（(](\d{1,2})[）)]",
        r"([①-⑩])",
    )
)
_NUMBERS = {sign: number for signs in (_HAN, "①②③④⑤⑥⑦⑧⑨⑩") for number, sign in enumerate(signs, 1)}
_AROUND = 2
"""So many sentences before and behind are read with a sentence, within its paragraph."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`points` are the stretches of a letter's numbered points, at least two or none; `answers` those of an interview."""

    text: str
    sentences: tuple[Span, ...]
    starts: tuple[int, ...]
    points: tuple[Span, ...]
    answers: tuple[Span, ...]

    @classmethod
    def of(cls, document: Document) -> "Layout":
        """Find the points and answers of a letter."""
        sentences = document.sentences
        turns = document.interview.turns if document.interview else ()
        answers = tuple(Span(turn.start, turn.end) for turn in turns if turn.speaker is not Speaker.INTERVIEWER)
        points = () if answers else _points(document.text, sentences)
        return cls(document.text, sentences, tuple(sentence.start for sentence in sentences), points, answers)

    def holding(self, span: Span) -> tuple[Span, ...]:
        """Return the sentences that hold a span; a span between sentences is its own."""
        first, last = self._place(span.start), self._place(span.end - 1)
        return tuple(one for one in self.sentences[first : last + 1] if one.overlaps(span)) or (span,)

    def near(self, span: Span) -> Span:
        """Return what is read together with a span: its numbered point, its answer, or the sentences around it in its paragraph."""
        whole = next((part for part in (*self.points, *self.answers) if part.overlaps(span)), None)
        if whole or not self.sentences:
            return whole or span
        first, last = self._place(span.start), self._place(span.end - 1)
        before = self.sentences[max(0, first - _AROUND)].start
        behind = self.sentences[min(len(self.sentences) - 1, last + _AROUND)].end
        line = self.text.rfind("\n", 0, span.start) + 1
        end = self.text.find("\n", span.end)
        # A neighbouring sentence counts across a line's end as well: many mails begin a line with every sentence.
        return Span(
            max(before, min(line, self.sentences[max(0, first - 1)].start)),
            min(
                behind,
                max(len(self.text) if end < 0 else end, self.sentences[min(len(self.sentences) - 1, last + 1)].end),
            ),
        )

    def point(self, span: Span) -> int:
        """Return the number of the point that holds a span, 0 where it stands in none."""
        return next((number for number, point in enumerate(self.points, 1) if point.overlaps(span)), 0)

    def _place(self, position: int) -> int:
        return max(0, bisect_right(self.starts, position) - 1)


def _points(text: str, sentences: Sequence[Span]) -> tuple[Span, ...]:
    for style in _STYLES:
        starts = list(_counted(text, sentences, style))
        if len(starts) > 1:
            ends = [*starts[1:], len(text)]
            points = [Span(start, end) for start, end in zip(starts, ends, strict=True)]
            return (*points[:-1], _last(text, points))
    return ()


def _counted(text: str, sentences: Sequence[Span], style: re.Pattern[str]) -> Iterator[int]:
    """Yield where one, two, three … of a style begin; a list that does not begin with one is none."""
    due = 1
    for sentence in sentences:
        mark = style.match(text, sentence.start)
        if mark and _number(mark[1]) == due:
            yield sentence.start
            due += 1


def _number(sign: str) -> int:
    if sign.isascii():
        return int(sign)
    tens, _, ones = sign.rpartition("十") if "十" in sign and len(sign) > 1 else ("", "", sign)
    return _NUMBERS.get(sign, 0) or 10 * _NUMBERS.get(tens or "一", 0) + _NUMBERS.get(ones, 0)


def _last(text: str, points: Sequence[Span]) -> Span:
    """End the last point after as many paragraphs as the longest of the others has; what follows is the letter's closing."""
    longest = max(point.of(text).rstrip().count("\n") for point in points[:-1])
    end = points[-1].start
    for _ in range(longest + 1):
        end = text.find("\n", end + 1)
        if end < 0:
            return points[-1]
    return Span(points[-1].start, end)
