"""The one time zone of China."""

from datetime import timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""The zone in which days begin and the years of register numbers turn."""
