"""Replays reading with labels that are known already: what would have been found how soon."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from xiansuo.classifiers.adapt import Seen
from xiansuo.evaluation import metrics
from xiansuo.evaluation.baselines import elas_margins
from xiansuo.evaluation.learning import learned

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Ranker = Callable[[Ints], Floats]
"""Gives every letter a score from the decisions about the letters read so far, in the order of reading."""

RECALL = 0.95


@dataclass(frozen=True, slots=True)
class Replay:
    """How one way of ordering fared, as means over its runs; `spread` is the standard deviation of `saved`.

    `saved` is the work saved at 95 % recall as a share of the best possible, `read` the share read until then, `early` the recall
    after 10 and 20 % read, `points` the curve: recall after every letter read.
    """

    method: str
    letters: int
    wanted: int
    runs: int
    saved: float
    spread: float
    read: float
    early: tuple[float, float]
    points: tuple[float, ...]


def screen(rank: Ranker, size: int, *, batch: int, first: Sequence[int] = ()) -> Ints:
    """Return the order in which letters are read: always the `batch` best by what was learned from all before; ties in their order."""
    order, left = list(first), np.setdiff1d(np.arange(size), np.array(first, dtype=np.int64))
    while len(left):
        scores = rank(np.array(order, dtype=np.int64))[left]
        best = np.argsort(-scores, kind="stable")[:batch]
        order += left[best].tolist()
        left = np.delete(left, best)
    return np.array(order, dtype=np.int64)


def replay(method: str, truth: Bools, orders: Sequence[Ints]) -> Replay:
    """Measure one or more orders of reading against what people said."""
    found = np.array([np.cumsum(truth[order]) / truth.sum() for order in orders])
    # An order becomes scores that fall from letter to letter, so that the one definition of work saved serves here too.
    scores = [-np.argsort(order).astype(np.float64) for order in orders]
    saved = [metrics.work_saved_share(truth, one, recall=RECALL) for one in scores]
    read = [metrics.read_until(truth, one, recall=RECALL) / len(truth) for one in scores]
    mean = found.mean(axis=0)
    return Replay(
        method=method,
        letters=len(truth),
        wanted=int(truth.sum()),
        runs=len(orders),
        saved=float(np.mean(saved)),
        spread=float(np.std(saved)),
        read=float(np.mean(read)),
        early=(_after(mean, 0.1), _after(mean, 0.2)),
        points=tuple(mean.tolist()),
    )


def _after(found: Floats, share: float) -> float:
    return float(found[max(1, round(share * len(found))) - 1])


def adaptive_order(seen: Seen, truth: Bools, *, batch: int) -> Ints:
    """Read as the product would: the model's order first, learning anew after every batch."""

    def rank(read: Ints) -> Floats:
        return learned(seen, truth[:, None], read)[:, 0]

    return screen(rank, len(truth), batch=batch)


def elas_order(texts: Sequence[str], truth: Bools, *, seed: int) -> Ints:
    """Read as ASReview 2 does by default (ELAS u4) on texts cut into words by blanks, from one wanted and one unwanted letter on.

    TF-IDF of words of two letters or more and of pairs, sublinear, in at most 95 % of the letters; LinearSVC; the highest next.
    """
    draw = np.random.default_rng(seed)
    first = [int(draw.choice(np.flatnonzero(truth == wanted))) for wanted in (True, False)]
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95).fit_transform(texts)
    return screen(lambda read: elas_margins(words[read], truth[read], words), len(truth), batch=1, first=first)


def random_order(size: int, *, seed: int) -> Ints:
    """Read in an order that knows nothing."""
    return np.random.default_rng(seed).permutation(size)


def perfect_order(truth: Bools) -> Ints:
    """Read every wanted letter first."""
    return np.argsort(~truth, kind="stable")
