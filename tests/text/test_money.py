"""Sums as letters write them, with what they may mean."""

import pytest

from xiansuo.text.counts import find_counts
from xiansuo.text.money import find_money
from xiansuo.text.numerals import read_number


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("14万3", 143_000, 143_000),
        ("18万3千", 183_000, 183_000),
        ("4万多", 40_000, 50_000),
        ("19.5万多", 195_000, 196_000),
        ("2.6个亿", 260_000_000, 260_000_000),
        ("十好几万", 110_000, 190_000),
        ("万把", 8_000, 12_000),
        ("一两千", 1_000, 2_000),
        ("l4.4万", 144_000, 144_000),
        ("3OO", 300, 300),
        ("贰万壹", 21_000, 21_000),
    ],
)
def test_a_hasty_or_colloquial_number_is_read_as_the_range_it_may_mean(written: str, low: int, high: int) -> None:
    assert read_number(written) == (low, high)


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("叁万伍仟元整", ["35000-35000 元"]),
        ("花了百十来万", ["1000000-1200000 元"]),
        ("收了我三万五，", ["35000-35000 元"]),
        ("欠了上千万", ["10000000-10000000 元"]),
        ("一回一两千，", ["1000-2000 元"]),
        ("二十四元五角", ["24.5-24.5 元"]),
        ("两块六毛五", ["2.65-2.65 元"]),
        ("每方涨了两毛", ["0.2-0.2 元/方"]),
        ("一分钱没见到", ["0.01-0.01 元"]),
        ("三块多", ["3-4 元"]),
        ("三到五万", ["30000-50000 元"]),
        ("每人3000至5000不等", ["3000-5000 元/人"]),
    ],
)
def test_a_sum_keeps_its_range_to_the_fen(text: str, sums: list[str]) -> None:
    assert [entity.value for entity in find_money(text)] == sums


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("220元/亩", "220-220 元/亩"),
        ("三块五一斤", "3.5-3.5 元/斤"),
        ("两千七一吨", "2700-2700 元/吨"),
        ("三万一个名额", "30000-30000 元/个"),
        ("一张票五百块", "500-500 元/张票"),
        ("每人每月补助一千二百元", "1200-1200 元/人/月"),
        ("户均三千", "3000-3000 元/户"),
        ("一亩地补八十", "80-80 元/亩"),
        ("一学期六百二十五，", "625-625 元/学期"),
    ],
)
def test_a_sum_keeps_what_it_is_counted_by_and_is_not_multiplied(text: str, value: str) -> None:
    assert [entity.value for entity in find_money(text)] == [value]


@pytest.mark.parametrize(
    "text", ["罚款500不给票", "微信转了12000给他", "交800保证金", "工资涨到2600，", "一只罚二十；"]
)
def test_a_number_without_a_unit_is_a_sum_where_money_is_spoken_of(text: str) -> None:
    assert len(find_money(text)) == 1


def test_round_numbers_beside_a_sum_belong_to_the_list_of_sums() -> None:
    assert [entity.text for entity in find_money("科员500元，科长1000，局长2000。")] == ["500元", "1000", "2000"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("抽三个点", "3-3 %"),
        ("按总价的一成五返给他", "15-15 %"),
        ("先扣百分之六的管理费", "6-6 %"),
        ("占两成干股", "20-20 %"),
        ("回扣1.5%", "1.5-1.5 %"),
    ],
)
def test_a_share_that_is_paid_or_kept_is_money(text: str, value: str) -> None:
    assert [entity.value for entity in find_money(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "完成率达到百分之六",
        "利用率降了四个点",
        "八成是假的",
        "万一出事",
        "千万不要送礼",
        "砍成两块，",
        "财务这一块没有人管",
        "全村登记选民一千三百二十六，",
        "尾号7704，",
        "二〇二一、二二两年",
        "2025.11.20",
        "打12345，",
        "打95598，都说转了",
        "张姓占了六成，",
        "电话打13800003328，",
        "每天四点二十，",
        "三万多斤谷子",
        "第三，",
    ],
)
def test_what_is_no_sum_is_left_alone(text: str) -> None:
    assert find_money(text) == []


def test_counts_leave_sums_alone() -> None:
    text = "三百多户，每户收二十元，共68亩"
    assert [entity.value for entity in find_counts(text, find_money(text))] == ["300-400 户", "68-68 亩"]
