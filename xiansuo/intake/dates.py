"""Reads the dates people type into registers."""

import re
from datetime import date, timedelta

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_NUMERIC = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?")
_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_SERIAL = re.compile(r"[2-6]\d{4}(?:\.\d+)?")
# Day 0 of the spreadsheet calendar, which counts a 29 February 1900 that never was.
_EPOCH = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1949, 2100


def parse_date(text: str) -> date | None:
    """Return the day written in `text` (ISO, 2026年3月1日, 二〇二六年三月一日, 20260301, a spreadsheet's day number), or None."""
    text = text.strip()
    if match := _NUMERIC.match(text) or _COMPACT.fullmatch(text):
        return _day(*(int(group) for group in match.groups()))
    if match := _CHINESE.match(text):
        year, month, day = match.groups()
        import cn2an  # noqa: PLC0415 - slow to import, and few letters need it

        return _day(int(year.translate(_DIGITS)), int(cn2an.cn2an(month)), int(cn2an.cn2an(day)))
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(float(text)))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
