"""Owns the report of a measurement: what was measured, on what data, with ranges, as values, JSON and a plain table."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from xiansuo.domain.suggestion import Suggestion
from xiansuo.evaluation import measures, metrics
from xiansuo.evaluation.gold import GoldLetter, answers
from xiansuo.evaluation.measures import Measure
from xiansuo.evaluation.outputs import Ints, Outputs, Shown, outputs

__all__ = ["Figure", "Outputs", "Report", "as_json", "as_table", "compare", "evaluate", "measure", "outputs"]

NOTICE = "本表数字来自编写的信件或公开留言，不是真实信访件；只说明程序在这些材料上的表现。"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure with its 95 % range; `letters` is how many letters it stands on.

    Ranges come from drawing whole matters with replacement. A share's range also holds Wilson's interval: where nothing
    went wrong in few letters, drawing them again cannot show that something might.
    """

    name: str
    value: float
    low: float
    high: float
    letters: int

    @property
    def known(self) -> bool:
        """Whether the measure has a meaning on these letters."""
        return not math.isnan(self.value)


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

    def figure(self, name: str) -> Figure | None:
        """Return a figure, nothing where it was not measured or has no meaning."""
        return next((figure for figure in self.figures if figure.name == name and figure.known), None)


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
    gold: Sequence[GoldLetter],
    given: Outputs,
    *,
    data: str,
    method: str,
    rounds: int = 200,
    shown: Sequence[Shown] = (),
) -> Report:
    """Compare a machine's table of answers, and what readers are shown, with gold letters, row by row."""
    _check(gold, given)
    said = answers(gold)
    found = [*measures.full(said, given), *(measures.of_shown(gold, given, shown) if shown else ())]
    table = tuple(metrics.calibration_table(said.in_scope, given.scope))
    return Report(data, method, len(gold), figures_of(found, said.matters, rounds=rounds), table)


def compare(gold: Sequence[GoldLetter], given: Outputs, *, data: str, method: str, rounds: int = 50) -> Report:
    """Return the report of a method that others are compared with: headline measures only, on fewer draws."""
    _check(gold, given)
    said = answers(gold)
    return Report(data, method, len(gold), figures_of(measures.headline(said, given), said.matters, rounds=rounds))


def _check(gold: Sequence[GoldLetter], given: Outputs) -> None:
    if len(gold) != len(given.scope):
        raise ValueError(f"{len(gold)} letters, {len(given.scope)} answers")


def figures_of(found: Iterable[Measure], matters: Sequence[str], *, rounds: int, seed: int = 0) -> tuple[Figure, ...]:
    """Return the figures of measures with their ranges."""
    draws = metrics.resamples(matters, seed=seed, rounds=rounds) if rounds else []
    every = np.arange(len(matters))
    return tuple(_figure(one, every, draws) for one in found)


def _figure(one: Measure, every: Ints, draws: Sequence[Ints]) -> Figure:
    low, high = metrics.interval(one.over, draws)
    if draws and one.counted and one.counted[1]:
        least, most = metrics.wilson(*one.counted)
        low, high = min(low, least), max(high, most)
    return Figure(one.name, one.over(every), low, high, one.letters)


def as_json(reports: Sequence[Report]) -> str:
    """Return the reports as JSON, one figure a line; measures without meaning are null."""
    return "[\n" + ",\n".join(_report_json(report) for report in reports) + "\n]"


def _report_json(report: Report) -> str:
    plain = rounded(asdict(report))
    assert isinstance(plain, dict)  # noqa: S101 - for the type checker
    lines = ",\n".join(f"  {json.dumps(figure, ensure_ascii=False)}" for figure in plain.pop("figures"))
    rest = json.dumps(plain, ensure_ascii=False)
    return f'{rest[:-1]}, "figures": [\n{lines}\n]}}'


def rounded(value: object) -> object:
    """Return a value fit for JSON: four digits, null where there is no meaning."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
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
