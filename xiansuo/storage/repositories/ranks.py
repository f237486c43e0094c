"""Ranks as JSON: a rubric's lines with their points and the words behind them."""

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Grade, Rank, RankPart
from xiansuo.storage.tables.base import Json


def parts_to_json(parts: tuple[RankPart, ...]) -> Json:
    """Return the lines of a rubric that gave points as lists; the others are known from the rubric."""
    return [[part.block, part.name, part.points, part.maximum, part.spans, part.quote] for part in parts if part.points]


def parts_from_json(stored: Json) -> tuple[RankPart, ...]:
    """Return the lines as they were stored; those of an earlier program have no quote."""
    return tuple(
        RankPart(block, name, points, maximum, tuple(Span(*span) for span in spans), *quote)
        for block, name, points, maximum, spans, *quote in stored
    )


def grade_from(stored: str) -> Grade | None:
    """Return a stored grade; an empty one means that there was nothing to check."""
    return Grade(stored) if stored else None


def to_json(rank: Rank) -> Json:
    """Return a whole rank as a list."""
    return [rank.total, parts_to_json(rank.parts), rank.grade or "", list(rank.missing), list(rank.flags)]


def from_json(stored: Json) -> Rank:
    """Return the rank as it was stored."""
    total, parts, grade, missing, flags = stored
    return Rank(total, parts_from_json(parts), grade_from(grade), tuple(missing), tuple(flags))
