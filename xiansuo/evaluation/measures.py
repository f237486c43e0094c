"""Owns which measures a report holds, each as a function of row numbers, so that a bootstrap can draw rows."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation import grouping, metrics, strings
from xiansuo.evaluation.gold import Answers, GoldLetter
from xiansuo.evaluation.outputs import Outputs, Shown

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

READ_SHARES = (0.1, 0.2, 0.3, 0.5)
"""After which shares of the letters the recall of the reading order is reported."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure over rows. `letters` is how many letters it stands on; `counted` the (hits, tries) of a share, else None."""

    name: str
    letters: int
    over: Callable[[Ints], float]
    counted: tuple[float, float] | None = None


def share(name: str, hits: Floats | Bools, tries: Floats | Bools) -> Measure:
    """Return the measure of `hits` of `tries`, both counted per letter."""
    top, bottom = hits.astype(np.float64), tries.astype(np.float64)
    return Measure(name, int((bottom > 0).sum()), partial(_ratio, top, bottom), (float(top.sum()), float(bottom.sum())))


def mean(name: str, values: Floats, among: Floats | Bools) -> Measure:
    """Return the measure of the mean of a value per letter among some letters."""
    bottom = among.astype(np.float64)
    return Measure(name, int(bottom.sum()), partial(_ratio, values * bottom, bottom))


def _ratio(hits: Floats, tries: Floats, rows: Ints) -> float:
    count = float(tries[rows].sum())
    return float(hits[rows].sum()) / count if count else metrics.NOTHING


def headline(said: Answers, given: Outputs) -> Iterator[Measure]:
    """Yield the measures by which methods are compared."""
    scope, raised, every = said.in_scope, _any(given.raised), len(said.in_scope)
    yield Measure("scope_auroc", every, lambda rows: metrics.auroc(scope[rows], given.scope[rows]))
    yield Measure("mean_ap", every, lambda rows: _mean(_ap(said, given, rows, column) for column in _COLUMNS))
    yield Measure("macro_f1", every, lambda rows: _mean(_f1(said, given, rows, column) for column in _COLUMNS))
    yield Measure("wss95_share", every, lambda rows: metrics.work_saved_share(scope[rows], given.scope[rows]))
    yield Measure("tnr95", every, lambda rows: metrics.true_negative_rate(scope[rows], given.scope[rows]))
    yield Measure("ndcg20", every, lambda rows: metrics.ndcg(said.priority[rows], given.order[rows]))
    yield Measure("ece", every, lambda rows: metrics.expected_calibration_error(scope[rows], given.scope[rows]))
    groups = {
        "out_of_scope_raised": ~scope,
        "traps_raised": said.traps,
        "denied_raised": said.denied,
        "implicit_found": said.implicit,
        "serious_found": scope & (said.priority >= 3),
        "random_out_of_scope_raised": said.random & ~scope,
        "in_scope_found": scope,
    }
    yield from (share(name, raised & among, among) for name, among in groups.items() if among.any())


def full(said: Answers, given: Outputs) -> Iterator[Measure]:
    """Yield every measure of the table of answers."""
    yield from headline(said, given)
    scope, every = said.in_scope, len(said.in_scope)
    yield Measure("slope", every, lambda rows: metrics.calibration_slope(scope[rows], given.scope[rows]))
    yield Measure("ece_at_share", every, partial(_shifted_error, said, given))
    for part in READ_SHARES:
        yield Measure(
            f"recall_{part:.0%}".rstrip("%"),
            every,
            lambda rows, part=part: metrics.recall_after(scope[rows], given.order[rows], share=part),  # type: ignore[misc]
        )
    for column, category in enumerate(CATEGORIES):
        yield from _of_category(said, given, column, category)
    if said.interviews.any():
        yield from _of_interviews(said, given)


def _of_category(said: Answers, given: Outputs, column: int, category: str) -> Iterator[Measure]:
    settled = ~said.disputed[:, column]
    gold, raised = said.labels[:, column] & settled, given.raised[:, column] & settled
    yield Measure(f"ap_{category}", int(settled.sum()), lambda rows: _ap(said, given, rows, column))
    yield Measure(f"f1_{category}", int(settled.sum()), lambda rows: _f1(said, given, rows, column))
    yield share(f"precision_{category}", gold & raised, raised)
    yield share(f"recall_{category}", gold & raised, gold)


def _of_interviews(said: Answers, given: Outputs) -> Iterator[Measure]:
    spoken, raised = said.interviews, _any(given.raised)
    within = np.flatnonzero(spoken)
    yield Measure(
        "interview_macro_f1",
        len(within),
        lambda rows: _mean(_f1(said, given, rows[spoken[rows]], column) for column in _COLUMNS),
    )
    yield share("interview_out_of_scope_raised", raised & spoken & ~said.in_scope, spoken & ~said.in_scope)
    yield share("interview_found", raised & spoken & said.in_scope, spoken & said.in_scope)


def of_shown(letters: Sequence[GoldLetter], given: Outputs, shown: Sequence[Shown]) -> Iterator[Measure]:
    """Yield the measures of what a reader is shown: quotes, text, masks, entities, links."""
    scope = np.array([letter.in_scope for letter in letters])
    abstained = np.array([one.abstained for one in shown])
    yield share("abstained", abstained, np.ones(len(shown)))
    yield share("silently_missed", scope & ~abstained & ~_any(given.raised), scope)
    if any(letter.quotes for letter in letters):
        yield share("quotes_covered", *strings.quotes_shown(letters, shown, own_category=True))
        yield share("accusations_covered", *strings.quotes_shown(letters, shown, own_category=False))
    yield mean("text_shown", *strings.text_shown(letters, shown))
    if any(letter.petitioner or letter.respondents for letter in letters):
        yield share("masked", *strings.masked(letters, shown))
        yield share("readable", *strings.readable(letters, shown))
        for name in strings.ENTITY_FIELDS:
            yield share(f"entities_{name}", *strings.entities(letters, shown, name))
    if all(one.clue for one in shown):
        yield from _of_links([letter.matter for letter in letters], [one.clue for one in shown])


def _of_links(matters: Sequence[str], clues: Sequence[str]) -> Iterator[Measure]:
    precision, recall = grouping.b_cubed(matters, clues)
    every = np.ones(len(precision))
    yield Measure("b_cubed_f1", len(every), lambda rows: _harmonic(precision[rows].mean(), recall[rows].mean()))
    yield mean("b_cubed_precision", precision, every)
    yield mean("b_cubed_recall", recall, every)
    found = grouping.pairs(matters, clues)
    if found.same.any():
        yield share("pairs_found", found.found, found.same)
    if found.joined.any():
        yield share("pairs_right", found.found, found.joined)


def _harmonic(one: float, other: float) -> float:
    return 2 * one * other / (one + other)


def _shifted_error(said: Answers, given: Outputs, rows: Ints) -> float:
    truth = said.in_scope[rows]
    if truth.all() or not truth.any():
        return metrics.NOTHING
    return metrics.expected_calibration_error(truth, metrics.at_share(given.scope[rows], float(truth.mean())))


_COLUMNS = range(len(CATEGORIES))


def _any(raised: Bools) -> Bools:
    return np.asarray(raised.any(axis=1), dtype=bool)


def _ap(said: Answers, given: Outputs, rows: Ints, column: int) -> float:
    kept = rows[~said.disputed[rows, column]]
    return metrics.average_precision(said.labels[kept, column], given.scores[kept, column])


def _f1(said: Answers, given: Outputs, rows: Ints, column: int) -> float:
    kept = rows[~said.disputed[rows, column]]
    return metrics.f1(said.labels[kept, column], given.raised[kept, column])


def _mean(values: Iterator[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else metrics.NOTHING
