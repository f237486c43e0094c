"""The queue as people see it."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from rich.cells import cell_len
from rich.console import Console

from xiansuo.cli.queue_table import WIDE, queue_table
from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState
from xiansuo.domain.suggestion import Grade, Rank
from xiansuo.services.queue import QueueRow
from xiansuo.storage.repositories.clues import ClueContent, StoredClue

CONTENT = ClueContent(
    rank=Rank(55.2, (), Grade.AVERAGE, missing=("时间", "证据"), flags=("反映人安全",)),
    scope=0.9,
    labels=(Category.EMBEZZLEMENT,),
    scores={Category.EMBEZZLEMENT: 0.9},
    unit="示例县柳湾镇东坡村村民委员会",
    respondents=("张某甲", "李某乙", "王某丙", "赵某丁"),
    why=(
        "疑似贪污侵占（很可能），多为听说",
        "可查性一般：点到了人“张某甲”、有单位地点、写了经过",
        "涉及负责人",
        "缺：时间、证据",
    ),
    received=date(2026, 10, 8),
)
OUTSIDE = ClueContent(
    rank=Rank(3.0, (), Grade.NONE, missing=("时间",)),
    scope=0.1,
    why=("未见属于六类问题的反映", "可查性无实质内容：有时间"),
)
LETTERS = (("2026-000001", "original"), ("2026-000002", "near_copy"))


def shown(content: ClueContent, width: int) -> list[str]:
    clue = StoredClue(1, "XS-2026-0001", 1, datetime(2026, 10, 9, tzinfo=UTC), ClueState.OPEN, 1, 2, content)
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(queue_table([QueueRow(1, clue, LETTERS)], 7, width=width))
    return console.export_text().splitlines()


@pytest.mark.parametrize("width", [60, 80, WIDE, 160])
def test_nothing_is_cut_off_and_no_line_is_too_long(width: int) -> None:
    lines = shown(CONTENT, width)
    together = "".join("".join(lines).split()).replace("│", "")
    assert max(map(cell_len, lines)) <= width
    assert "…" not in together
    assert all(word in together for word in ("先读：反映人安全", "多为听说", "含重复1", "10-08起", "XS-2026-0001"))


def test_a_narrow_terminal_shows_every_sentence_once() -> None:
    text = "\n".join(shown(CONTENT, 80))
    assert [text.count(word) for word in ("很可能", "可查性一般：", "缺：时间、证据", "涉及负责人")] == [1, 1, 1, 1]


def test_a_wide_terminal_has_the_grade_in_its_own_column() -> None:
    text = "\n".join(shown(CONTENT, 160))
    assert "可查性一般" not in text
    assert text.count("缺：") == 1


@pytest.mark.parametrize("width", [80, 160])
def test_of_a_clue_out_of_scope_no_particulars_are_shown(width: int) -> None:
    text = "\n".join(shown(OUTSIDE, width))
    assert "业务范围外" in text
    assert "有时间" not in text
    assert "缺：" not in text


@pytest.mark.parametrize("width", [80, 160])
def test_a_doubtful_letter_is_for_a_person_to_read(width: int) -> None:
    text = "\n".join(shown(replace(OUTSIDE, why=("拿不准是否反映问题，需人工通读",)), width))
    assert "业务范围外" not in text


def test_the_queue_says_that_people_decide() -> None:
    lines = shown(CONTENT, 120)
    assert lines[0].startswith("待审线索（前 1 条，共 7 条）")
    assert lines[-1].startswith("以上为系统建议的阅读次序，疑似、待核，由人审定。")
