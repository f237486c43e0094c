"""Measures what a model learns from decisions: random draws are decided, the letters left are tested."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.adapt import Decided, Seen, SiteLetter, acquaint, odds_of, verdicts
from xiansuo.classifiers.adapt_fit import correct
from xiansuo.classifiers.calibrate import sigmoid
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared
from xiansuo.evaluation import metrics

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Letters with what a model that knows the site makes of them and what people said; tables are (letters, labels).

    `cold` holds the log-odds of the model before it knew the site, `known` is 0 where readers differ.
    """

    seen: Seen = field(repr=False)
    cold: Floats = field(repr=False)
    said: Bools = field(repr=False)
    known: Bools = field(repr=False)
    matters: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Worth:
    """How good answers are: AUROC of scope, mean average precision of the six categories, calibration error of scope."""

    auroc: float
    mean_ap: float
    ece: float


@dataclass(frozen=True, slots=True)
class Learned:
    """What a model is worth on the letters left after `decisions`: mean and standard deviation over random draws.

    `cold` is what the model without decisions and without the site's mail is worth on the same letters.
    """

    decisions: int
    draws: int
    after: Worth
    spread: Worth
    cold: Worth


def lessons_of(model: Model, letters: Prepared, mail: Prepared | None = None) -> Lessons:
    """Return labelled letters as seen by a model that knows the site's `mail` without labels; without `mail`, the letters are the mail."""
    mine = site_letters(letters)
    others = [] if mail is None else site_letters(mail)
    seen = acquaint(model, others or mine, words_from=[*others, *mine]).see(mine)
    said, known = verdicts(decisions(letters))
    cold = odds_of(model.score(letters.documents, letters.readings))
    return Lessons(seen, cold, said, known, tuple(letter.matter for letter in letters.letters))


def site_letters(letters: Prepared) -> list[SiteLetter]:
    """Return prepared letters as mail of a site."""
    rows = zip(letters.documents, letters.readings, letters.letters, strict=True)
    return [SiteLetter(document, reading, letter.matter) for document, reading, letter in rows]


def decisions(letters: Prepared) -> list[Decided]:
    """Return gold letters as if a person had decided on them as their readers did."""
    rows = zip(site_letters(letters), letters.letters, strict=True)
    return [Decided(letter, gold.in_scope, gold.labels, gold.disputed) for letter, gold in rows]


def learned(seen: Seen, said: Bools, decided: Ints, known: Bools | Floats | None = None) -> Floats:
    """Return the log-odds of all letters after decisions about some, for the labels that `said` (letters, labels) holds.

    `known` is how much each counts, 0 or false where nobody decided; 1 throughout without it.
    """
    prior = seen.odds[:, : said.shape[1]]
    if not len(decided):
        return prior
    counts = np.ones(said.shape) if known is None else known.astype(np.float64)
    return prior + correct(seen.words[decided], prior[decided], said[decided], counts[decided]).log_odds(seen.words)


def learning_curve(lessons: Lessons, *, counts: Sequence[int], draws: int = 20) -> Iterator[Learned]:
    """Yield what is learned from each number of decisions; no matter is both decided and tested."""
    for count in counts:
        rows = [_drawn(lessons, count, seed) for seed in range(draws)]
        after, cold = (np.array(table) for table in zip(*rows, strict=True))
        middle, spread, before = after.mean(axis=0), after.std(axis=0), cold.mean(axis=0)
        yield Learned(count, draws, Worth(*middle.tolist()), Worth(*spread.tolist()), Worth(*before.tolist()))


def _drawn(lessons: Lessons, count: int, seed: int) -> tuple[list[float], list[float]]:
    matters = np.array(lessons.matters)
    mixed = np.random.default_rng(seed).permutation(len(matters))
    decided, left = mixed[:count], mixed[count:]
    left = left[~np.isin(matters[left], matters[decided])]
    after = learned(lessons.seen, lessons.said, decided, lessons.known)
    return _row(lessons, after, left), _row(lessons, lessons.cold, left)


def _row(lessons: Lessons, odds: Floats, rows: Ints) -> list[float]:
    found = worth(odds[rows], lessons.said[rows], lessons.known[rows])
    return [found.auroc, found.mean_ap, found.ece]


def worth(odds: Floats, said: Bools, known: Bools) -> Worth:
    """Compare log-odds with what people said; all (letters, labels)."""
    settled = [np.flatnonzero(column) for column in known.T]
    # As in every answer, no category is likelier than scope.
    capped = np.minimum(odds, odds[:, :1])
    found = [metrics.average_precision(said[rows, label], capped[rows, label]) for label, rows in enumerate(settled)]
    ap = [value for value in found[1:] if not math.isnan(value)]
    return Worth(
        auroc=metrics.auroc(said[:, 0], odds[:, 0]),
        mean_ap=float(np.mean(ap)) if ap else metrics.NOTHING,
        ece=metrics.expected_calibration_error(said[:, 0], sigmoid(odds[:, 0])),
    )
