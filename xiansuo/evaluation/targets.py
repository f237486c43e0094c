"""Owns the targets: which figure should reach what on which letters, and whether it does."""

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from xiansuo.errors import UsageError
from xiansuo.evaluation.report import Figure, Report

GOLD = "gold"
"""Stands for every gold file that is no part of the corpus."""


class Target(BaseModel):
    """A figure, the sets of letters it is wanted on, and its bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    figure: str
    on: tuple[str, ...]
    least: float | None = None
    most: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Target":
        if self.least is None and self.most is None:
            raise ValueError("least or most is missing")
        return self

    @property
    def bounds(self) -> str:
        """What is asked for, as people write it."""
        if self.least is not None and self.most is not None:
            return f"{self.least:g}–{self.most:g}"
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"

    def reached(self, value: float) -> bool:
        """Tell whether a value lies within the bounds."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


class _Targets(BaseModel):
    model_config = ConfigDict(extra="forbid")
    target: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target on one set of letters; `figure` is nothing where it could not be measured in this run."""

    target: Target
    on: str
    figure: Figure | None

    @property
    def reached(self) -> bool:
        """Whether the target is measured and reached."""
        return self.figure is not None and self.target.reached(self.figure.value)


def read_targets(path: Path) -> tuple[Target, ...]:
    """Read targets; an unusable file is a `UsageError`."""
    try:
        return _Targets.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).target
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise UsageError(f"{path.name} 不能使用：{error}。请对照文件开头的说明改正。") from error


def rows(targets: Sequence[Target], reports: Sequence[Report], *, gold: Sequence[str]) -> Iterator[TargetRow]:
    """Yield a row for every target on every set of letters; `gold` names the reports on other gold files."""
    by_data = {report.data: report for report in reports}
    for target in targets:
        for on in target.on:
            for name in (gold or [GOLD]) if on == GOLD else [on]:
                report = by_data.get(name)
                yield TargetRow(target, name, report.figure(target.figure) if report else None)


def as_lines(found: Sequence[TargetRow]) -> Iterator[str]:
    """Yield a line for every target: reached or not, what, value with range, bounds, on which letters."""
    for row in found:
        figure = row.figure
        mark = "达到　" if row.reached else "未达到" if figure else "未测量"
        told = "" if figure is None else f"{figure.value:.3f}"
        if figure is not None and not math.isnan(figure.low):
            told += f" {figure.low:.3f}–{figure.high:.3f}"
        yield f"{mark} {row.target.figure:30} {told:18} {row.target.bounds:>10}  {row.on}"
