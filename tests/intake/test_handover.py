"""Partners' hand-over lists: provenance on each letter, and what is wrong with the list."""

import io

import openpyxl
import pytest

from xiansuo.domain.letter import Channel, Defect, HandOver, Item, Unreadable
from xiansuo.intake.limits import Limits
from xiansuo.intake.registers import collect_rows

HEADINGS = ["序号", "收件日期", "被反映人", "单位", "主要问题"]
TITLE = ["甲县信访局信访件移送清单（共3件）"]
ORIGIN = ["移送单位：甲县信访局", None, "移送文号：甲信移〔2026〕3号"]

Rows = list[list[object]]


def row(number: object, day: str = "2026-03-01", text: str = "甲事") -> list[object]:
    return [number, day, "某丙", "柳湾镇", text]


def collected(rows: Rows) -> list[Item | Unreadable | Defect]:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for cells in rows:
        book.worksheets[0].append(cells)
    book.save(file)
    return list(collect_rows(file.getvalue(), source="信访局", locator="a.xlsx", limits=Limits()))


def sentences(rows: Rows) -> list[str]:
    return [one.sentence for one in collected(rows) if isinstance(one, Defect)]


def test_every_letter_of_a_list_knows_sender_list_and_number() -> None:
    first, second, third = collected([TITLE, ORIGIN, HEADINGS, row(1), row(2), row(3)])
    assert isinstance(third, Item)
    assert third.hand_over == HandOver("甲县信访局", "甲信移〔2026〕3号", "3")
    assert third.channel is Channel.TRANSFER
    assert isinstance(first, Item)
    assert isinstance(second, Item)
    assert first.data == second.data


def test_sender_and_total_are_also_read_below_the_table() -> None:
    foot: Rows = [["合计：3件"], ["移送单位（盖章）：甲县审计局"], ["移送人：某戊", None, "接收人："]]
    found = collected([["线索移送清单"], [None, "清单编号：甲审移〔2026〕1号"], HEADINGS, row(1), row(2), *foot])
    assert [type(one) for one in found] == [Item, Item, Defect]
    assert isinstance(found[0], Item)
    assert found[0].hand_over == HandOver("甲县审计局", "甲审移〔2026〕1号", "1")
    assert found[2] == Defect("信访局", "移送清单（甲审移〔2026〕1号） 共3件，实收2行，缺第3号")


def test_columns_of_their_own_name_sender_and_list() -> None:
    found = collected([["移送单位", "清单编号", *HEADINGS], ["甲县公安局", "3", *row(1)]])
    [item] = found
    assert isinstance(item, Item)
    assert item.hand_over == HandOver("甲县公安局", "3", "1")


def test_a_register_that_is_no_hand_over_list_is_not_checked() -> None:
    found = collected([["信访登记表（共9件）"], HEADINGS, row(1), row(5)])
    assert [type(one) for one in found] == [Item, Item]
    assert isinstance(found[0], Item)
    assert found[0].hand_over is None


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row(1), row(3)], "共3件，实收2行，缺第2号"),
        ([row(1), row(2), row(2)], "缺第3号，第2号重复"),
        ([row(2), row(3), row(4)], None),
        ([row("1."), row("第2号"), row("（3）")], None),
        ([row(1), row(2), row(900_000)], "缺第3至899999号"),
        ([row(1), row(2, day=""), row(3, text="")], "第3号缺“主要问题”，第2号缺“收件日期”"),
        ([row(None), row(None), row(None)], "没有序号"),
    ],
)
def test_gaps_repeats_and_missing_fields_are_told(rows: Rows, sentence: str | None) -> None:
    expected = [f"移送清单（甲信移〔2026〕3号） {sentence}"] if sentence else []
    assert sentences([TITLE, ORIGIN, HEADINGS, *rows]) == expected


def test_a_list_without_origin_date_and_respondent_is_told() -> None:
    [sentence] = sentences([["移送清单"], ["序号", "主要问题"], [1, "甲事"]])
    assert sentence == "移送清单 没有“被反映人或单位”一栏，没有“收件日期”一栏，没有写明移送单位，没有写明移送文号"


def test_sentences_hold_nothing_personal() -> None:
    rows: Rows = [
        ["某己同志经办的移送清单"],
        [None, "移送文号：某己手写"],
        [*HEADINGS, "反映人"],
        [*row(2, text=""), "某甲"],
    ]
    [sentence] = sentences(rows)
    assert not any(name in sentence for name in ("某甲", "某丙", "某己", "柳湾"))


def test_letters_that_start_like_a_total_or_remark_are_still_letters() -> None:
    rows: Rows = [TITLE, ORIGIN, ["主要问题", "收件日期"], ["合计：三笔补助款被村会计领走", ""], ["说明", "2026-03-01"]]
    assert [type(one) for one in collected(rows)].count(Item) == 2
