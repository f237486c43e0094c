"""Replays reading with labels that are known already: what would have been found how soon."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.adapt import Seen
from xiansuo.evaluation import metrics
from xiansuo.evaluation.baselines import elas_margins
from xiansuo.evaluation.learning import learned
from xiansuo.evaluation.report import NOTICE

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Ranker = Callable[[Ints], Floats]
"""Gives every letter a score from the decisions about the letters read so far, in the order of reading."""

RECALL = 0.95


@dataclass(frozen=True, slots=True)
class Fared:
    """How well an order of reading serves who wants to find 95 % of what is wanted, and who reads on from the top.

    `wss95` is the work saved over reading in any order (Cohen et al. 2006), below 0 where any order would do better; `wss95_share` the
    same as a share of the best possible; `tnr95` the share of the unwanted letters that need not be read (Kusa et al. 2023); `read95` the
    share read until then. `atd` is the mean share read when a wanted letter is found (Ferdinands et al. 2023), `loss` what the recall
    curve lacks, 0 to 1 (both as in ASReview Insights), `recall_10` and `recall_20` what is found after a tenth and a fifth.
    """

    wss95: float
    wss95_share: float
    tnr95: float
    read95: float
    atd: float
    loss: float
    recall_10: float
    recall_20: float


@dataclass(frozen=True, slots=True)
class Replay:
    """How one way of ordering fared: mean and standard deviation over its runs.

    `points` is the mean curve: the share of what is wanted that was found after every letter read.
    """

    method: str
    letters: int
    wanted: int
    runs: int
    mean: Fared
    spread: Fared
    points: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """The replays of looking for one thing: '' is any accusation, otherwise a category. None where too few letters are wanted."""

    target: str
    letters: int
    wanted: int
    replays: tuple[Replay, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of a replay, learning after every `batch` letters; `notice` says what the letters are not.

    With `shuffle` a recipe that starts from nothing read by chance until it had met a letter of each kind; otherwise it was given them.
    """

    data: str
    batch: int
    shuffle: bool
    searches: tuple[Search, ...]
    notice: str = NOTICE


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
    each = np.array([astuple(fared(truth, order)) for order in orders])
    return Replay(
        method=method,
        letters=len(truth),
        wanted=int(truth.sum()),
        runs=len(orders),
        mean=Fared(*each.mean(axis=0).tolist()),
        spread=Fared(*each.std(axis=0).tolist()),
        points=tuple(found.mean(axis=0).tolist()),
    )


def fared(truth: Bools, order: Ints) -> Fared:
    """Measure an order of reading: row numbers, the first to be read first."""
    # An order becomes scores that fall from letter to letter, so that the measures of ranking serve here too.
    scores = -np.argsort(order).astype(np.float64)
    return Fared(
        wss95=metrics.work_saved(truth, scores, recall=RECALL),
        wss95_share=metrics.work_saved_share(truth, scores, recall=RECALL),
        tnr95=metrics.true_negative_rate(truth, scores, recall=RECALL),
        read95=metrics.read_until(truth, scores, recall=RECALL) / len(truth),
        atd=metrics.time_to_discovery(truth, scores),
        loss=metrics.normalised_loss(truth, scores),
        recall_10=metrics.recall_after(truth, scores, share=0.1),
        recall_20=metrics.recall_after(truth, scores, share=0.2),
    )


def adaptive_order(seen: Seen, said: Bools, *, batch: int, label: int = 0, known: Bools | None = None) -> Ints:
    """Read as the product would: the model's order first, learning anew after every batch.

    `said` and `known` are (letters, labels); `label` is the column that is looked for, 0 for any accusation.
    """
    columns = sorted({0, label})
    mine = Seen(seen.odds[:, columns], seen.words)
    settled = None if known is None else known[:, columns]

    def rank(read: Ints) -> Floats:
        # As in every answer, no category is likelier than scope.
        return np.asarray(learned(mine, said[:, columns], read, settled).min(axis=1))

    return screen(rank, len(said), batch=batch)


def elas_order(texts: Sequence[str], truth: Bools, *, first: Sequence[int]) -> Ints:
    """Read as ASReview 2 and 3 do by default (ELAS u4), one letter at a time, on texts cut into words by blanks; `first` are read before.

    TF-IDF of words of two letters or more and of pairs, sublinear, in at most 95 % of the letters; LinearSVC; the highest next.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - slow to import, and most processes never ask this

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95).fit_transform(texts)
    return screen(lambda read: elas_margins(words[read], truth[read], words), len(truth), batch=1, first=first)


def one_of_each(truth: Bools, *, seed: int) -> list[int]:
    """Return a wanted and an unwanted letter, from which a recipe that starts from nothing can learn; who uses it must know them before."""
    draw = np.random.default_rng(seed)
    return [int(draw.choice(np.flatnonzero(truth == wanted))) for wanted in (True, False)]


def until_both(truth: Bools, *, seed: int) -> list[int]:
    """Return the letters read by chance until one of each kind has been met: how a recipe starts from nothing when nobody helps it."""
    order = random_order(len(truth), seed=seed)
    met = truth[order]
    return [int(row) for row in order[: max(met.argmax(), (~met).argmax()) + 1]]


def random_order(size: int, *, seed: int) -> Ints:
    """Read in an order that knows nothing."""
    return np.random.default_rng(seed).permutation(size)


def perfect_order(truth: Bools) -> Ints:
    """Read every wanted letter first."""
    return np.argsort(~truth, kind="stable")
