"""Writes a report over a period as plain values for JSON: every field, and every figure that a value class derives from its fields."""

import json
from dataclasses import fields, is_dataclass
from datetime import date

from xiansuo.evaluation.period import PeriodReport

VERSION = 1
"""Raised with any change of what a name in the file means."""


def as_json(report: PeriodReport, *, number: str = "") -> bytes:
    """Return the file; equal reports give equal bytes. `number` is the one under which it left."""
    told = {"version": VERSION, "number": number, "report": plain(report)}
    return (json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def plain(value: object) -> object:
    """Return a value of a report as what JSON knows."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if not is_dataclass(value):
        return value
    derived = [name for name, one in vars(type(value)).items() if isinstance(one, property)]
    return {name: plain(getattr(value, name)) for name in (*(one.name for one in fields(value)), *derived)}
