"""Owns what a reader of totals only is not shown of a period's report: whatever holds a number so small that it could point at somebody."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from xiansuo.evaluation.period import Drift, PeriodReport
from xiansuo.evaluation.period_slices import OF_UNITS

T = TypeVar("T")
_NO_COUNTS = frozenset({"lacking", "folded", "folded_units"})


def veil(report: PeriodReport) -> PeriodReport:
    """Return the report for somebody who may not look behind its numbers: no units, and no table with a number from 1 to `small` - 1.

    A table goes as a whole, since what is left of it would tell the number; of lists whose lines do not add up only the line goes. What may
    have been missed goes always: it stands on the few clues of the sample.
    """
    least = report.small
    changes = replace(report.changes, versions=_large(report.changes.versions, least))
    shown = replace(
        report,
        verdict=_unless_small(report.verdict, least),
        verdict_before=_unless_small(report.verdict_before, least),
        work=_unless_small(report.work, least),
        matched=_unless_small(report.matched, least),
        handled=_unless_small(report.handled, least),
        slices=tuple(one for one in report.slices if one.name not in OF_UNITS and not _small_within(one.lines, least)),
        limits=_large(report.limits, least),
        rules=_large(report.rules, least),
        agreement=_unless_small(report.agreement, least),
        elusion=None,
        drift=report.drift and _veiled(report.drift, least),
        changes=changes,
    )
    return replace(shown, withheld=tuple(_gone(report, shown)))


def _veiled(drift: Drift, least: int) -> Drift:
    bins = drift.scores.bins
    shown = replace(bins, lines=()) if _small_within(bins, least) else bins
    return replace(
        drift,
        mixes=_large(drift.mixes, least),
        scores=replace(drift.scores, bins=shown),
        rules=_large(drift.rules, least),
        new_units=(),
        folded_units=0,
    )


def _gone(report: PeriodReport, shown: PeriodReport) -> Iterator[str]:
    """Yield the names of the parts of which something was left out."""
    for name in ("verdict", "verdict_before", "work", "matched", "handled", "limits", "rules", "agreement", "elusion"):
        if getattr(report, name) != getattr(shown, name):
            yield name
    there = {one.name for one in shown.slices}
    yield from (f"slices.{one.name}" for one in report.slices if one.name not in there)
    if report.drift != shown.drift:
        yield "drift"
    if report.changes != shown.changes:
        yield "changes"


def _unless_small(part: T, least: int) -> T | None:
    return None if _small_within(part, least) else part


def _large(lines: tuple[T, ...], least: int) -> tuple[T, ...]:
    return tuple(one for one in lines if not _small_within(one, least))


def _small_within(value: object, least: int) -> bool:
    """Tell whether a count from 1 to `least` - 1 stands anywhere in a value."""
    if isinstance(value, int) and not isinstance(value, bool):
        return 0 < value < least
    if isinstance(value, tuple):
        return any(_small_within(one, least) for one in value)
    if not is_dataclass(value):
        return False
    named = ((one.name, getattr(value, one.name)) for one in fields(value))
    return any(_small_within(one, least) for name, one in named if name not in _NO_COUNTS)
