"""Owns which decisions look unlike the others and are worth a second look: confident learning over answers of learners that never saw them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from xiansuo.classifiers.adapt import Seen
from xiansuo.classifiers.calibrate import sigmoid
from xiansuo.evaluation.learning import learned

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
FEWEST = 50
"""From fewer decisions nothing can be said about any of them."""
FEWEST_OF_A_KIND = 10
"""A label that fewer decisions say, or fewer do not say, is not doubted: what is rare always looks strange."""
NEAR = 20
"""How many of the decisions written most alike are compared with a doubted one."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A decision (a row) that looks wrong in one label: a column, 0 for scope. `doubt` is the probability of the opposite, 0 to 1.

    `near` are the rows of the decisions written most alike, nearest first, `unlike` whether each says the opposite.
    """

    row: int
    label: int
    doubt: float
    near: tuple[int, ...]
    unlike: tuple[bool, ...]


def doubts(seen: Seen, said: Bools, weights: Floats, folds: Ints) -> list[Doubt]:
    """Return the decisions that are probably wrong, the most doubtful first; one row of each table per decision.

    `said` is (decisions, labels), `weights` how much each counts, `folds` the part in which each is held out. Labels are doubted by
    confident learning (Northcutt, Jiang & Chuang 2021); of several doubted labels of a decision the most doubtful one is told.
    """
    if len(said) < FEWEST:
        return []
    odds = out_of_sample(seen, said, weights, folds)
    # As in every answer, no category is likelier than scope.
    probabilities = sigmoid(np.minimum(odds, odds[:, :1]))
    worst: dict[int, tuple[float, int]] = {}
    for label in range(said.shape[1]):
        for row, doubt in _doubted(said[:, label], probabilities[:, label]):
            worst[row] = max(worst.get(row, (0.0, label)), (doubt, label))
    found = [_with_neighbours(seen, said, row, label, doubt) for row, (doubt, label) in worst.items()]
    return sorted(found, key=lambda one: (-one.doubt, one.row))


def out_of_sample(seen: Seen, said: Bools, weights: Floats, folds: Ints) -> Floats:
    """Return log-odds (decisions, labels), for every decision those of a learner that learned from the other folds only."""
    odds = np.zeros(said.shape)
    counts = np.broadcast_to(weights[:, None], said.shape)
    with threadpool_limits(limits=1):
        for fold in np.unique(folds):
            held = folds == fold
            odds[held] = learned(seen, said, np.flatnonzero(~held), counts)[held]
    return odds


def _doubted(said: Bools, probabilities: Floats) -> Iterator[tuple[int, float]]:
    """Yield the rows whose answer to one question is probably wrong, with the probability of the opposite."""
    # Importing it takes seconds, and nobody waits for second looks.
    from cleanlab.filter import find_label_issues  # noqa: PLC0415

    if min(said.sum(), (~said).sum()) < FEWEST_OF_A_KIND:
        return
    both = np.column_stack([1 - probabilities, probabilities])
    wrong = find_label_issues(said.astype(np.int64), both, return_indices_ranked_by="self_confidence", n_jobs=1)
    yield from ((int(row), float(both[row, int(not said[row])])) for row in wrong)


def _with_neighbours(seen: Seen, said: Bools, row: int, label: int, doubt: float) -> Doubt:
    alike = np.asarray((seen.words[[row]] @ seen.words.T).todense()).ravel()
    alike[row] = -1.0
    nearest = np.argsort(-alike, kind="stable")[:NEAR]
    near: Sequence[int] = nearest[alike[nearest] > 0].tolist()
    return Doubt(row, label, doubt, tuple(near), tuple(bool(said[one, label] != said[row, label]) for one in near))
