from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from xiansuo.rulebook.schema import RuleBookError
from xiansuo.triage.workdays import WorkCalendar, load_calendar

RULES = Path(__file__).parents[2] / "rules"
SHIPPED = load_calendar(RULES / "holidays.yaml")


@pytest.mark.parametrize("year", sorted(SHIPPED.years))
def test_every_day_of_an_entered_year_agrees_with_the_published_calendar(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=step) for step in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    assert [day for day in days if SHIPPED.working(day) is not chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a make-up Saturday counts
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # nine days of Spring Festival do not
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_a_limit_in_working_days_steps_over_holidays_and_counts_make_up_days(start: date, days: int, due: date) -> None:
    assert SHIPPED.after(start, days) == due


def test_counting_back_is_counting_forward_with_a_minus() -> None:
    friday, tuesday = date(2026, 11, 20), date(2026, 11, 24)
    assert (SHIPPED.between(friday, tuesday), SHIPPED.between(tuesday, friday)) == (2, -2)


def test_a_year_nobody_entered_counts_monday_to_friday_and_is_named() -> None:
    assert WorkCalendar().working(date(2026, 10, 1))
    assert SHIPPED.unknown(date(2026, 12, 30), date(2028, 1, 2)) == (2027, 2028)


def test_a_holiday_may_reach_into_another_year(tmp_path: Path) -> None:
    calendar = _calendar(tmp_path, "元旦: 2026年12月31日至2027年1月3日", year=2027)
    assert not calendar.working(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("free", "worked", "place"),
    [
        ("元旦: 1月32日", "[]", "1月32日"),
        ("元旦: 1月3日至1日", "[]", "先后不颠倒"),
        ("元旦: 一月一日", "[]", "一月一日"),
        ("元旦: 1月1日", "[1月5日]", "周六或周日"),
        ("元旦: 1月1日至3日", "[1月3日]", "不在放假日期里"),
    ],
)
def test_a_mistake_in_the_holidays_is_named(tmp_path: Path, free: str, worked: str, place: str) -> None:
    with pytest.raises(RuleBookError, match=place):
        _calendar(tmp_path, free, worked)


def _calendar(folder: Path, free: str, worked: str = "[]", year: int = 2026) -> WorkCalendar:
    file = folder / "holidays.yaml"
    file.write_text(f"年份:\n  {year}:\n    来源: 通知\n    放假: {{{free}}}\n    上班: {worked}\n", encoding="utf-8")
    return load_calendar(file)
