"""Decisions as something to learn from and to measure with (gold): which count, and how much."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Finding, Judgement, Mode, Outcome


class Care(StrEnum):
    """How carefully a finding was reached."""

    SEEN = "seen"
    BLIND = "blind"
    DOUBLE = "double"
    ADJUDICATED = "adjudicated"

    @property
    def weight(self) -> float:
        """How much the finding counts where something is learned from it."""
        return _WEIGHTS[self]


_WEIGHTS = {Care.SEEN: 1.0, Care.BLIND: 1.5, Care.DOUBLE: 2.0, Care.ADJUDICATED: 2.0}
"""A reader who saw the suggestion leans towards it (automation bias), and two who agree are wrong less often than one."""

_LEFT_OUT = frozenset({Outcome.UNSURE, Outcome.NO_SUBSTANCE})
"""A letter without substance often accuses in words that others use of real matters; learned as harmless it would hide those."""


@dataclass(frozen=True, slots=True)
class Gold:
    """What people found about a clue, told by its main letter, which stands for the matter: copies count once.

    `letter` and `clue` are ids, `decision` the id of the last act that counts, `drawn` marks a clue drawn for the figures, from which
    nothing is ever learned.
    """

    letter: int
    clue: int
    decision: int
    decided: datetime
    care: Care
    finding: Finding = field(repr=False)
    drawn: bool = False

    @property
    def in_scope(self) -> bool:
        """Whether the letter holds an accusation of one of the categories."""
        return bool(self.finding.labels)

    @property
    def categories(self) -> frozenset[Category]:
        """The categories that were found."""
        return frozenset(self.finding.labels)

    @property
    def teaches(self) -> bool:
        """Whether a model may learn from it."""
        return not self.drawn and self.finding.outcome not in _LEFT_OUT


def care_of(readings: Sequence[tuple[Judgement, bool]]) -> Care:
    """Return how carefully the finding of these readings in force, oldest first, was reached; `True` says that the suggestion was in sight."""
    latest = {judgement.reader: (judgement, saw) for judgement, saw in readings}
    if any(judgement.mode is Mode.ADJUDICATED for judgement, _ in latest.values()):
        return Care.ADJUDICATED
    if len(latest) > 1:
        return Care.DOUBLE
    first = readings[0]
    return Care.SEEN if first[1] else Care.BLIND
