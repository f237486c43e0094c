"""Owns what a machine answered about letters: the table of its scores, and what a reader is shown of each letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Suggestion
from xiansuo.domain.text import EntityType

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a machine answered, row by row: scope probability, category probabilities, proposed categories, reading order."""

    scope: Floats
    scores: Floats
    raised: Bools
    order: Floats

    def take(self, rows: Ints) -> "Outputs":
        """Return the given rows only."""
        return Outputs(self.scope[rows], self.scores[rows], self.raised[rows], self.order[rows])


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader is shown of one letter; spans count characters of the letter's own text.

    `clue` is equal for letters that were linked to the same matter, '' where nothing was linked.
    """

    abstained: bool = False
    allegations: tuple[tuple[Category, Span], ...] = ()
    masked: str = field(default="", repr=False)
    masked_subject: str = field(default="", repr=False)
    entities: tuple[tuple[EntityType, str], ...] = field(default=(), repr=False)
    clue: str = ""


def outputs(suggestions: Sequence[Suggestion], ranks: Sequence[float] = ()) -> Outputs:
    """Return the table of suggestions; without ranks the reading order is that of scope."""
    scope = np.array([suggestion.scope for suggestion in suggestions], dtype=np.float64)
    scores = np.array([[suggestion.scores.get(category, 0.0) for category in CATEGORIES] for suggestion in suggestions])
    raised = np.array([[category in suggestion.labels for category in CATEGORIES] for suggestion in suggestions])
    return Outputs(scope, scores, raised, np.array(ranks, dtype=np.float64) if len(ranks) else scope)


def gather(parts: Sequence[tuple[Ints, Outputs]], count: int) -> Outputs:
    """Return one table of `count` rows from the tables of its parts."""
    width = len(CATEGORIES)
    out = Outputs(np.zeros(count), np.zeros((count, width)), np.zeros((count, width), dtype=np.bool_), np.zeros(count))
    for rows, found in parts:
        out.scope[rows], out.order[rows] = found.scope, found.order
        out.scores[rows], out.raised[rows] = found.scores, found.raised
    return out
