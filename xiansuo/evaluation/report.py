"""Owns the report of a measurement: what was measured, on what data, with ranges, as values, JSON and a plain table."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.suggestion import Suggestion
from xiansuo.evaluation import metrics
from xiansuo.evaluation.gold import Answers, GoldLetter, answers

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOTICE = "本表数字来自编写的信件或公开留言，不是真实信访件；只说明程序在这些材料上的表现。"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure with its 95 % bootstrap range by matter; `letters` is how many letters it stands on."""

    name: str
    value: float
    low: float
    high: float
    letters: int


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one way of suggesting (`method`) on one set of letters (`data`)."""

    data: str
    method: str
    letters: int
    figures: tuple[Figure, ...]
    calibration: tuple[tuple[float, int, float, float], ...] = ()
    notice: str = NOTICE

    def value(self, name: str) -> float:
        """Return a figure's value; an unknown name is a `KeyError`."""
        return {figure.name: figure.value for figure in self.figures}[name]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a machine answered, row by row: scope probability, category probabilities, proposed categories, reading order."""

    scope: Floats
    scores: Floats
    raised: Bools
    order: Floats


def outputs(suggestions: Sequence[Suggestion], ranks: Sequence[float] = ()) -> Outputs:
    """Return the table of suggestions; without ranks the reading order is that of scope."""
    scope = np.array([suggestion.scope for suggestion in suggestions], dtype=np.float64)
    scores = np.array([[suggestion.scores.get(category, 0.0) for category in CATEGORIES] for suggestion in suggestions])
    raised = np.array([[category in suggestion.labels for category in CATEGORIES] for suggestion in suggestions])
    return Outputs(scope, scores, raised, np.array(ranks, dtype=np.float64) if len(ranks) else scope)


def evaluate(
    gold: Sequence[GoldLetter],
    suggestions: Sequence[Suggestion],
    *,
    data: str,
    method: str = "xiansuo",
    rounds: int = 200,
) -> Report:
    """Compare suggestions with gold letters, row by row; `rounds` is the number of bootstrap draws, 0 for no ranges."""
    return measure(gold, outputs(suggestions), data=data, method=method, rounds=rounds)


def measure(
    gold: Sequence[GoldLetter], given: Outputs, *, data: str, method: str, seed: int = 0, rounds: int = 200
) -> Report:
    """Compare a machine's table of answers with gold letters, row by row."""
    if len(gold) != len(given.scope):
        raise ValueError(f"{len(gold)} letters, {len(given.scope)} answers")
    said = answers(gold)
    figures = [
        _figure(name, found, count, said, seed=seed, rounds=rounds) for name, count, found in _measures(said, given)
    ]
    table = tuple(metrics.calibration_table(said.in_scope, given.scope))
    return Report(data, method, len(gold), tuple(figures), table)


Measure = Callable[[Ints], float]


def _measures(said: Answers, given: Outputs) -> list[tuple[str, Bools, Measure]]:
    """Return (name, letters it stands on, measure over rows)."""
    every = np.ones(len(said.in_scope), dtype=bool)
    any_raised = np.asarray(given.raised.any(axis=1), dtype=bool)
    found = [
        ("scope_auroc", every, lambda rows: metrics.auroc(said.in_scope[rows], given.scope[rows])),
        (
            "mean_ap",
            every,
            lambda rows: _mean([_ap(said, given, rows, column=column) for column in range(len(CATEGORIES))]),
        ),
        (
            "macro_f1",
            every,
            lambda rows: _mean([_f1(said, given, rows, column=column) for column in range(len(CATEGORIES))]),
        ),
        ("wss95_share", every, lambda rows: metrics.work_saved_share(said.in_scope[rows], given.scope[rows])),
        ("ndcg20", every, lambda rows: metrics.ndcg(said.priority[rows], given.order[rows])),
        ("ece", every, lambda rows: metrics.expected_calibration_error(said.in_scope[rows], given.scope[rows])),
        ("slope", every, lambda rows: metrics.calibration_slope(said.in_scope[rows], given.scope[rows])),
    ]
    groups = {
        "out_of_scope_raised": ~said.in_scope,
        "traps_raised": said.traps,
        "denied_raised": said.denied,
        "implicit_found": said.implicit,
        "serious_found": said.in_scope & (said.priority >= 3),
        "random_out_of_scope_raised": said.random & ~said.in_scope,
    }
    found += [(name, among, _share_of(any_raised, among)) for name, among in groups.items() if among.any()]
    for column, category in enumerate(CATEGORIES):
        settled = ~said.disputed[:, column]
        found.append((f"ap_{category}", settled, partial(_ap, said, given, column=column)))
        found.append((f"f1_{category}", settled, partial(_f1, said, given, column=column)))
    return found


def _share_of(raised: Bools, among: Bools) -> Measure:
    return lambda rows: metrics.share(raised[rows], among[rows])


def _ap(said: Answers, given: Outputs, rows: Ints, *, column: int) -> float:
    kept = rows[~said.disputed[rows, column]]
    return metrics.average_precision(said.labels[kept, column], given.scores[kept, column])


def _f1(said: Answers, given: Outputs, rows: Ints, *, column: int) -> float:
    kept = rows[~said.disputed[rows, column]]
    return metrics.f1(said.labels[kept, column], given.raised[kept, column])


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else metrics.NOTHING


def _figure(name: str, found: Measure, among: Bools, said: Answers, *, seed: int, rounds: int) -> Figure:
    low, high = (
        metrics.interval(found, said.matters, seed=seed, rounds=rounds)
        if rounds
        else (metrics.NOTHING, metrics.NOTHING)
    )
    return Figure(name, found(np.arange(len(among))), low, high, int(among.sum()))


def as_json(reports: Sequence[Report]) -> str:
    """Return the reports as JSON; measures without meaning are null."""
    return json.dumps([_plain(asdict(report)) for report in reports], ensure_ascii=False, indent=1)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 4)
    return value


def as_table(reports: Sequence[Report], names: Sequence[str]) -> str:
    """Return a plain table, one report per line, and what the data is."""
    wide = max([len(f"{report.data} · {report.method}") for report in reports] + [4])
    lines = [" ".join([" " * wide, *(f"{name[:14]:>14}" for name in names)])]
    for report in reports:
        known = {figure.name: figure for figure in report.figures}
        cells = [_cell(known.get(name)) for name in names]
        lines.append(" ".join([f"{report.data} · {report.method}".ljust(wide), *(f"{cell:>14}" for cell in cells)]))
    return "\n".join([*lines, NOTICE])


def _cell(figure: Figure | None) -> str:
    if figure is None or math.isnan(figure.value):
        return "–"
    if math.isnan(figure.low):
        return f"{figure.value:.3f}"
    return f"{figure.value:.2f} {figure.low:.2f}-{figure.high:.2f}"
