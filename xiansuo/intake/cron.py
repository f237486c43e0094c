"""Owns cron times: reading them, and the times before and after a moment at which they come due. All are Beijing time."""

import re
from datetime import datetime
from pathlib import Path

from cronsim import CronSim, CronSimError

from xiansuo.domain.times import CHINA
from xiansuo.intake.setting_values import text

OFF = "off"
DEFAULT_CRON = "0 7,13 * * 1-5"
"""Without a cron of its own a source is read on working days at seven and at one."""

CRON = "五段的定时写法，如 */30 8-18 * * 1-5"
_CRON_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?")


def parse_cron(value: object, folder: Path) -> str:
    """Return a cron time of five fields. Raises ValueError with what is wrong about it."""
    fields = text(value, folder).split()
    if len(fields) != len(_CRON_BOUNDS):
        raise ValueError("，要有五段")
    for field, (least, most) in zip(fields, _CRON_BOUNDS, strict=True):
        for part in field.split(","):
            match = _CRON_PART.fullmatch(part)
            if not match or not all(least <= int(number) <= most for number in match.groups()[:2] if number):
                raise ValueError(f"，“{part}”这一段不对")
    cron = " ".join(fields)
    if due_after(cron, datetime.now(CHINA)) is None:
        raise ValueError("，这个时间永远不会到")
    return cron


def parse_cron_or_off(value: object, folder: Path) -> str:
    """Return a cron time, or `OFF`. Raises ValueError with what is wrong about it."""
    return OFF if value == OFF else parse_cron(value, folder)


def due_after(cron: str, at: datetime) -> datetime | None:
    """Return the next time a cron comes due after `at`; None for one that is off or names no day there ever is."""
    return _first(cron, at, reverse=False)


def due_before(cron: str, at: datetime) -> datetime | None:
    """Return the last time a cron came due before `at`; None as for the next one."""
    return _first(cron, at, reverse=True)


def _first(cron: str, at: datetime, *, reverse: bool) -> datetime | None:
    if cron == OFF:
        return None
    try:
        return next(CronSim(cron, at.astimezone(CHINA), reverse=reverse), None)
    except CronSimError:
        return None
