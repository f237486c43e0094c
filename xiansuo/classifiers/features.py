"""Owns what a model sees of a reading: counting and silenced rule hits, and the contexts over a stretch of text.

Forms, entities and cues beside the hits were measured too: they raise the figures on letters of the same authors and lower them on plain mail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.labels import LABELS
from xiansuo.classifiers.ngrams import Ints
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Context, Reading, RuleHit

Floats = NDArray[np.float64]

_SOFT = frozenset({Context.HEARSAY, Context.INFERENCE})
_HIT_NAMES = ("strength", "strongest", "subtypes", "silenced", "soft", "admitted")
RULE_NAMES: tuple[str, ...] = (*(f"own_{name}" for name in _HIT_NAMES), *(f"all_{name}" for name in _HIT_NAMES))
CONTEXTS: tuple[Context, ...] = tuple(Context)


def rule_features(hits: Sequence[RuleHit]) -> Floats:
    """Return per label the `RULE_NAMES` of these hits: its own category's hits, then all hits; (labels, features)."""
    if not hits:
        return NO_HITS
    everything = _describe(hits)
    own = [_describe([hit for hit in hits if hit.category is category]) for category in CATEGORIES]
    return np.array([everything + everything, *(mine + everything for mine in own)])


def _describe(hits: Sequence[RuleHit]) -> list[float]:
    if not hits:
        return [0.0] * len(_HIT_NAMES)
    counting = [hit for hit in hits if hit.counts]
    return [
        float(np.log1p(sum(hit.weight for hit in counting))),
        max((hit.weight for hit in counting), default=0.0),
        float(np.log1p(len({hit.subtype for hit in counting}))),
        float(np.log1p(len(hits) - len(counting))),
        float(np.log1p(sum(bool(hit.contexts & _SOFT) for hit in counting))),
        float(np.log1p(sum(Context.ADMITTED in hit.contexts for hit in counting))),
    ]


NO_HITS: Floats = np.zeros((len(LABELS), len(RULE_NAMES)))


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of a batch of readings, one row per scope and context: whose it is, where it stands, its place in `CONTEXTS`."""

    owner: Ints
    start: Ints
    end: Ints
    place: Ints

    @classmethod
    def of(cls, readings: Iterable[Reading]) -> "Scopes":
        """Lay out the scopes of all readings."""
        rows = [
            (owner, start, end, _PLACES[context])
            for owner, reading in enumerate(readings)
            for (start, end), contexts in reading.scopes
            for context in contexts
        ]
        return cls(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)


def context_features(scopes: Scopes, owner: Ints, stretches: Sequence[Span]) -> Floats:
    """Return per stretch of a letter and context of `CONTEXTS` the largest share of the stretch that one scope covers.

    The words of a clause are the same whether it is denied, asked, quoted or meant; this tells the model which.
    `owner` are the letters of the stretches, ascending.
    """
    first, last = np.array(stretches, dtype=np.int64).reshape(-1, 2).T
    # Places of letter after letter in one row of numbers, so that one search finds the stretches of every scope.
    order = np.argsort((owner << _LETTER_BITS) + first, kind="stable")
    begins = (owner << _LETTER_BITS)[order] + first[order]
    reach = np.maximum.accumulate((owner << _LETTER_BITS)[order] + last[order]) if len(order) else begins
    base = scopes.owner << _LETTER_BITS
    least = np.searchsorted(reach, base + scopes.start, side="right")
    counts = np.maximum(np.searchsorted(begins, base + scopes.end) - least, 0)
    scope = np.repeat(np.arange(len(base)), counts)
    stretch = order[np.arange(len(scope)) - np.repeat(np.cumsum(counts) - counts, counts) + least[scope]]
    covered = np.minimum(scopes.end[scope], last[stretch]) - np.maximum(scopes.start[scope], first[stretch])
    table = np.zeros(len(stretches) * len(CONTEXTS))
    shares = covered / np.maximum(1, last - first)[stretch]
    np.maximum.at(table, stretch * len(CONTEXTS) + scopes.place[scope], shares)
    return table.reshape(-1, len(CONTEXTS))


_LETTER_BITS = 32
_PLACES = {context: place for place, context in enumerate(CONTEXTS)}
