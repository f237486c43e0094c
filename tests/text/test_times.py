"""Times as letters tell them, resolved against a letter of 1 March 2026."""

from datetime import date

import pytest

from xiansuo.text.times import find_times

REFERENCE = date(2026, 3, 1)


def told(text: str, reference: date | None = REFERENCE) -> list[tuple[str, str]]:
    return [(entity.text, entity.value) for entity in find_times(text, reference)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2023年3月到10月", "2023-03/2023-10"),
        ("10月2号到5号", "2025-10-02/2025-10-05"),
        ("五月一号到三号", "2025-05-01/2025-05-03"),
        ("2025年4月18日至21日", "2025-04-18/2025-04-21"),
        ("2022年10月至2023年1月", "2022-10/2023-01"),
        ("2021到2024年", "2021/2024"),
        ("21年秋天到去年七月", "2021-08/2025-07"),
        ("去年十一月到现在", "2025-11/2026-03"),
        ("2019年起", "2019/.."),
        ("去年9月以来", "2025-09/.."),
        ("近三年", "2023/2026"),
        ("八十年代", "1980/1989"),
    ],
)
def test_a_stretch_of_time_is_one_entity(text: str, value: str) -> None:
    assert told(text) == [(text, value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三年前", "2023"),
        ("两个月前", "2026-01"),
        ("上个月15号", "2026-02-15"),
        ("上周五", "2026-02-20"),
        ("上个星期", "2026-02-16/2026-02-22"),
        ("昨晚八点", "2026-02-28"),
        ("去冬", "2025-11/2025-12"),
        ("去年暑假", "2025-07/2025-08"),
        ("前年春", "2024-03/2024-05"),
        ("今年春季学期", "2026-03/2026-05"),
        ("国庆节", "2025-10"),
        ("大年初六", "2026-01/2026-02"),
        ("去年中秋前三天", "2025-09/2025-10"),
    ],
)
def test_a_time_is_reckoned_from_the_letters_date(text: str, value: str) -> None:
    assert told(text) == [(text, value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("腊月廿三", "2026-01/2026-02"),
        ("正月十五", "2026-01/2026-02"),
        ("去年正月里", "2025-01/2025-02"),
        ("农历八月十五", "2025-08/2025-09"),
        ("民国三十七年", "1948"),
        ("二〇二三年春", "2023-03/2023-05"),
        ("2O2l年", "2021"),
        ("一九八六年春上", "1986-03/1986-05"),
        ("2025年9月16日下午2:40—3:15", "2025-09-16"),
        ("4月27号后半夜两点来钟", "2025-04-27"),
    ],
)
def test_calendars_and_spellings_are_read(text: str, value: str) -> None:
    assert told(text) == [(text, value)]


@pytest.mark.parametrize(
    "text",
    ["上届换届时", "老书记在任时", "疫情期间", "土地确权那年", "这学期", "每周五", "每月十号左右", "早上7点到8点半"],
)
def test_a_time_that_cannot_be_dated_keeps_its_words(text: str) -> None:
    assert told(text) == [(text, "")]


def test_a_month_or_day_belongs_to_the_year_and_month_that_the_passage_speaks_of() -> None:
    assert told("2023年9月2日交的钱，11月28日才说不行") == [("2023年9月2日", "2023-09-02"), ("11月28日", "2023-11-28")]
    assert told("3月5日开会，15号下午就拆")[1] == ("15号下午", "2026-03-15")


@pytest.mark.parametrize(
    "text",
    ["三四年了", "干了13年", "查国庆说", "快过年了", "小年轻", "3号窗口", "12号楼", "月饼", "每月发", "点了三次"],
)
def test_what_is_no_time_is_left_alone(text: str) -> None:
    assert told(text) == []


def test_a_relative_time_without_a_date_stays_open() -> None:
    assert told("去年腊月到上个月", None) == [("去年腊月到上个月", "")]
