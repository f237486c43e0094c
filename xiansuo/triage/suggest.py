"""Owns how a model's probabilities become one suggestion for a letter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import Context, ModelScores, Reading, RuleHit, Suggestion
from xiansuo.domain.text import Document
from xiansuo.triage.allegations import find_allegations

_ALONE = 0.5
"""What a rule strong enough to propose on its own is worth at least, whatever a model that never met its words says."""

_UNSAID = frozenset({Context.NEGATED, Context.DENIED, Context.QUESTION, Context.POLICY, Context.SLOGAN})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where probabilities turn into proposals; chosen by the classifiers from stated costs.

    `scope` is the probability of any accusation from which categories are proposed, `category_share` the part of it that
    a category needs to be one of them. `abstain` is the half-open band of the scope probability in which a person must
    read the whole letter, `strong_rule` the rule weight from which a rule may propose a category on its own,
    `text_share` the largest part of one letter shown as allegations. `spoken` takes the place of `scope` in interview
    records, whose questions name every category, and `muted` where rules fire
    and every hit is denied, asked, quoted policy or a slogan: the words of an accusation are there, and nobody makes it.
    """

    scope: float = 0.5
    spoken: float = 0.5
    muted: float = 0.6
    category_share: float = 0.4
    abstain: tuple[float, float] = (0.35, 0.65)
    strong_rule: float = 4.0
    text_share: float = 0.46


def suggest(document: Document, reading: Reading, scores: ModelScores, *, thresholds: Thresholds) -> Suggestion:
    """Propose categories and allegations for a letter, or say that a person must read it whole (需人工通读).

    The rules speak through the model, which has learnt what their hits are worth; only strong ones also speak for themselves.
    """
    alone = _strong(reading.hits, thresholds.strong_rule)
    scope = max(scores.scope, _ALONE) if alone else scores.scope
    categories = {
        category: min(scope, max(scores.categories.get(category, 0.0), _ALONE * (category in alone)))
        for category in CATEGORIES
    }
    labels = propose(scope, categories, thresholds, least=_least(document, reading, thresholds))
    abstained = _abstains(scope, labels, thresholds)
    if not (labels or abstained):
        return Suggestion(scope, categories, labels, abstained)
    allegations = find_allegations(
        document, reading, scores, categories, labels=labels, text_share=thresholds.text_share
    )
    return Suggestion(scope, categories, labels, abstained, allegations)


def _strong(hits: Iterable[RuleHit], least: float) -> frozenset[Category]:
    return frozenset(hit.category for hit in hits if hit.counts and hit.weight >= least)


def _least(document: Document, reading: Reading, thresholds: Thresholds) -> float:
    """Return the probability of scope from which categories of this letter are proposed."""
    usual = thresholds.spoken if document.interview is not None else thresholds.scope
    muted = bool(reading.hits) and all(hit.contexts & _UNSAID for hit in reading.hits)
    return max(usual, thresholds.muted) if muted else usual


def propose(
    scope: float, categories: Mapping[Category, float], thresholds: Thresholds, *, least: float | None = None
) -> tuple[Category, ...]:
    """Return the categories that make up enough of the letter's scope, likeliest first, or the likeliest where none does.

    `least` takes the place of the usual threshold of scope.
    """
    if scope < (thresholds.scope if least is None else least):
        return ()
    ordered = sorted(CATEGORIES, key=lambda category: -categories[category])
    reached = [category for category in ordered if categories[category] >= thresholds.category_share * scope]
    unplaced = categories[ordered[0]] < thresholds.category_share / 2 * scope
    return tuple(reached) if reached or unplaced else (ordered[0],)


def _abstains(scope: float, labels: tuple[Category, ...], thresholds: Thresholds) -> bool:
    low, high = thresholds.abstain
    # An accusation that fits none of the six categories is a person's to place.
    return low <= scope < high or (scope >= high and not labels)
