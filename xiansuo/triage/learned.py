"""Owns how what was learned from decisions moves a clue in the reading order: never out of it, and never in the place of the rubric."""

from dataclasses import dataclass

from xiansuo.triage.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a clue stands by the rubric: its rank, the probability of an accusation that went into it, the points of 100."""

    rank: float
    scope: float
    points: float = 0.0


def learned_rank(placed: Placed, learned: float, rubric: Rubric) -> float:
    """Return the rank, 0 to 100, of a clue whose letters accuse with the probability `learned`, as people's decisions about others say.

    What the rubric gave stays: only the probability that it was weighted with is replaced, so that between two clues as likely the more
    checkable one comes first. A clue rises above the floor when decisions speak for it; one that the rubric put forward comes down
    to the floor and no further, so that learning alone sets nothing aside. Nothing learned, nothing moved, wherever the machine saw a point.
    """
    floor = rubric.floor
    if placed.rank < floor and learned < rubric.scope_cut:
        return round(min(learned, 0.999) * floor, 4)
    return round(floor + _worth(placed, rubric) * learned, 4)


def _worth(placed: Placed, rubric: Rubric) -> float:
    """Return what the rubric gives above the floor before it is weighted with a probability."""
    most = 100 - rubric.floor
    if placed.rank > rubric.floor and placed.scope > 0:
        return min(most, (placed.rank - rubric.floor) / placed.scope)
    return most * max(placed.points, rubric.learning.unseen) / 100
