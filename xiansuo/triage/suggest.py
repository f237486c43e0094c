"""Owns how rule hits and model probabilities become one suggestion for a letter."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import Context, ModelScores, Reading, RuleHit, Suggestion
from xiansuo.domain.text import Document
from xiansuo.triage.allegations import find_allegations, to_show

_STRONG_START = -3.0
"""The log-odds (about 5 %) below which no model may hold down a strong rule."""

_SEEN = 3
"""By grouped cross-validation: more trust in rules costs macro-F1 on authored letters, less costs it on real messages."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where probabilities turn into proposals; chosen by the classifiers from stated costs.

    `labels` holds the probability from which a category is proposed, `abstain` the half-open band of the scope
    probability in which a person must read the whole letter, `strong_rule` the rule weight from which a rule may
    propose a category on its own, `text_share` the largest part of one letter shown as allegations.
    """

    labels: Mapping[Category, float] = field(default_factory=lambda: dict.fromkeys(CATEGORIES, 0.5))
    scope: float = 0.5
    abstain: tuple[float, float] = (0.35, 0.65)
    strong_rule: float = 4.0
    text_share: float = 0.45


def suggest(document: Document, reading: Reading, scores: ModelScores, *, thresholds: Thresholds) -> Suggestion:
    """Propose categories and allegations for a letter, or say that a person must read it whole (需人工通读)."""
    hits = [hit for hit in reading.hits if hit.counts]
    scope = raise_by_rules(scores.scope, hits, strong=thresholds.strong_rule)
    categories = _categories(scope, scores, hits, thresholds)
    labels = _labels(scope, categories, thresholds)
    abstained = _abstains(scope, labels, thresholds)
    shown = to_show(categories, labels, thresholds.labels, abstained=abstained)
    allegations = find_allegations(document, reading, scores, shown, labels=labels, text_share=thresholds.text_share)
    return Suggestion(scope, categories, labels, abstained, allegations)


def raise_by_rules(probability: float, hits: Iterable[RuleHit], *, strong: float) -> float:
    """Return the model's probability after the rule hits have spoken; it never falls.

    A rule's weight is a weight of evidence (Good 1950): the log of how much likelier its words are with an accusation than
    without. Weights add to the model's log-odds, distinct rules strongest first, each next one halved, because rules fire
    together. The model has seen the same hits as features, so a third of an ordinary hit is left to say; a strong conduct pattern
    was written to stand alone, counts in full, and is not held down by a model that never met its words.
    """
    weights: dict[str, float] = {}
    for hit in hits:
        weights[hit.rule] = max(weights.get(hit.rule, 0.0), _evidence(hit, strong))
    if not weights:
        return probability
    start = _log_odds(probability)
    if max(weights.values()) >= strong:
        start = max(start, _STRONG_START)
    added = sum(weight / 2**place for place, weight in enumerate(sorted(weights.values(), reverse=True)))
    return 1.0 / (1.0 + math.exp(-(start + added)))


def _evidence(hit: RuleHit, strong: float) -> float:
    weight = max(hit.weight, 0.0)
    # What the writer only heard or concluded is still an accusation, told with less ground.
    told = weight * 2 / 3 if hit.contexts & {Context.HEARSAY, Context.INFERENCE} else weight
    return told if told >= strong else told / _SEEN


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def _categories(
    scope: float, scores: ModelScores, hits: list[RuleHit], thresholds: Thresholds
) -> dict[Category, float]:
    # No letter accuses of one category without accusing at all, hence the cap.
    return {
        category: min(
            scope,
            raise_by_rules(
                scores.categories.get(category, 0.0),
                [hit for hit in hits if hit.category is category],
                strong=thresholds.strong_rule,
            ),
        )
        for category in CATEGORIES
    }


def _labels(scope: float, categories: Mapping[Category, float], thresholds: Thresholds) -> tuple[Category, ...]:
    if scope < min(thresholds.scope, thresholds.abstain[0]):
        return ()
    reached = [category for category in CATEGORIES if categories[category] >= thresholds.labels[category]]
    return tuple(sorted(reached, key=lambda category: -categories[category]))


def _abstains(scope: float, labels: tuple[Category, ...], thresholds: Thresholds) -> bool:
    low, high = thresholds.abstain
    # An accusation that fits none of the six categories is a person's to place.
    return low <= scope < high or (scope >= high and not labels)
