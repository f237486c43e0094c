"""Dates as people type them into registers."""

from datetime import date

import pytest

from xiansuo.intake.dates import parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026/3/1",
        "2026.3.1",
        "2026年3月1日",
        "2026年3月1日上午",
        "2026-03-01 09:30:00",
        "20260301",
        "202603010930",
        "46082",
        "46082.5",
        "二〇二六年三月一日",
    ],
)
def test_a_day_is_read_in_every_usual_form(text: str) -> None:
    assert parse_date(text) == date(2026, 3, 1)


def test_chinese_numerals_above_ten_are_read() -> None:
    assert parse_date("二〇二五年十二月二十三日") == date(2025, 12, 23)


@pytest.mark.parametrize("text", ["", "去年", "2026-02-30", "2026年3月", "13800000000", "1026-03-01", "3月1日"])
def test_what_names_no_day_is_no_date(text: str) -> None:
    assert parse_date(text) is None
