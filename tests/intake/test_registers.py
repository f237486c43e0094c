"""Registers: one row, one letter."""

import csv
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from xiansuo.domain.letter import Channel, Defect, IdentityKind, Item, Kind, Letter, Trouble, Unreadable
from xiansuo.intake.limits import Limits
from xiansuo.intake.registers import collect_rows, read_row

LIMITS = Limits()
WRITER = ["收件日期", "信访人姓名", "联系电话", "通讯地址", "身份证号码", "工作单位", "信访形式"]
ABOUT = ["被反映人", "单位", "职务", "问题类别", "标题", "反映主要问题", "拟办意见"]
ROW = [
    datetime.fromisoformat("2026-03-01"),
    "某甲、某乙等3人",
    13800000000.0,
    "柳湾镇东坡村9号",
    "110101199001011234",
    "柳湾镇小学",
    "群众来信",
]
MORE = ["某丙、某丁", "柳湾镇", "镇长", "四风", "关于公车的反映", "公车接送孩子上学。\r\n有照片。", "转办"]


def workbook(*sheets: list[list[object]]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file.getvalue()


def collected(
    data: bytes | Path, limits: Limits = LIMITS, channel: Channel | None = None
) -> list[Item | Unreadable | Defect]:
    return list(collect_rows(data, source="信访局", locator="a.xlsx", limits=limits, channel=channel))


def letters(data: bytes | Path) -> list[Letter | Unreadable]:
    return [read_row(item, limits=LIMITS) for item in collected(data) if isinstance(item, Item)]


def letter(data: bytes | Path) -> Letter:
    [found] = letters(data)
    assert isinstance(found, Letter)
    return found


def test_a_row_becomes_a_letter_with_its_columns_apart() -> None:
    found = letter(workbook([[*WRITER, *ABOUT], [*ROW, *MORE]]))
    assert (found.subject, found.text) == (
        "关于公车的反映",
        "被反映人：某丙、某丁　单位：柳湾镇　职务：镇长\n公车接送孩子上学。\n有照片。",
    )
    assert (found.received, found.item.channel, found.kind) == (date(2026, 3, 1), Channel.POST, Kind.LETTER)
    assert (found.named_respondents, found.named_unit, found.named_position) == (("某丙", "某丁"), "柳湾镇", "镇长")
    assert [(part.start, part.end) for part in found.parts] == [(0, len(found.text))]


def test_the_writer_goes_to_the_identities_and_nowhere_else() -> None:
    found = letter(workbook([[*WRITER, *ABOUT], [*ROW, *MORE]]))
    assert {(identity.kind, identity.value) for identity in found.identities} == {
        (IdentityKind.NAME, "某甲"),
        (IdentityKind.NAME, "某乙"),
        (IdentityKind.PHONE, "13800000000"),
        (IdentityKind.ADDRESS, "柳湾镇东坡村9号"),
        (IdentityKind.ID_NUMBER, "110101199001011234"),
        (IdentityKind.OTHER, "柳湾镇小学"),
    }
    shown = f"{found!r}{found.subject}{found.text}"
    assert not any(identity.value in shown for identity in found.identities)


@pytest.mark.parametrize(
    ("headings", "names", "respondents"),
    [
        (["反映人", "工作单位", "被反映人", "工作单位", "内容"], ["一", "二局", "三", "四局", "字"], ("三三",)),
        (["姓名", "联系电话", "内容"], ["一", "", "字"], ()),
        (["姓名", "单位及职务", "主要问题"], ["三", "四局局长", "字"], ("三三",)),
        (["被举报人", "姓名", "内容"], ["三", "三", "字"], ("三三",)),
    ],
)
def test_bare_headings_belong_to_the_person_named_beside_them(
    headings: list[object], names: list[str], respondents: tuple[str, ...]
) -> None:
    found = letter(workbook([headings, [name * 2 if len(name) == 1 and name != "字" else name for name in names]]))
    assert found.named_respondents == respondents
    writers = {identity.value for identity in found.identities}
    assert writers == ({"一一", "二局"} if "二局" in names else {"一一"} if "一" in names else set())


@pytest.mark.parametrize("name", ["匿名", "不详", "无", "/", "部分群众", "", "王"])
def test_a_writer_who_gives_no_name_has_no_identity(name: str) -> None:
    assert letter(workbook([["反映人", "内容"], [name, "字"]])).identities == ()


def test_the_body_complained_about_is_no_identity_of_a_writer_who_works_there() -> None:
    found = letter(workbook([["反映人", "工作单位", "被反映单位", "内容"], ["某甲", "柳湾镇", "柳湾镇", "字"]]))
    assert [identity.value for identity in found.identities] == ["某甲"]


def test_headings_are_found_below_titles_and_under_merged_cells() -> None:
    rows: list[list[object]] = [
        ["三月信访登记表"],
        ["填报单位：信访科", None, None, None, "2026年3月"],
        ["序号", "反映人情况", None, "被反映人", None, "主要问题（200字以内）*"],
        [None, "姓名", "电话", "姓名", "职务", None],
        [1, "某甲", "0571-8888888", "某丙", "主任", "甲事"],
        [None] * 6,
        [2, "", "", "某丁", "", "乙事"],
        ["合计", "2件"],
        ["填表人：某戊", None, "审核："],
    ]
    first, second = letters(workbook(rows))
    assert isinstance(first, Letter)
    assert isinstance(second, Letter)
    assert [identity.value for identity in first.identities] == ["某甲", "0571-8888888"]
    assert (first.named_respondents, first.named_position, first.text, second.text) == (
        ("某丙",),
        "主任",
        "被反映人：某丙　职务：主任\n甲事",
        "被反映人：某丁\n乙事",
    )


def test_a_locator_names_sheet_and_row_and_the_bytes_do_not() -> None:
    rows: list[list[object]] = [["序号", "编号", "内容"], [1, "A1", "甲事"], [2, "A2", "乙事"]]
    moved: list[list[object]] = [["序号", "编号", "内容"], [7, "A2", "乙事"]]
    first, second = collected(workbook(rows))
    [again] = collected(workbook([], moved))
    assert isinstance(first, Item)
    assert isinstance(second, Item)
    assert isinstance(again, Item)
    assert (first.locator, again.locator) == ("a.xlsx#表1!2", "a.xlsx#表2!2")
    assert (
        second.data
        == again.data
        == json.dumps({"内容": "乙事", "编号": "A2"}, ensure_ascii=False, separators=(",", ":")).encode()
    )


def test_every_sheet_is_read_and_one_without_headings_is_told() -> None:
    found = collected(
        workbook([["标题", "内容"], ["甲", "甲事"]], [["来信", "来访"], ["x", "y"]], [["标题", "内容"], ["乙", "乙事"]])
    )
    assert [type(one) for one in found] == [Item, Item, Defect]
    assert found[-1] == Defect("信访局", "第2张工作表没有认得的表头，未导入")


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (workbook([["甲", "乙"], ["丙", "丁"]]), Trouble.NO_HEADINGS),
        (workbook([["编号", "内容"]]), Trouble.EMPTY),
        ("编号,日期,内容".encode(), Trouble.EMPTY),
        (workbook([["反映人", "某甲"], ["联系电话", "1"], ["主要问题", "甲事"]]), Trouble.NO_HEADINGS),
        (workbook([]), Trouble.EMPTY),
        (workbook([["标题", "内容"], ["甲", "乙"]])[:-40], Trouble.DAMAGED),
        (b"PK\x03\x04 broken", Trouble.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), Trouble.ENCRYPTED),
        (b"a,b\n\xff\xff\xff,1", Trouble.UNDECODABLE),
    ],
)
def test_a_file_that_is_no_register_is_one_unreadable_with_its_bytes(data: bytes, trouble: Trouble) -> None:
    [found] = collected(data)
    assert isinstance(found, Unreadable)
    assert (found.trouble, found.item.data) == (trouble, data)


def test_a_row_without_text_goes_to_quarantine_and_titles_alone_are_text() -> None:
    assert [type(one) for one in letters(workbook([["编号", "标题", "内容"], ["1", "", ""], ["2", "甲", ""]]))] == [
        Unreadable,
        Letter,
    ]
    assert letter(workbook([["标题"], ["甲事"]])).text == "甲事"


def test_formulas_count_by_the_value_their_author_saw(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["编号", "内容"])
    sheet.write(1, 0, "1")
    sheet.write_formula(1, 1, '=CONCAT("甲","事")', None, "乙事")
    book.close()
    assert letter(tmp_path / "a.xlsx").text == "乙事"


def test_properties_headers_and_comments_of_a_workbook_are_left_out(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    book.set_properties({"author": "某己", "comments": "某己"})
    sheet = book.add_worksheet()
    sheet.set_header("&L某己")
    sheet.write_row(0, 0, ["编号", "内容"])
    sheet.write_row(1, 0, ["1", "乙事"])
    sheet.write_comment(1, 1, "某己")
    book.close()
    assert "某己" not in letter(tmp_path / "a.xlsx").item.data.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimited_registers_are_read_in_every_usual_charset(encoding: str, delimiter: str) -> None:
    lines = [["工单号", "诉求内容"], ["1", '"甲事，\n还有乙事"'], ["2", "丙事，没了"]]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    assert [one.text for one in letters(data) if isinstance(one, Letter)] == ["甲事，\n还有乙事", "丙事，没了"]


def test_plain_english_headings_are_known() -> None:
    found = letter(b"id,title,text,time\n7,t,some words,2026-03-01 08:00:00\n")
    assert (found.subject, found.text, found.received) == ("t", "some words", date(2026, 3, 1))


def test_a_quotation_mark_left_open_is_told_beside_the_rows() -> None:
    found = collected('编号,内容\n1,甲事\n2,"乙事\n3,丙事\n'.encode())
    assert [type(one) for one in found] == [Item, Item, Unreadable]
    assert isinstance(found[-1], Unreadable)
    assert (found[-1].trouble, found[-1].detail) == (Trouble.DAMAGED, "第3行的引号没有成对")


@pytest.mark.parametrize(
    ("cell", "channel"),
    [
        ("12345热线", Channel.PHONE),
        ("群众来访", Channel.VISIT),
        ("网上信访", Channel.WEB),
        ("举报箱", Channel.BOX),
        ("电子邮件", Channel.MAILBOX),
        ("", Channel.BOX),
        ("别的", Channel.BOX),
    ],
)
def test_the_channel_is_the_rows_own_or_the_sources(cell: str, channel: Channel) -> None:
    [item] = collected(workbook([["来源渠道", "内容"], [cell, "甲事"]]), channel=Channel.BOX)
    assert isinstance(item, Item)
    assert item.channel is channel


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime.fromisoformat("2026-03-01T09:30"), date(2026, 3, 1)),
        (46082, date(2026, 3, 1)),
        ("2026年3月1日", date(2026, 3, 1)),
        ("去年", None),
    ],
)
def test_the_day_of_receipt_is_read_in_the_forms_people_write(cell: object, day: date | None) -> None:
    assert letter(workbook([["收件日期", "内容"], [cell, "甲事"]])).received == day


def test_a_row_over_the_limit_is_unreadable_and_the_others_stand() -> None:
    found = collected(
        workbook([["编号", "内容"], ["1", "长" * 500], ["2", "短"]]), limits=Limits(max_letter_bytes=1000)
    )
    assert [type(one) for one in found] == [Unreadable, Item]


def test_a_workbook_that_unpacks_too_far_is_not_opened() -> None:
    [found] = collected(workbook([["编号", "内容"], ["1", "短"]]), limits=Limits(max_total_unpacked=1000))
    assert isinstance(found, Unreadable)
    assert found.trouble is Trouble.ARCHIVE_LIMIT


def test_a_file_that_cannot_be_opened_is_unreadable(tmp_path: Path) -> None:
    [found] = collected(tmp_path / "none.xlsx")
    assert isinstance(found, Unreadable)
    assert found.trouble is Trouble.UNREADABLE


WORDS = st.text(alphabet='甲乙 ,，;"|\t\r\n', max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=6))
def test_no_row_of_a_csv_file_is_lost_whatever_its_cells_hold(rows: list[tuple[str, str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("编号", "内容"), *rows])
    found = collected(file.getvalue().encode())
    kept = [Item for row in rows if any(cell.strip() for cell in row)]
    assert [type(one) for one in found] == (kept or [Unreadable])


def test_a_heading_cannot_choose_its_own_field() -> None:
    assert letter(workbook([["编号", "内容", "电话→text"], ["1", "甲事", "13800000000"]])).text == "甲事"


def test_a_workbook_that_jumps_to_a_row_no_spreadsheet_has_is_damaged() -> None:
    source, file = zipfile.ZipFile(io.BytesIO(workbook([["编号", "内容"], ["1", "甲事"], ["2", "乙事"]]))), io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'<row r="3"', b'<row r="99999999999"'))
    assert [type(one) for one in collected(file.getvalue())] == [Item, Unreadable]
