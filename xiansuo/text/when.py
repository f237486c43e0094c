"""Owns which stretch of the calendar a told time means, written as ISO 8601: a day, a month, a year, `from/to`, or `from/..`."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from xiansuo.text.numerals import read_number

_LOOKALIKES = str.maketrans("OolI", "0011")
_HAN_YEAR = str.maketrans("零〇一二三四五六七八九入", "001234567898")
_LUNAR_ONLY = {"正": 1, "冬": 11, "腊": 12}
_REPUBLIC = 1911

HOLIDAYS: Mapping[str, tuple[int, int]] = {
    "春节": (1, 2), "过年": (1, 2), "除夕": (1, 2), "大年": (1, 2), "小年": (1, 2), "腊八": (1, 1), "元宵": (2, 3), "元旦": (1, 1), "妇女节": (3, 3),
    "清明": (4, 4), "五一": (5, 5), "劳动节": (5, 5), "端午": (5, 6), "六一": (6, 6), "七一": (7, 7), "八一": (8, 8), "教师节": (9, 9),
    "中秋": (9, 10), "国庆": (10, 10), "重阳": (10, 10), "冬至": (12, 12), "双十一": (11, 11),
}  # fmt: skip
SEASONS: Mapping[str, tuple[int, int]] = {
    "开春": (3, 4), "春": (3, 5), "夏": (6, 8), "秋": (8, 11), "入冬": (11, 12), "冬": (11, 12), "年底": (11, 12), "年末": (11, 12), "年初": (1, 2),
    "年头": (1, 2), "年前": (12, 12), "年中": (6, 7), "上半": (1, 6), "下半": (7, 12), "暑假": (7, 8), "寒假": (1, 2), "汛期": (6, 9),
}  # fmt: skip
YEARS_BACK = {"大前年": 3, "前年": 2, "去年": 1, "上年": 1, "去": 1, "今年": 0, "本年": 0, "当年": 0, "明年": -1}
DAYS_BACK = {"大前天": 3, "前天": 2, "昨": 1, "今": 0, "明": -1}


@dataclass(frozen=True, slots=True)
class When:
    """A day, month or year, as far as it is known; `last` is the month in which a longer stretch of the same year ends."""

    year: int
    month: int | None = None
    day: int | None = None
    last: int | None = None

    @property
    def first_iso(self) -> str:
        """Its beginning."""
        if self.month is None:
            return str(self.year)
        return f"{self.year}-{self.month:02d}" + (f"-{self.day:02d}" if self.day else "")

    @property
    def last_iso(self) -> str:
        """Its end; a stretch whose last month lies before its first ends in the next year."""
        if self.last is None or self.month is None:
            return self.first_iso
        return f"{self.year + (self.last < self.month)}-{self.last:02d}"

    @property
    def iso(self) -> str:
        """The whole of it."""
        return self.first_iso if self.first_iso == self.last_iso else f"{self.first_iso}/{self.last_iso}"


def year_of(written: str) -> int:
    """Return the year of 2021, 二〇二一, 21 or 2O21."""
    digits = int(written.translate(_LOOKALIKES).translate(_HAN_YEAR))
    if digits >= 1000:
        return digits
    return 2000 + digits if digits < 50 else 1900 + digits


def republican(written: str) -> int | None:
    """Return the year of 民国三十七年."""
    number = read_number(written)
    return _REPUBLIC + int(number.low) if number else None


def day_of(written: str) -> int | None:
    """Return the day of 12, 二十三, 廿三, 初五; None for what is none."""
    bare = written.translate(_LOOKALIKES).removeprefix("初").rstrip("日号曰")
    number = read_number(bare) if bare and "几" not in bare else None
    return int(number.low) if number and 1 <= number.low <= 31 else None


def month_of(written: str) -> int | None:
    """Return the month of 3, 十二, 腊, 1l."""
    special = _LUNAR_ONLY | {"元": 1}
    if written in special:
        return special[written]
    number = read_number(written.translate(_LOOKALIKES))
    return int(number.low) if number and 1 <= number.low <= 12 else None


def in_month(year: int, month: int, day: int | None, *, lunar: bool) -> When:
    """Return a month or day. A lunar month falls one to two months later, so that of its days only the stretch is known."""
    if lunar:
        first = month % 12 + 1 if month == 12 else month + (month == 11)
        return When(year + (month == 12), first, last=first % 12 + 1)
    if day and day > calendar.monthrange(year, month)[1]:
        day = None
    return When(year, month, day)


def is_lunar(month: str, *, told: bool, day: str) -> bool:
    """Tell whether a month is of the lunar calendar: it says so, or only that calendar has such a month or day."""
    return told or month in _LUNAR_ONLY or day.startswith(("初", "廿"))


def of_stretch(year: int, name: str) -> When:
    """Return the months of a season or holiday of a year; the year itself for an unknown one."""
    months = next((found for key, found in {**HOLIDAYS, **SEASONS}.items() if name.startswith(key)), None)
    if months is None:
        return When(year)
    first, last = months
    return When(year, first, last=last if last != first else None)


def latest(months: tuple[int, int], reference: date) -> int:
    """Return the year of the latest such months that have begun by the letter's date."""
    return reference.year - (months[0] > reference.month)


def months_back(reference: date, count: int) -> When:
    """Return the month that many months before the letter's."""
    number = reference.year * 12 + reference.month - 1 - count
    return When(number // 12, number % 12 + 1)


def week(reference: date, back: int, day: str) -> str:
    """Return a day, or from Monday to Sunday, of the week that many weeks before the letter's."""
    monday = reference - timedelta(days=reference.weekday() + 7 * back)
    if day:
        return (monday + timedelta(days="一二三四五六日天".index(day) - (day == "天"))).isoformat()
    return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"


def day_back(reference: date, word: str) -> str:
    """Return the day of 昨天, 前天, 今晚; '' where it cannot be known."""
    back = next((days for key, days in DAYS_BACK.items() if word.startswith(key)), None)
    return (reference - timedelta(days=back)).isoformat() if back is not None else ""
