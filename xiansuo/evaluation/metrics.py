"""Owns the measures as pure functions of what people said and what the machine answered."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOTHING = float("nan")
"""A measure that has no meaning on the letters given, for example without a single positive one."""


# Both areas are asked for thousands of times by the bootstrap; scikit-learn's own functions, with which a test compares
# them, spend nearly all of their time on checking arguments.
def auroc(truth: Bools, scores: Floats) -> float:
    """Return the chance that a random positive letter scores above a random negative one, ties half (Mann & Whitney 1947)."""
    from scipy.stats import rankdata  # noqa: PLC0415 - slow to import, and most processes never ask this

    positive = int(truth.sum())
    negative = len(truth) - positive
    if not positive or not negative:
        return NOTHING
    above = float(rankdata(scores)[truth].sum()) - positive * (positive + 1) / 2
    return above / (positive * negative)


def precision_recall(truth: Bools, scores: Floats) -> tuple[Floats, Floats]:
    """Return precision and recall at every distinct score, best first."""
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = np.cumsum(truth[order])[ends]
    return found / (ends + 1.0), found / max(1.0, float(truth.sum()))


def average_precision(truth: Bools, scores: Floats) -> float:
    """Return the area under the precision-recall steps."""
    if not truth.any():
        return NOTHING
    precision, recall = precision_recall(truth, scores)
    return float(np.sum(precision * np.diff(recall, prepend=0.0)))


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
    columns = np.column_stack([np.ones(len(truth)), _log_odds(probabilities)])
    weights = np.zeros(2)
    for _ in range(25):
        stated = _sigmoid(columns @ weights)
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


def true_negative_rate(truth: Bools, scores: Floats, *, recall: float = 0.95) -> float:
    """Return which share of the negative letters need not be read at `recall`: the normalised work saved (Kusa et al. 2023)."""
    if not 0 < truth.sum() < len(truth):
        return NOTHING
    read = np.argsort(-scores, kind="stable")[: read_until(truth, scores, recall=recall)]
    return 1.0 - float((~truth[read]).sum() / (~truth).sum())


def recall_after(truth: Bools, scores: Floats, *, share: float) -> float:
    """Return which share of the positive letters is found after reading the first `share` of all, best first."""
    if not truth.any():
        return NOTHING
    read = np.argsort(-scores, kind="stable")[: round(share * len(truth))]
    return float(truth[read].sum() / truth.sum())


def time_to_discovery(truth: Bools, scores: Floats) -> float:
    """Return the mean share of the letters that has been read when a positive one is found: ATD (Ferdinands et al. 2023).

    ASReview Insights gives the same in letters. No order reaches 0: the best is half the share of positive letters.
    """
    if not truth.any():
        return NOTHING
    places = np.flatnonzero(truth[np.argsort(-scores, kind="stable")]) + 1
    return float(places.mean() / len(truth))


def normalised_loss(truth: Bools, scores: Floats) -> float:
    """Return how far the recall curve stays below the best one, 0 for the best order, 1 for the worst, 0.5 by chance (ASReview Insights).

    For an order without ties it is what is missing of the area under the ROC curve.
    """
    return 1.0 - auroc(truth, -np.argsort(np.argsort(-scores, kind="stable"), kind="stable").astype(np.float64))


def at_share(probabilities: Floats, expected: float) -> Floats:
    """Return the probabilities with their log-odds moved alike so that `expected` of the letters are in scope."""
    from scipy.optimize import brentq  # noqa: PLC0415 - slow to import, and most processes never ask this

    odds = _log_odds(probabilities)
    move = brentq(lambda step: float(_sigmoid(odds + step).mean()) - expected, -30.0, 30.0)
    return _sigmoid(odds + move)


def _sigmoid(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def _log_odds(probabilities: Floats) -> Floats:
    inside = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inside / (1 - inside)))


def ndcg(priority: Ints, scores: Floats, *, k: int = 20) -> float:
    """Return nDCG at `k` with gains 2^priority - 1 (Järvelin & Kekäläinen 2002)."""
    from sklearn.metrics import ndcg_score  # noqa: PLC0415 - slow to import, and most processes never ask this

    return float(ndcg_score([2.0**priority - 1], [scores], k=k)) if len(priority) > 1 else NOTHING


def wilson(hits: float, tries: float) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    if not tries:
        return NOTHING, NOTHING
    z, share = 1.959964, hits / tries
    centre = share + z * z / (2 * tries)
    spread = z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    scale = 1 + z * z / tries
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `tries`."""

    hits: int
    tries: int

    @property
    def value(self) -> float:
        """The share, without meaning where there are no tries."""
        return self.hits / self.tries if self.tries else NOTHING

    @property
    def range(self) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        return wilson(self.hits, self.tries)


def resamples(matters: Sequence[str], *, seed: int, rounds: int) -> list[Ints]:
    """Return `rounds` lists of row numbers, each drawing whole matters with replacement."""
    names, matter_of = np.unique(np.array(matters), return_inverse=True)
    members = np.split(np.argsort(matter_of, kind="stable"), np.cumsum(np.bincount(matter_of))[:-1])
    random = np.random.default_rng(seed)
    draws = random.integers(0, len(names), (rounds, len(names)))
    return [np.concatenate([members[number] for number in drawn]) for drawn in draws]


def interval(measure: Callable[[Ints], float], draws: Sequence[Ints]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of `measure` over the row numbers drawn."""
    known = [value for drawn in draws if not math.isnan(value := measure(drawn))]
    return (float(np.quantile(known, 0.025)), float(np.quantile(known, 0.975))) if known else (NOTHING, NOTHING)
