"""Learns from gold what must be added to letters' log-odds, and says how likely letters accuse since; numbers only, no database."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from xiansuo.classifiers.adapt_fit import correct
from xiansuo.classifiers.calibrate import sigmoid
from xiansuo.classifiers.linear import Linear
from xiansuo.classifiers.vocabulary import Matrix
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.gold import Gold
from xiansuo.storage.repositories.letter_words import WordsRow

Floats = NDArray[np.float64]

_STEPS = 16
"""Log-odds are told in steps of a sixteenth: nobody reads finer ones, and what did not move by one need not be written again."""

NOTHING = Linear(np.zeros((1 + len(CATEGORIES), 1)), np.zeros(1 + len(CATEGORIES)))
"""What no decision at all teaches."""


def learn(rows: Sequence[WordsRow], found: Sequence[Gold]) -> Linear:
    """Return what gold about letters adds to the log-odds of scope and categories; the same gold in the same order, the same bytes."""
    said = np.array([[one.in_scope, *(category in one.categories for category in CATEGORIES)] for one in found])
    counts = np.repeat([[one.care.weight] for one in found], said.shape[1], axis=1)
    with threadpool_limits(limits=1):
        return correct(_words(rows), _odds(rows), said, counts)


def chances(rows: Sequence[WordsRow], added: Linear) -> Floats:
    """Return the probabilities of scope and categories, (letters, labels), after what was learned; no category is likelier than scope."""
    width = added.weights.shape[1]
    odds = _odds(rows) + added.log_odds(_words(rows, width))
    likely = np.round(sigmoid(np.round(odds * _STEPS) / _STEPS), 4)
    likely[:, 1:] = np.minimum(likely[:, 1:], likely[:, :1])
    return np.asarray(likely)


def _odds(rows: Sequence[WordsRow]) -> Floats:
    return np.array([row.odds for row in rows], dtype=np.float64)


def _words(rows: Sequence[WordsRow], width: int | None = None) -> Matrix:
    """Return the rows as a matrix, `width` columns wide; words beyond are such as nothing was learned about."""
    columns = np.concatenate([row.columns for row in rows])
    weights = np.concatenate([row.weights for row in rows]).astype(np.float64)
    if width is None:
        width = int(columns.max(initial=-1)) + 1
    starts = np.concatenate([[0], np.cumsum([len(row.columns) for row in rows])])
    weights[columns >= width] = 0.0
    return sp.csr_array((weights, np.minimum(columns, max(width - 1, 0)), starts), shape=(len(rows), max(width, 1)))
