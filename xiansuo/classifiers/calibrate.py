"""Owns the way from log-odds to probabilities that mean what they say at a site."""

import numpy as np

from xiansuo.classifiers.features import Floats


def sigmoid(log_odds: Floats) -> Floats:
    """Return probabilities for log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30))))


def shift(learned: float, expected: float) -> float:
    """Return what a change of the share of accusations, from `learned` to `expected`, adds to every log-odds."""
    return float(np.log(expected / (1 - expected)) - np.log(learned / (1 - learned)))


def at_base_rate(log_odds: Floats, shifts: Floats) -> Floats:
    """Return probabilities (letters, labels) for a site whose share of accusations moves the log-odds of scope by `shifts` (letters).

    Only the share of accusations changes, not what they are about, so a category keeps its share of scope (Saerens et al. 2002).
    """
    moved = log_odds[:, 0] + shifts
    before, after = sigmoid(log_odds[:, 0]), sigmoid(moved)
    categories = sigmoid(log_odds[:, 1:]) * (after / before)[:, None]
    return np.column_stack([after, np.minimum(categories, after[:, None])])
