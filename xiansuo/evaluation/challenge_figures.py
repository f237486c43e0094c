"""Owns how two models are held against each other on the same letters: paired differences with ranges, and slices tested together."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation import metrics
from xiansuo.evaluation.outputs import Outputs

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

MISSED, RAISED = "missed", "raised"
COUNTED = (MISSED, RAISED)
"""Figures that are shares of mistakes: less is better, and people understand their counts."""
_COLUMNS = range(len(CATEGORIES))


@dataclass(frozen=True, slots=True)
class Pairing:
    """Letters that both models answered, with what people said. `slices` are (group, name, which letters)."""

    data: str
    matters: tuple[str, ...] = field(repr=False)
    in_scope: Bools = field(repr=False)
    labels: Bools = field(repr=False)
    champion: Outputs = field(repr=False)
    challenger: Outputs = field(repr=False)
    slices: tuple[tuple[str, str, Bools], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of both models on the same letters, and the 95 % range of challenger less champion. `letters` is what it stands on."""

    data: str
    figure: str
    champion: float
    challenger: float
    low: float
    high: float
    letters: int

    @property
    def worse(self) -> float:
        """How much worse the challenger is; negative where it is better."""
        change = self.challenger - self.champion
        return change if self.figure in COUNTED else -change

    def counts(self) -> tuple[int, int, int, int]:
        """Return the letters behind a share of mistakes: of the champion, of the challenger, and the range of how many more."""
        shares = (self.champion, self.challenger, self.low, self.high)
        one, other, low, high = (round(share * self.letters) for share in shares)
        return one, other, low, high


@dataclass(frozen=True, slots=True)
class SliceResult:
    """Mistakes of one kind in one slice. `p` is the chance that a challenger no worse than the champion shows as many more, corrected for all slices."""

    data: str
    group: str
    name: str
    kind: str
    letters: int
    champion: int
    challenger: int
    p: float


def differences(pairing: Pairing, figures: Sequence[str], *, rounds: int, seed: int) -> list[Difference]:
    """Return paired differences; ranges come from drawing whole matters, the same for both models (Efron & Tibshirani 1993)."""
    draws = metrics.resamples(pairing.matters, seed=seed, rounds=rounds)
    every = np.arange(len(pairing.matters))
    return [_difference(pairing, figure, every, draws) for figure in figures]


def _difference(pairing: Pairing, figure: str, every: Ints, draws: Sequence[Ints]) -> Difference:
    one, other = (_measure(pairing, given, figure) for given in (pairing.champion, pairing.challenger))
    low, high = metrics.interval(lambda rows: other(rows) - one(rows), draws)
    among = {MISSED: pairing.in_scope, RAISED: ~pairing.in_scope}.get(figure)
    letters = len(every) if among is None else int(among.sum())
    return Difference(pairing.data, figure, one(every), other(every), low, high, letters)


def _measure(pairing: Pairing, given: Outputs, figure: str) -> Callable[[Ints], float]:
    truth, raised = pairing.in_scope, np.asarray(given.raised.any(axis=1), dtype=bool)
    measures: Mapping[str, Callable[[Ints], float]] = {
        MISSED: lambda rows: metrics.share(~raised[rows], truth[rows]),
        RAISED: lambda rows: metrics.share(raised[rows], ~truth[rows]),
        "scope_auroc": lambda rows: metrics.auroc(truth[rows], given.scope[rows]),
        "mean_ap": lambda rows: _mean_ap(pairing.labels[rows], given.scores[rows]),
    }
    return measures[figure]


def _mean_ap(labels: Bools, scores: NDArray[np.float64]) -> float:
    found = [metrics.average_precision(labels[:, column], scores[:, column]) for column in _COLUMNS]
    known = [value for value in found if not math.isnan(value)]
    return float(np.mean(known)) if known else metrics.NOTHING


def slice_results(pairings: Sequence[Pairing], *, fewest: int) -> list[SliceResult]:
    """Return every slice that holds enough letters; a one-sided sign test over matters, corrected after Holm (1979) for all of them together."""
    found = [one for pairing in pairings for one in _slices(pairing, fewest)]
    corrected = holm([one.p for one in found])
    return [_with_p(one, p) for one, p in zip(found, corrected, strict=True)]


def _with_p(one: SliceResult, p: float) -> SliceResult:
    return SliceResult(one.data, one.group, one.name, one.kind, one.letters, one.champion, one.challenger, p)


def holm(chances: Sequence[float]) -> list[float]:
    """Return p-values corrected so that even one false alarm among all has at most the stated chance (Holm 1979)."""
    corrected, highest = [1.0] * len(chances), 0.0
    for place, row in enumerate(sorted(range(len(chances)), key=lambda one: chances[one])):
        highest = max(highest, min(1.0, chances[row] * (len(chances) - place)))
        corrected[row] = highest
    return corrected


def _slices(pairing: Pairing, fewest: int) -> Iterator[SliceResult]:
    sides = pairing.champion, pairing.challenger
    raised = [np.asarray(side.raised.any(axis=1), dtype=bool) for side in sides]
    for group, name, among in pairing.slices:
        yield from _tested(pairing, (group, name, MISSED), among & pairing.in_scope, [~one for one in raised], fewest)
        yield from _tested(pairing, (group, name, RAISED), among & ~pairing.in_scope, raised, fewest)
    for column, category in enumerate(CATEGORIES):
        has, proposed = pairing.labels[:, column], [side.raised[:, column] for side in sides]
        yield from _tested(pairing, ("category", category, MISSED), has, [~one for one in proposed], fewest)
        yield from _tested(pairing, ("category", category, RAISED), ~has, proposed, fewest)


def _tested(
    pairing: Pairing, what: tuple[str, str, str], among: Bools, wrong: Sequence[Bools], fewest: int
) -> Iterator[SliceResult]:
    if among.sum() < fewest:
        return
    one, other = (side & among for side in wrong)
    p = worse_by_chance(pairing.matters, one, other)
    yield SliceResult(pairing.data, *what, int(among.sum()), int(one.sum()), int(other.sum()), p)


def worse_by_chance(matters: Sequence[str], champion: Bools, challenger: Bools) -> float:
    """Return the chance of so many matters with more mistakes of the challenger if both were alike (sign test)."""
    _, matter_of = np.unique(np.array(matters), return_inverse=True)
    more = np.bincount(matter_of, weights=challenger.astype(float) - champion.astype(float))
    return sign_test(int((more > 0).sum()), int((more < 0).sum()))


def sign_test(worse: int, better: int) -> float:
    """Return the chance of so many cases that got worse, of those that changed, if both ways were alike."""
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import, and most processes never ask this

    return float(binomtest(worse, worse + better, alternative="greater").pvalue) if worse + better else 1.0
