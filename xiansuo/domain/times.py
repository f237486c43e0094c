"""The one time zone of China."""

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""The zone in which days begin and the years of register numbers turn."""


def minute(at: datetime) -> str:
    """Return a moment as people read it, day, hour and minute in China."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
