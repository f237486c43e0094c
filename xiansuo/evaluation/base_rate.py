"""The share of clues that hold an accusation, from what was read ahead of the rest and the random sample of what was set aside."""

from dataclasses import dataclass
from datetime import date

from xiansuo.evaluation.elusion import Statement


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the clues: its size, how many of it were read for certain or by lot, and how many of those held an accusation."""

    clues: int
    read: int
    found: int


@dataclass(frozen=True, slots=True)
class BaseRate:
    """The share of clues that hold an accusation, with its 95 % interval: of those read ahead of the rest and of the pile together."""

    rate: float
    low: float
    high: float
    ahead: Stratum
    aside: Stratum
    day: date


def base_rate(statement: Statement) -> BaseRate | None:
    """Return the share of clues that hold an accusation; None while too few were read. What still waits ahead of the pile is left out."""
    ahead, day = statement.ahead, statement.day
    if not statement.enough or day is None or not ahead.read:
        return None
    whole = ahead.read + statement.pile
    likely = statement.pile * statement.found / statement.read if statement.read else 0.0
    likely = min(max(likely, statement.low), statement.high)
    rate, low, high = ((ahead.found + number) / whole for number in (likely, statement.low, statement.high))
    return BaseRate(
        rate,
        low,
        high,
        ahead=Stratum(ahead.read + ahead.waiting, ahead.read, ahead.found),
        aside=Stratum(statement.pile, statement.read, statement.found),
        day=day,
    )
