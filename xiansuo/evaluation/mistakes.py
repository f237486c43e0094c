"""Owns the worst errors of a measurement and the words and rules that caused them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import ModelScores, RuleHit
from xiansuo.domain.text import Document
from xiansuo.evaluation.gold import Answers
from xiansuo.evaluation.outputs import Outputs

Ints = NDArray[np.int64]

WORST = 6
_MOST_WORDS = 6
_AROUND = 24


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of masked text and what it adds to the log-odds of scope."""

    text: str = field(repr=False)
    share: float


@dataclass(frozen=True, slots=True)
class Mistake:
    """A letter that was missed, or raised without an accusation. `context` is masked text around the strongest word, '' where none may be shown."""

    letter: str
    missed: bool
    abstained: bool
    scope: float
    gold: tuple[Category, ...]
    proposed: tuple[Category, ...]
    words: tuple[Word, ...] = field(repr=False)
    rules: tuple[tuple[str, bool], ...]
    context: str = field(default="", repr=False)


def worst(said: Answers, given: Outputs) -> tuple[Ints, Ints]:
    """Return the rows most surely missed (the most serious first) and those most surely raised wrongly."""
    raised = given.raised.any(axis=1)
    missed, false = np.flatnonzero(said.in_scope & ~raised), np.flatnonzero(~said.in_scope & raised)
    by_weight = np.lexsort((given.scope[missed], -said.priority[missed]))
    return missed[by_weight][:WORST], false[np.argsort(-given.scope[false], kind="stable")][:WORST]


def words_of(document: Document, scores: ModelScores, *, missed: bool) -> tuple[Word, ...]:
    """Return the stretches that pulled most to the wrong side, in the document's masked text."""
    pulled = [(span, share) for span, share in scores.contributions if (share < 0) is missed]
    return tuple(Word(span.of(document.text).strip(), share) for span, share in pulled[:_MOST_WORDS])


def context_of(document: Document, scores: ModelScores, *, missed: bool) -> str:
    """Return the masked text around the stretch that pulled most to the wrong side."""
    pulled = [span for span, share in scores.contributions if (share < 0) is missed]
    if not pulled:
        return ""
    around = Span(max(0, pulled[0].start - _AROUND), min(len(document.text), pulled[0].end + _AROUND))
    return " ".join(around.of(document.text).split())


def rules_of(hits: Sequence[RuleHit]) -> tuple[tuple[str, bool], ...]:
    """Return every rule that fired, once, and whether it counted."""
    counted: dict[str, bool] = {}
    for hit in hits:
        counted[hit.rule] = counted.get(hit.rule, False) or hit.counts
    return tuple(counted.items())
