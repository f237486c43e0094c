"""Owns what a model sees of a reading: counting and silenced rule hits, and the contexts over a stretch of text.

Forms, entities and cues beside the hits were measured too: they raise the figures on letters of the same authors and lower them on plain mail.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.labels import LABELS
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


NO_HITS: Floats = rule_features(())
assert NO_HITS.shape == (len(LABELS), len(RULE_NAMES))  # noqa: S101 - a wrong table would corrupt every model


def context_features(reading: Reading, stretch: Span) -> Floats:
    """Return per context of `CONTEXTS` the largest share of a stretch that one scope of it covers.

    The words of a clause are the same whether it is denied, asked, quoted or meant; this tells the model which.
    """
    shares = [0.0] * len(CONTEXTS)
    first, last = stretch
    length = max(1, last - first)
    for (start, end), contexts in reading.scopes:
        if start >= last or end <= first:
            continue
        covered = min(end, last) - max(start, first)
        for context in contexts:
            place = _PLACES[context]
            shares[place] = max(shares[place], covered / length)
    return np.array(shares)


_PLACES = {context: place for place, context in enumerate(CONTEXTS)}
