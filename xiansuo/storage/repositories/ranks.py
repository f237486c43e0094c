"""Ranks as JSON: a rubric's lines with their points and the words behind them."""

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Grade, Rank, RankPart
from xiansuo.storage.tables.base import Json


def parts_to_json(parts: tuple[RankPart, ...]) -> Json:
    """Return the lines of a rubric as lists."""
    return [[part.block, part.name, part.points, part.maximum, part.spans] for part in parts]


def parts_from_json(stored: Json) -> tuple[RankPart, ...]:
    """Return the lines as they were stored."""
    return tuple(
        RankPart(block, name, points, maximum, tuple(Span(*span) for span in spans))
        for block, name, points, maximum, spans in stored
    )


def to_json(rank: Rank) -> Json:
    """Return a whole rank as a list."""
    return [rank.total, parts_to_json(rank.parts), rank.grade, list(rank.missing), list(rank.flags)]


def from_json(stored: Json) -> Rank:
    """Return the rank as it was stored."""
    total, parts, grade, missing, flags = stored
    return Rank(total, parts_from_json(parts), Grade(grade), tuple(missing), tuple(flags))
