"""Owns the fitting of linear decisions: regularised logistic regression for several labels at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.vocabulary import Matrix

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Linear:
    """Log-odds = weights · features + bias; weights (labels, features), bias (labels)."""

    weights: Floats
    bias: Floats

    def log_odds(self, words: Matrix) -> Floats:
        """Return (rows, labels)."""
        return np.asarray(words @ self.by_feature + self.bias)

    @cached_property
    def by_feature(self) -> Floats:
        """The weights as (features, labels), which a sparse product would otherwise copy into this order every time."""
        return np.ascontiguousarray(self.weights.T)


def fit_linear(words: Matrix, targets: Bools, row_weights: Floats, *, strength: float) -> Linear:
    """Fit one balanced logistic regression per column of `targets`; `strength` is the inverse of the L2 penalty."""
    fits = [fit_one(words, column, row_weights, strength=strength) for column in targets.T]
    return Linear(np.array([weights for weights, _ in fits]), np.array([bias for _, bias in fits]))


def fit_one(words: Matrix, target: Bools, row_weights: Floats, *, strength: float) -> tuple[Floats, float]:
    """Fit one balanced logistic regression; a target that never varies gives zero weights and even odds."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - takes seconds to import, and only learning needs it

    used = row_weights > 0
    if len(np.unique(target[used])) < 2:
        return np.zeros(words.shape[1]), 0.0
    model = LogisticRegression(C=strength, solver="liblinear", class_weight="balanced", tol=1e-3, random_state=0)
    model.fit(words[used], target[used], sample_weight=row_weights[used])
    return model.coef_[0], float(model.intercept_[0])
