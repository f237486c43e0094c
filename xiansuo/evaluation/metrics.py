"""Owns the measures as pure functions of what people said and what the machine answered."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOTHING = float("nan")
"""A measure that has no meaning on the letters given, for example without a single positive one."""


def auroc(truth: Bools, scores: Floats) -> float:
    """Return the chance that a random positive letter scores above a random negative one."""
    return float(roc_auc_score(truth, scores)) if 0 < truth.sum() < len(truth) else NOTHING


def average_precision(truth: Bools, scores: Floats) -> float:
    """Return the area under the precision-recall steps."""
    return float(average_precision_score(truth, scores)) if truth.any() else NOTHING


def f1(truth: Bools, raised: Bools) -> float:
    """Return the harmonic mean of precision and recall, 0 where nothing was right."""
    return float(2 * (truth & raised).sum() / max(1, truth.sum() + raised.sum()))


def share(raised: Bools, among: Bools) -> float:
    """Return which share of the letters `among` was raised."""
    return float(raised[among].mean()) if among.any() else NOTHING


def expected_calibration_error(truth: Bools, probabilities: Floats, *, bins: int = 10) -> float:
    """Return the mean distance between stated and observed shares over equal bins (Naeini et al. 2015)."""
    rows = calibration_table(truth, probabilities, bins=bins)
    return float(sum(count * abs(stated - observed) for _, count, stated, observed in rows) / max(1, len(truth)))


def calibration_table(truth: Bools, probabilities: Floats, *, bins: int = 10) -> list[tuple[float, int, float, float]]:
    """Return (lower edge, letters, mean stated probability, observed share) for every bin that holds a letter."""
    place = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    rows = []
    for number in np.unique(place):
        inside = place == number
        stated, observed = float(probabilities[inside].mean()), float(truth[inside].mean())
        rows.append((float(number) / bins, int(inside.sum()), stated, observed))
    return rows


def calibration_slope(truth: Bools, probabilities: Floats) -> float:
    """Return the slope of observed on stated log-odds, 1 where probabilities mean what they say (Cox 1958)."""
    inside = np.clip(probabilities, 1e-6, 1 - 1e-6)
    columns = np.column_stack([np.ones(len(truth)), np.log(inside / (1 - inside))])
    weights = np.zeros(2)
    for _ in range(25):
        stated = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        curve = columns.T @ (columns * (stated * (1 - stated))[:, None]) + 1e-9 * np.eye(2)
        weights = weights + np.linalg.solve(curve, columns.T @ (truth - stated))
    return float(weights[1])


def read_until(truth: Bools, scores: Floats, *, recall: float = 0.95) -> int:
    """Return how many letters must be read, best first, to see `recall` of the positive ones."""
    found = np.cumsum(truth[np.argsort(-scores, kind="stable")])
    return int(np.searchsorted(found, np.ceil(recall * truth.sum()))) + 1


def work_saved(truth: Bools, scores: Floats, *, recall: float = 0.95) -> float:
    """Return the work saved over sampling at `recall` (Cohen et al. 2006)."""
    return (len(truth) - read_until(truth, scores, recall=recall)) / len(truth) - (1 - recall)


def work_saved_share(truth: Bools, scores: Floats, *, recall: float = 0.95) -> float:
    """Return the work saved as a share of what a perfect order would save."""
    if not truth.any():
        return NOTHING
    best = work_saved(truth, truth.astype(np.float64), recall=recall)
    return work_saved(truth, scores, recall=recall) / best if best > 0 else NOTHING


def ndcg(priority: Ints, scores: Floats, *, k: int = 20) -> float:
    """Return nDCG at `k` with gains 2^priority - 1 (Järvelin & Kekäläinen 2002)."""
    return float(ndcg_score([2.0**priority - 1], [scores], k=k)) if len(priority) > 1 else NOTHING


def interval(
    measure: Callable[[Ints], float], matters: Sequence[str], *, seed: int, rounds: int = 200
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of `measure` over row numbers, drawing whole matters with replacement."""
    names, matter_of = np.unique(np.array(matters), return_inverse=True)
    members = [np.flatnonzero(matter_of == number) for number in range(len(names))]
    random = np.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        drawn = random.integers(0, len(names), len(names))
        values.append(measure(np.concatenate([members[number] for number in drawn])))
    known = np.array([value for value in values if not np.isnan(value)])
    return (float(np.quantile(known, 0.025)), float(np.quantile(known, 0.975))) if len(known) else (NOTHING, NOTHING)
