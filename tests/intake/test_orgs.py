"""The workbook of the organisation register."""

from pathlib import Path

import openpyxl
import pytest

from xiansuo.domain.register import Head, Level, Staff, Unit
from xiansuo.intake.orgs import OrganisationRegisterError, read_register, write_template

UNITS = [
    ["单位名称", "上级单位", "类型", "级别", "别名"],
    ["甲县", "", "党委政府", "县处级", ""],
    ["甲县乙镇", "甲县", "乡镇", "正科级", "乙镇、乙"],
]
HEADS = [["姓名", "单位", "职务", "职级", "是否一把手"], ["某甲", "甲县乙镇", "党委书记", "", "是"]]
STAFF = [["姓名", "职务", "是否主要负责人"], ["某乙", "主任", "是"], ["某丙", "科员", ""]]
SETTINGS = [["本机关名称", "可受理最高职级"], ["甲县巡察办", "县处级"]]
GOOD = {"单位": UNITS, "负责人": HEADS, "本办人员": STAFF, "设置": SETTINGS}


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(OrganisationRegisterError) as caught:
        read_register(path)
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    return caught.value.problems


def test_units_heads_staff_and_settings_are_read(tmp_path: Path) -> None:
    register = read_register(workbook(tmp_path / "a.xlsx", GOOD))
    assert register.units[1] == Unit("甲县乙镇", "甲县", "乡镇", Level.TOWNSHIP, ("乙镇", "乙"))
    assert register.heads == (Head("某甲", "甲县乙镇", "党委书记", Level.TOWNSHIP, principal=True),)
    assert register.staff == (Staff("某乙", "主任", principal=True), Staff("某丙", "科员"))
    assert (register.office, register.ceiling) == ("甲县巡察办", Level.COUNTY)


def test_titles_above_the_headings_and_settings_written_downwards_are_read(tmp_path: Path) -> None:
    downwards = [["本机关名称", "甲县巡察办"], ["可受理最高职级", "乡科级"]]
    sheets = GOOD | {"单位": [["甲县单位名册"], *UNITS], "设置": downwards}
    register = read_register(workbook(tmp_path / "a.xlsx", sheets))
    assert (register.units[0].name, register.ceiling) == ("甲县", Level.TOWNSHIP)


def test_the_template_is_a_valid_register(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx")
    register = read_register(tmp_path / "template.xlsx")
    assert {len(register.units) > 0, len(register.heads) > 0, len(register.staff) > 0} == {True}


@pytest.mark.parametrize(
    ("sheet", "row", "sentence"),
    [
        (
            "单位",
            ["丙局", "", "", "科员", ""],
            "工作表“单位”第4行“级别”的值“科员”不可用。可用：村级、乡科级、县处级、地厅级、省部级、国家级。",
        ),
        ("单位", ["", "甲县", "", "村级", ""], "工作表“单位”第4行“单位名称”没有填写。"),
        ("单位", ["甲县", "", "", "县处级", ""], "工作表“单位”第4行“单位名称”的值“甲县”与第2行重复。"),
        ("单位", ["丁村", "戊镇", "", "村级", ""], "工作表“单位”第4行“上级单位”的值“戊镇”不在“单位名称”中。"),
        ("单位", ["丁村", "丁村", "", "村级", ""], "工作表“单位”第4行“上级单位”的值“丁村”与本单位互为上级"),
        ("单位", ["丁镇", "甲县", "", "乡科级", "乙镇"], "“别名”的值“乙镇”中的“乙镇”已是第3行的名称或别名。"),
        ("负责人", ["某丁", "丁村", "书记", "村级", "是"], "工作表“负责人”第3行“单位”的值“丁村”不在工作表“单位”"),
        ("负责人", ["某丁", "甲县", "书记", "", "对"], "工作表“负责人”第3行“是否一把手”的值“对”不可用。可用：是、否"),
        ("本办人员", ["", "科员", ""], "工作表“本办人员”第4行“姓名”没有填写。"),
        ("设置", ["己县巡察办", "县处级"], "工作表“设置”应有且只有一行，现有2行。"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, sheet: str, row: list[str], sentence: str
) -> None:
    [problem] = problems(workbook(tmp_path / "a.xlsx", GOOD | {sheet: [*GOOD[sheet], row]}))
    assert sentence in problem


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = {"单位": [*UNITS, ["", "", "", "甲级", ""]], "负责人": [*HEADS, ["", "无", "", "乙级", "对"]]}
    assert len(problems(workbook(tmp_path / "a.xlsx", GOOD | wrong))) == 7


def test_missing_sheets_and_headings_are_told(tmp_path: Path) -> None:
    sheets = {"单位": [["单位名称", "级别"]], "负责人": HEADS, "设置": SETTINGS}
    first, second = problems(workbook(tmp_path / "a.xlsx", sheets))
    assert "工作表“单位”缺少表头“上级单位”“类型”“别名”" in first
    assert "缺少工作表“本办人员”" in second


def test_a_file_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert problems(tmp_path / "a.xlsx") == ("不是 xlsx 工作簿，或已损坏。请另存为 .xlsx。",)
    assert "无法读取" in problems(tmp_path / "none.xlsx")[0]
