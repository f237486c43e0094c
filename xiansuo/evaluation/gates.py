"""Owns the gates: the least (or most) a figure may be before the build fails."""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xiansuo.errors import UsageError
from xiansuo.evaluation.report import Report


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound for one figure on one set of letters; `at_most` turns it into a ceiling."""

    data: str
    figure: str
    bound: float
    at_most: bool = False


def read_gates(path: Path) -> tuple[Gate, ...]:
    """Read `[data] figure = {least = x}` or `{most = x}`; anything else is a `UsageError`."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_gate(data, figure, bound) for data, rows in tables.items() for figure, bound in rows.items())
    except (tomllib.TOMLDecodeError, AttributeError, TypeError, ValueError) as error:
        raise UsageError(
            f"{path.name} 不能使用：{error}。每一行应写作 名称 = {{ least = 数 }} 或 {{ most = 数 }}。"
        ) from error


def _gate(data: str, figure: str, bound: object) -> Gate:
    if not isinstance(bound, dict) or len(bound) != 1 or not bound.keys() <= {"least", "most"}:
        raise ValueError(f"[{data}] {figure}")
    ((side, value),) = bound.items()
    return Gate(data, figure, float(value), at_most=side == "most")


def failures(reports: Sequence[Report], gates: Sequence[Gate]) -> list[str]:
    """Return a sentence for every gate that a report does not pass; a gate without a report fails too."""
    by_data = {report.data: report for report in reports}
    return [sentence for gate in gates if (sentence := _failure(by_data.get(gate.data), gate))]


def _failure(report: Report | None, gate: Gate) -> str:
    if report is None:
        return f"{gate.data}：没有测量，无法核对 {gate.figure}。"
    value = report.value(gate.figure)
    passed = value <= gate.bound if gate.at_most else value >= gate.bound
    if passed and not math.isnan(value):
        return ""
    return f"{gate.data}：{gate.figure} 为 {value:.3f}，{'高' if gate.at_most else '低'}于门槛 {gate.bound:.3f}。"
