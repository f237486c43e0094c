"""What statistics know of clues and letters: codes and counts, no text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xiansuo.domain.decision import Outcome
from xiansuo.domain.suggestion import Relation


class Timeliness(StrEnum):
    """How the date stands by which a clue's handling is due."""

    KEPT = "kept"
    LATE = "late"
    RUNNING = "running"
    OVERDUE = "overdue"
    NONE = "none"


def timeliness(due: date | None, ended: date | None, today: date) -> Timeliness:
    """Return how a clue's handling stands, ended on a day or, for None, still under way."""
    if due is None:
        return Timeliness.NONE
    if ended is not None:
        return Timeliness.KEPT if ended <= due else Timeliness.LATE
    return Timeliness.OVERDUE if due < today else Timeliness.RUNNING


class Scope(StrEnum):
    """Whether people found a clue to be within what the office deals with."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NO_SUBSTANCE = "no_substance"
    UNDECIDED = "undecided"


SCOPES: Mapping[str, Scope] = {
    Outcome.CONFIRMED: Scope.INSIDE,
    Outcome.CORRECTED: Scope.INSIDE,
    Outcome.OUT_OF_SCOPE: Scope.OUTSIDE,
    Outcome.NO_SUBSTANCE: Scope.NO_SUBSTANCE,
}
FIRST, REPEATED = "first", "repeated"
REPEATS = frozenset({Relation.COPY, Relation.NEAR_COPY, Relation.CONTAINED})
"""How a letter relates to earlier ones that already say all it says."""
NOTHING = ""
"""The value of what has not been set, such as the disposition of a clue that has none."""


@dataclass(frozen=True, slots=True)
class ClueFact:
    """What statistics know of a clue, or of `count` clues that are alike. Codes, no text."""

    state: str
    outcome: str = NOTHING
    labels: tuple[str, ...] = ()
    disposition: str = NOTHING
    result: str = NOTHING
    timely: Timeliness = Timeliness.NONE
    count: int = 1

    @property
    def scope(self) -> Scope:
        """Whether people found it to be within what the office deals with."""
        return SCOPES.get(self.outcome, Scope.UNDECIDED)


@dataclass(frozen=True, slots=True)
class LetterFact:
    """What statistics know of a letter, or of `count` letters that are alike."""

    channel: str
    signed: str
    repeated: bool
    count: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """Two readings of one clue by different people, and whether they say the same."""

    clue: str
    agree: bool
