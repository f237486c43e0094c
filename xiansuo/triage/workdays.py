"""Owns which days are working days: weekends, holidays and make-up days (调休) of rules/holidays.yaml."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from xiansuo.rulebook.fields import Place, entries, known, read_yaml, section, sentence

_DAY = r"(?:(?P<year{0}>\d{{4}})年)?(?:(?P<month{0}>\d{{1,2}})月)?(?P<day{0}>\d{{1,2}})日"
_RANGE = re.compile(_DAY.format(1) + "(?:至" + _DAY.format(2) + ")?")
_ONE = timedelta(days=1)
_LONGEST = 31
_EXAMPLE = "通知里的日期，如 “2月15日至23日”"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Days off and make-up days of the years that were entered; other years count Monday to Friday."""

    years: frozenset[int] = frozenset()
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    def working(self, day: date) -> bool:
        """Tell whether people work on a day."""
        return day in self.on or (day.isoweekday() < 6 and day not in self.off)

    def after(self, start: date, days: int) -> date:
        """Return the working day that is `days` working days after `start`, which itself is not counted."""
        day = start
        while days:
            day += _ONE
            days -= self.working(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and with `end`; negative where `end` is earlier."""
        first, last = min(start, end), max(start, end)
        count = sum(self.working(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))
        return count if end >= start else -count

    def unknown(self, start: date, end: date) -> tuple[int, ...]:
        """Return the years between two days whose holidays nobody has entered."""
        return tuple(year for year in range(start.year, end.year + 1) if year not in self.years)


def load_calendar(path: Path) -> WorkCalendar:
    """Read the holidays; raises RuleBookError with a sentence that names the year and the date."""
    data = read_yaml(path)
    place = Place(path.name)
    known(data, ("版本", "年份"), place)
    years = {_year(name, place): fields for name, fields in section(data.get("年份"), "年份", place).items()}
    off: set[date] = set()
    on: set[date] = set()
    for year, fields in years.items():
        free, made_up = _one_year(year, fields, Place(f"{path.name} {year}年"))
        off |= free
        on |= made_up
    return WorkCalendar(frozenset(years), frozenset(off), frozenset(on))


def _year(name: str, place: Place) -> int:
    if not re.fullmatch(r"20\d\d", name):
        raise place.error("年份", name, "四位数的年份，如 2026")
    return int(name)


def _one_year(year: int, value: object, place: Place) -> tuple[set[date], set[date]]:
    fields = section(value, str(year), place)
    known(fields, ("来源", "放假", "上班"), place)
    sentence(fields, "来源", place)
    off = {day for text in section(fields.get("放假"), "放假", place).values() for day in _days(text, year, place)}
    on = {day for text in entries(fields.get("上班"), "上班", place) for day in _days(text, year, place)}
    _check(off, on, place)
    return off, on


def _check(off: Iterable[date], on: set[date], place: Place) -> None:
    for day in sorted(on):
        if day.isoweekday() < 6:
            raise place.error("上班", f"{day:%Y-%m-%d}", "周六或周日；平日本来就上班")
    both = sorted(on.intersection(off))
    if both:
        raise place.error("上班", f"{both[0]:%Y-%m-%d}", "不在放假日期里的一天")


def _days(text: object, year: int, place: Place) -> Iterator[date]:
    found = _RANGE.fullmatch(str(text).replace(" ", ""))
    try:
        first, last = _ends(found.groupdict() if found else {}, year)
    except (KeyError, TypeError, ValueError):
        raise place.error("日期", text, _EXAMPLE) from None
    if not 0 <= (last - first).days < _LONGEST:
        raise place.error("日期", text, f"先后不颠倒、不超过 {_LONGEST} 天的{_EXAMPLE}")
    yield from (first + timedelta(days=step) for step in range((last - first).days + 1))


def _ends(parts: Mapping[str, str | None], year: int) -> tuple[date, date]:
    first = date(int(parts["year1"] or year), int(parts["month1"] or ""), int(parts["day1"] or ""))
    if parts["day2"] is None:
        return first, first
    return first, date(int(parts["year2"] or year), int(parts["month2"] or first.month), int(parts["day2"]))
