"""Owns everything that one run measured, as one value that JSON, tables and the page are written from."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from xiansuo.evaluation.behaviours import Rate
from xiansuo.evaluation.curves import Curves
from xiansuo.evaluation.mistakes import Mistake
from xiansuo.evaluation.report import NOTICE, Report, as_json, rounded
from xiansuo.evaluation.slices import Confusion, Slice
from xiansuo.evaluation.targets import TargetRow
from xiansuo.rulebook.check import RuleStatistics


class Mode(StrEnum):
    """How letters were kept from the model that answered them; the value is how a set of letters is named after it."""

    BY_MATTER = "by matter"
    BY_AUTHOR = "author left out"
    FROZEN = "frozen"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class Details:
    """What is shown of one set of letters beside its figures."""

    curves: Curves
    confusion: Confusion
    slices: tuple[Slice, ...]
    rules: tuple[RuleStatistics, ...]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One set of letters measured in one mode: the program's report, those of plain methods, and details where asked for."""

    name: str
    mode: Mode
    letters: int
    in_scope: int
    authored: bool
    report: Report
    plain: tuple[Report, ...] = ()
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class LearningStep:
    """How a model of a share of the matters did on letters that it did not see."""

    share: float
    letters: int
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How one phenomenon of the behaviour suite came out: open cases, those held back, and the open ones by rules alone."""

    open: Rate
    held: Rate | None
    rules: Rate


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A whole run: when, with which command and model inputs, and everything that it found."""

    made: str
    command: str
    inputs: str
    folds: int
    threshold: float
    parts: tuple[Part, ...]
    targets: tuple[TargetRow, ...]
    learning: tuple[LearningStep, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()

    def part(self, data: str) -> Part | None:
        """Return the part whose report has this name."""
        return next((part for part in self.parts if part.report.data == data), None)

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report, the program's before the plain methods'."""
        return tuple(report for part in self.parts for report in (part.report, *part.plain))


def write_json(evaluation: Evaluation) -> str:
    """Return the figures as JSON. No words of letters stand in it, nor ids: it may be kept beside the code."""
    head = {
        "notice": NOTICE,
        "made": evaluation.made,
        "command": evaluation.command,
        "inputs": evaluation.inputs,
        "targets": list(_target_rows(evaluation)),
        "learning": [rounded(asdict(step)) for step in evaluation.learning],
        "behaviours": [rounded(asdict(one)) for one in evaluation.behaviours],
    }
    lines = json.dumps(head, ensure_ascii=False, indent=1)
    return f'{lines[:-2]},\n "reports": {as_json(evaluation.reports)}\n}}\n'


def _target_rows(evaluation: Evaluation) -> Iterator[object]:
    for row in evaluation.targets:
        figure = rounded(asdict(row.figure)) if row.figure else None
        bounds = {side: bound for side in ("least", "most") if (bound := getattr(row.target, side)) is not None}
        yield {"figure": row.target.figure, "on": row.on, **bounds, "found": figure, "reached": row.reached}
