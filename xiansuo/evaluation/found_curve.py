"""How many accusations were found after how many clues were read: a picture and a hint, no proof that none is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Curve:
    """How many accusations were found after how many clues were read; `streak` clues were read since the last one, a hint and no proof."""

    points: tuple[tuple[int, int], ...]
    streak: int

    @property
    def read(self) -> int:
        """How many clues were read."""
        return self.points[-1][0]

    @property
    def found(self) -> int:
        """How many of them held an accusation."""
        return self.points[-1][1]


def curve(found: Sequence[bool], most_points: int = 60) -> Curve:
    """Return the curve of findings in the order in which clues were read, at about as many places as a picture can show."""
    sums = (0, *accumulate(int(one) for one in found))
    step = max(1, len(found) // most_points)
    places = sorted({*range(0, len(sums), step), len(found)})
    streak = next((number for number, one in enumerate(reversed(found)) if one), len(found))
    return Curve(tuple((place, sums[place]) for place in places), streak)
