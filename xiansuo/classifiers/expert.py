"""Owns an expert: two linear models (whole letter, single unit) and the stack that weighs them against the rules."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from xiansuo.classifiers.encode import Batch, Cut
from xiansuo.classifiers.features import CONTEXTS, RULE_NAMES, Floats
from xiansuo.classifiers.linear import Bools, Linear, fit_linear, fit_one
from xiansuo.classifiers.ngrams import Ints
from xiansuo.classifiers.vocabulary import Matrix
from xiansuo.domain.category import CATEGORIES

_FREE = 100.0
"""The strength of a regression that is held back by next to nothing."""
SILENT = -4.0  # log-odds of a letter without any unit
_WORD_VIEWS = ("letter", "units")
_BESIDE = tuple(f"{view}_{other}" for view in _WORD_VIEWS for other in ("scope", "rival"))
VIEW_NAMES: tuple[str, ...] = (*_WORD_VIEWS, *_BESIDE, *RULE_NAMES)


@dataclass(frozen=True, slots=True)
class Words:
    """The linear models of an expert: `letter` over n-grams, `unit` over n-grams, then `RULE_NAMES`, then `CONTEXTS`."""

    letter: Linear
    unit: Linear


@dataclass(frozen=True, slots=True)
class Stack:
    """Log-odds = weights · views + bias, per label; weights (labels, views), bias (labels). Categories share their weights."""

    weights: Floats
    bias: Floats

    def log_odds(self, views: Floats) -> Floats:
        """Return (letters, labels) for views (letters, labels, views)."""
        return np.asarray(np.einsum("nlv,lv->nl", views, self.weights) + self.bias)


@dataclass(frozen=True, slots=True)
class Expert:
    """Words and the stack over them; `rivals` as for `views`, `share` of the letters it was calibrated on are in scope."""

    words: Words
    stack: Stack
    rivals: bool
    share: float

    def log_odds(self, batch: Batch, units: Floats, *, top: int) -> Floats:
        """Return (letters, labels); `units` are the `unit_log_odds` of its words."""
        return self.stack.log_odds(views(self.words, batch, units, top=top, rivals=self.rivals))


@dataclass(frozen=True, slots=True)
class Targets:
    """What people said: per letter and per unit (rows, labels); `judged` is 0 for units nobody has judged."""

    letters: Bools
    units: Bools
    judged: Bools


def fit_words(
    batch: Batch, targets: Targets, row_weights: Floats, *, letter_strength: float, unit_strength: float, trust: float
) -> Words:
    """Fit the letter and the unit model on a batch whose letters weigh `row_weights`; rule hits keep the part `trust` of their weight."""
    letter = fit_linear(batch.letter_words, targets.letters, row_weights, strength=letter_strength)
    judged = row_weights[batch.cut.owner] * targets.judged
    fits = [
        fit_one(_unit_matrix(batch, label), column, judged, strength=unit_strength)
        for label, column in enumerate(targets.units.T)
    ]
    weights = np.array([coefficients for coefficients, _ in fits])
    weights[:, _rules_of(weights)] *= trust
    return Words(letter, Linear(weights, np.array([bias for _, bias in fits])))


def unit_log_odds(words: Words, batch: Batch) -> Floats:
    """Return (units, labels)."""
    weights = words.unit.weights
    rules = _rules_of(weights)
    by_words = batch.unit_words @ words.unit.by_feature[: rules.start]
    by_rules = np.einsum("nlr,lr->nl", batch.unit_rules, weights[:, rules])
    by_contexts = batch.unit_contexts @ weights[:, rules.stop :].T
    return np.asarray(by_words + by_rules + by_contexts + words.unit.bias)


def _rules_of(unit_weights: Floats) -> slice:
    """Return where the weights of rule hits stand among those of a unit: behind the n-grams, before the contexts."""
    end = unit_weights.shape[1] - len(CONTEXTS)
    return slice(end - len(RULE_NAMES), end)


def views(words: Words, batch: Batch, units: Floats, *, top: int, rivals: bool) -> Floats:
    """Return what the stack weighs: (letters, labels, `VIEW_NAMES`); `units` are the `unit_log_odds` of the words.

    Without `rivals` a category is judged on its own.
    """
    letter = words.letter.log_odds(batch.letter_words)
    best = strongest(units, batch.cut, top=top)
    beside = [_beside(letter) * rivals, _beside(best) * rivals]
    return np.concatenate([letter[:, :, None], best[:, :, None], *beside, batch.letter_rules], axis=2)


def _beside(log_odds: Floats) -> Floats:
    """Return per category the log-odds of scope and of the strongest other category, zeros for scope; (letters, labels, 2)."""
    out = np.zeros((*log_odds.shape, 2))
    out[:, 1:, 0] = log_odds[:, :1]
    for label in range(1, log_odds.shape[1]):
        out[:, label, 1] = np.delete(log_odds[:, 1:], label - 1, axis=1).max(axis=1)
    return out


def strongest(log_odds: Floats, cut: Cut, *, top: int) -> Floats:
    """Return per letter and label the mean of the `top` highest units; (letters, labels)."""
    rows = np.flatnonzero(~cut.asked)
    owner = cut.owner[rows]
    counts = np.bincount(owner, minlength=cut.size)
    ends = np.cumsum(counts)
    # Sorted by letter and, within it, from the weakest unit to the strongest, label by label.
    ordered = np.stack([column[_by_letter(column, owner)] for column in log_odds[rows].T], axis=1)
    out, used = np.zeros((cut.size, log_odds.shape[1])), np.minimum(counts, top)
    for place in range(top, 0, -1):
        some = used >= place
        out[some] += ordered[ends[some] - place]
    return np.where(counts[:, None] > 0, out / np.maximum(used, 1)[:, None], SILENT)


def _by_letter(column: Floats, owner: Ints) -> Ints:
    order = np.argsort(column)
    # Small numbers are sorted by their digits, which takes half the time of np.lexsort.
    return order[np.argsort(owner[order].astype(np.min_scalar_type(int(owner.max(initial=0)))), kind="stable")]


def fit_stack(seen: Floats, letters: Bools, *, strength: float, trust: float) -> Stack:
    """Fit the stack on held-out views: scope on its own, the six categories with shared weights and their own bias.

    Rule hits keep the part `trust` of their weight beside the words. A small `strength` keeps the views in proportion but makes the answers timid; a second regression with a single
    slope (Platt 1999) gives them back their size.
    """
    timid = _fit_stack(seen, letters, strength)
    timid.weights[:, -len(RULE_NAMES) :] *= trust
    bold = _fit_stack(timid.log_odds(seen)[:, :, None], letters, _FREE)
    return Stack(timid.weights * bold.weights, timid.bias * bold.weights[:, 0] + bold.bias)


def _fit_stack(seen: Floats, letters: Bools, strength: float) -> Stack:
    scope, scope_bias = _regress(seen[:, 0], letters[:, 0], strength)
    count = len(CATEGORIES)
    which = np.tile(np.eye(count), (len(seen), 1))
    pooled = np.hstack([seen[:, 1:].reshape(-1, seen.shape[2]), which])
    shared, bias = _regress(pooled, letters[:, 1:].reshape(-1), strength)
    weights = np.vstack([scope, np.tile(shared[:-count], (count, 1))])
    return Stack(weights, np.concatenate([[scope_bias], bias + shared[-count:]]))


def _regress(columns: Floats, target: Bools, strength: float) -> tuple[Floats, float]:
    """Fit a logistic regression on standardised columns and return its weights for the columns as they are."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - takes seconds to import, and only learning needs it

    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(C=strength, solver="lbfgs", max_iter=1000, tol=1e-6)
    model.fit((columns - middle) / spread, target)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ middle)


def _unit_matrix(batch: Batch, label: int) -> Matrix:
    beside = np.hstack([batch.unit_rules[:, label], batch.unit_contexts])
    return sp.hstack([batch.unit_words, sp.csr_array(beside)], format="csr")
