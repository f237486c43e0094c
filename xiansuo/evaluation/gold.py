"""Owns which gold letters count in a measurement, as one table that metrics read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.corpus import GoldLetter, Quote, read_corpus, read_gold
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.letter import Kind

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

__all__ = ["Answers", "GoldLetter", "Quote", "answers", "countable", "read_corpus", "read_gold", "read_measured"]


@dataclass(frozen=True, slots=True)
class Answers:
    """What people said about letters, row by row. `disputed` cells count neither as right nor as wrong."""

    in_scope: Bools
    labels: Bools
    disputed: Bools
    priority: Ints
    matters: tuple[str, ...]
    traps: Bools
    denied: Bools
    implicit: Bools
    random: Bools
    interviews: Bools


def read_measured(path: Path) -> tuple[GoldLetter, ...]:
    """Read the letters of a gold file on which the readers were sure what scope means."""
    return countable(read_gold(path))


def countable(letters: Sequence[GoldLetter]) -> tuple[GoldLetter, ...]:
    """Leave out letters on whose scope a reader was unsure."""
    return tuple(letter for letter in letters if not letter.border)


def answers(letters: Sequence[GoldLetter]) -> Answers:
    """Return the table of what people said."""
    scope = np.array([letter.in_scope for letter in letters], dtype=bool)
    hard = {
        name: np.array([name in letter.hard for letter in letters], dtype=bool)
        for name in ("keyword_trap", "denied_question", "implicit")
    }
    return Answers(
        in_scope=scope,
        labels=np.array([[category in letter.labels for category in CATEGORIES] for letter in letters], dtype=bool),
        disputed=np.array([[category in letter.disputed for category in CATEGORIES] for letter in letters], dtype=bool),
        priority=np.array([letter.priority for letter in letters], dtype=np.int64),
        matters=tuple(letter.matter for letter in letters),
        traps=hard["keyword_trap"] & ~scope,
        denied=hard["denied_question"] & ~scope,
        implicit=hard["implicit"] & scope,
        random=np.array([letter.picked == "random" for letter in letters], dtype=bool),
        interviews=np.array([letter.kind is Kind.TRANSCRIPT for letter in letters], dtype=bool),
    )
