"""From recognised lines to the text of a page, without any recognition."""

import math

import pytest

from xiansuo.intake.scan_text import Line, doubtful, lines_of, restore_marks, text_of

LONG = "我们村的村主任把危房改造补助款扣下了一半他说"


def line(text: str, left: float, top: float, *, width: float = 0, sure: float = 1.0) -> Line:
    return Line(text, (sure,) * len(text), left, top, left + (width or 30 * len(text)), top + 30)


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("县纪委,县监委:", "县纪委，县监委："),
        ("2021年3月5日,我们去了(村部)", "2021年3月5日，我们去了（村部）"),
        ("每亩2.8万元,共3,000元", "每亩2.8万元，共3,000元"),
        ("上午10:30到的.", "上午10:30到的。"),
        ("电话:13800000000", "电话：13800000000"),
        ("1.补偿款没有发(见附件1)", "1.补偿款没有发（见附件1）"),
        ("查一查(账目", "查一查（账目"),
        ("see http://example.com (page 2)", "see http://example.com (page 2)"),
        ("是真的吗?请查!", "是真的吗？请查！"),
    ],
)
def test_marks_beside_chinese_characters_are_full_width_again(read: str, written: str) -> None:
    assert restore_marks(read) == written


def test_a_line_broken_by_the_width_of_the_page_is_joined_and_an_indented_one_begins_a_paragraph() -> None:
    lines = [line(f"　{LONG}"[1:], 100, 100), line("要请客吃饭。", 100, 150), line(LONG[:20], 160, 200)]
    assert text_of(lines) == f"{LONG}要请客吃饭。\n{LONG[:20]}"


def test_two_columns_are_read_one_after_the_other_and_a_heading_over_both_comes_first() -> None:
    heading = line("关于青石村补助款问题的情况反映材料说明和补充材料", 100, 20, width=1400)
    left = [line(LONG, 100, 100 + 50 * n, width=660) for n in range(5)]
    right = [line("另外还有公款吃喝的事大家都看在眼里记在心里头", 860, 100 + 50 * n, width=660) for n in range(5)]
    text = text_of([heading, *(one for pair in zip(left, right, strict=True) for one in pair)])
    assert text.startswith("关于青石村")
    assert text.replace("\n", "").index("另外") > text.replace("\n", "").rindex("扣下")


def test_the_rows_of_a_table_stay_rows() -> None:
    cells = [line(word, left, top) for top in (100, 150, 200, 250) for left, word in ((100, "姓名"), (500, "李四"))]
    assert text_of(cells).split("\n") == ["姓名 李四"] * 4


def test_lines_written_from_top_to_bottom_are_read_from_the_right() -> None:
    upright = [
        Line(word, (1.0,) * 5, x, 100, x + 30, 400)
        for x, word in ((100, "三三三三三"), (400, "一一一一一"), (250, "二二二二二"))
    ]
    assert text_of(upright).replace("\n", "") == "一一一一一二二二二二三三三三三"


def test_the_slant_of_a_page_is_undone() -> None:
    turn = math.radians(3)

    def corner(x: float, y: float) -> list[float]:
        return [x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)]

    found = [
        {
            "text": LONG,
            "sure": [1.0] * len(LONG),
            "box": [corner(x, y) for x, y in ((100, top), (800, top), (800, top + 30), (100, top + 30))],
        }
        for top in (100, 150)
    ]
    assert [round(one.height) for one in lines_of(found)] == [30, 30]


def test_doubtful_characters_are_counted() -> None:
    assert doubtful([line("看不清楚", 0, 0, sure=0.4), line("清楚", 0, 50)]) == (4, 6)
