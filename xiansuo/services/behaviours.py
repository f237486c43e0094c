"""Runs the behaviour suite through the program as letters go through it, by rules alone and with the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xiansuo.classifiers.prepare import Tools, prepare
from xiansuo.domain.suggestion import Suggestion
from xiansuo.evaluation.behaviours import Case, Rate, as_letters, by_rules, rates, read_behaviours
from xiansuo.services.model import Trained
from xiansuo.triage.suggest import suggest

SUITE = Path("evaluation/gold/behaviours.jsonl")
MINIMUMS = Path("evaluation/behaviours.toml")


@dataclass(frozen=True, slots=True)
class Behaviours:
    """Rates per phenomenon: of cases that rules and models are improved on, and of those held back."""

    open: tuple[Rate, ...]
    held: tuple[Rate, ...]


def behaviours(home: Path, tools: Tools, trained: Trained | None = None) -> Behaviours:
    """Return the rates of the suite in the content folders; without a model, those of the rule books alone."""
    cases = read_behaviours(home / SUITE)
    data = prepare(as_letters(cases), tools)
    if trained is None:
        return _rated(cases, [by_rules(reading) for reading in data.readings])
    scores = trained.model.score(data.documents, data.readings)
    rows = zip(data.documents, data.readings, scores, strict=True)
    return _rated(cases, [suggest(*row, thresholds=trained.thresholds) for row in rows])


def _rated(cases: Sequence[Case], suggestions: Sequence[Suggestion]) -> Behaviours:
    def part(*, held: bool) -> tuple[Rate, ...]:
        rows = [row for row, case in enumerate(cases) if case.held is held]
        return rates([cases[row] for row in rows], [suggestions[row] for row in rows])

    return Behaviours(part(held=False), part(held=True))
