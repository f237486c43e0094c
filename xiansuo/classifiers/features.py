"""Owns what a model sees of a reading: counting and silenced rule hits, contexts, cues and entities, for a unit and for a whole letter."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.labels import LABELS
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.suggestion import Context, Cue, CueKind, Reading, RuleHit
from xiansuo.domain.text import Document, EntityType

Floats = NDArray[np.float64]

_SOFT = frozenset({Context.HEARSAY, Context.INFERENCE})
_HIT_NAMES = ("strength", "strongest", "subtypes", "silenced", "soft", "admitted")
_CONTEXTS = (
    Context.NEGATED,
    Context.QUESTION,
    Context.DENIED,
    Context.POLICY,
    Context.SLOGAN,
    Context.HYPOTHETICAL,
    Context.CONSULTATION,
    Context.WITHDRAWN,
    Context.ELSEWHERE,
    Context.PRIVATE_PARTY,
)
_CUES = (
    CueKind.CONDUCT,
    CueKind.HEARSAY,
    CueKind.FIRSTHAND,
    CueKind.EVIDENCE,
    CueKind.SPECIAL_FUND,
    CueKind.COLLECTIVE,
)
_TYPES = (EntityType.RESPONDENT, EntityType.POSITION, EntityType.MONEY, EntityType.BENEFIT, EntityType.ORG)

RULE_NAMES: tuple[str, ...] = (*(f"own_{name}" for name in _HIT_NAMES), *(f"all_{name}" for name in _HIT_NAMES))
FORM_NAMES: tuple[str, ...] = (
    *(f"context_{context}" for context in _CONTEXTS),
    *(f"cue_{cue}" for cue in _CUES),
    *(f"entity_{kind}" for kind in _TYPES),
)


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


def form_features(document: Document, reading: Reading) -> Floats:
    """Return `FORM_NAMES` of a letter: how often each context, cue and entity type occurs, on a logarithmic scale."""
    counts = [sum(context in hit.contexts for hit in reading.hits) for context in _CONTEXTS]
    counts += _count_cues(reading.cues)
    counts += [len(document.of_type(kind)) for kind in _TYPES]
    return np.log1p(np.array(counts, dtype=np.float64))


def _count_cues(cues: Sequence[Cue]) -> list[int]:
    return [sum(cue.kind is kind for cue in cues) for kind in _CUES]


NO_HITS: Floats = rule_features(())
assert NO_HITS.shape == (len(LABELS), len(RULE_NAMES))  # noqa: S101 - a wrong table would corrupt every model
