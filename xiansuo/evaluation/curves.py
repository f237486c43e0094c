"""Owns the curves of a report as points: precision and recall, reliability, risk and coverage, what reading finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.evaluation import metrics
from xiansuo.evaluation.gold import Answers
from xiansuo.evaluation.outputs import Outputs

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Point = tuple[float, float]

_MOST_POINTS = 80
_FEWEST_COVERED = 20


@dataclass(frozen=True, slots=True)
class Bin:
    """Letters with nearly the same stated probability: its mean, the observed share with its range, their number."""

    stated: float
    observed: float
    low: float
    high: float
    letters: int


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """How many of the answered letters are answered wrongly, when the least certain ones are left to people.

    `points` are (share answered, share of these wrong); `band` is where today's abstain band stands, `area` the mean risk.
    """

    points: tuple[Point, ...]
    band: Point
    area: float


@dataclass(frozen=True, slots=True)
class Curves:
    """Every curve of one set of letters."""

    precision_recall: Mapping[Category, tuple[Point, ...]]
    reliability: tuple[Bin, ...]
    risk: RiskCoverage
    reading: tuple[Point, ...]
    best_reading: tuple[Point, ...]


def curves(said: Answers, given: Outputs, abstained: Bools, *, threshold: float) -> Curves:
    """Return all curves; `threshold` is the scope probability from which something is proposed."""
    wanted = said.in_scope.astype(np.float64)
    return Curves(
        precision_recall={
            category: precision_recall(said, given, column)
            for column, category in enumerate(CATEGORIES)
            if said.labels[:, column].any()
        },
        reliability=reliability(said.in_scope, given.scope),
        risk=risk_coverage(said, given, abstained, threshold=threshold),
        reading=reading(said.in_scope, given.order),
        best_reading=reading(said.in_scope, wanted),
    )


def precision_recall(said: Answers, given: Outputs, column: int) -> tuple[Point, ...]:
    """Return (recall, precision) of one category, from the surest letter on."""
    settled = ~said.disputed[:, column]
    precision, recall = metrics.precision_recall(said.labels[settled, column], given.scores[settled, column])
    return _thinned(list(zip(recall.tolist(), precision.tolist(), strict=True)))


def reliability(truth: Bools, probabilities: Floats) -> tuple[Bin, ...]:
    """Return ten equal bins of stated probability with Wilson's ranges."""
    return tuple(
        Bin(stated, observed, *metrics.wilson(observed * count, count), count)
        for _, count, stated, observed in metrics.calibration_table(truth, probabilities)
    )


def risk_coverage(said: Answers, given: Outputs, abstained: Bools, *, threshold: float) -> RiskCoverage:
    """Return the curve over letters ordered by how far their log-odds lie from the threshold (Geifman & El-Yaniv 2017)."""
    wrong = given.raised.any(axis=1) != said.in_scope
    inside = np.clip(given.scope, 1e-6, 1 - 1e-6)
    certain = np.abs(np.log(inside / (1 - inside)) - np.log(threshold / (1 - threshold)))
    risks = np.cumsum(wrong[np.argsort(-certain, kind="stable")]) / np.arange(1, len(wrong) + 1)
    points = [((place + 1) / len(risks), float(risk)) for place, risk in enumerate(risks)]
    answered = ~abstained
    band = (float(answered.mean()), float(wrong[answered].mean()) if answered.any() else metrics.NOTHING)
    # The first few letters make a jagged start that says nothing.
    return RiskCoverage(_thinned(points[min(_FEWEST_COVERED, len(points)) - 1 :]), band, float(risks.mean()))


def reading(truth: Bools, order: Floats) -> tuple[Point, ...]:
    """Return (share read, share of the letters in scope found), best first."""
    found = np.cumsum(truth[np.argsort(-order, kind="stable")]) / max(1, truth.sum())
    return _thinned([(0.0, 0.0), *(((place + 1) / len(found), float(share)) for place, share in enumerate(found))])


def _thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    if len(points) <= _MOST_POINTS:
        return tuple(points)
    kept = np.unique(np.linspace(0, len(points) - 1, _MOST_POINTS).round().astype(int))
    return tuple(points[place] for place in kept)
