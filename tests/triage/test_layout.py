import pytest

from tests.triage.letters import document, place
from xiansuo.domain.letter import Kind
from xiansuo.triage.layout import Layout

NUMBERED = (
    "反映两件事。\n一、会计冒领低保。\n问了三次。没有人管。\n二、村主任占了机动地。\n他说没事。\n此致敬礼\n2026年3月1日"
)


def _points(text: str) -> list[str]:
    return [point.of(text).strip() for point in Layout.of(document(text)).points]


def test_a_numbered_letter_is_its_points_and_its_closing_belongs_to_none() -> None:
    assert _points(NUMBERED) == ["一、会计冒领低保。\n问了三次。没有人管。", "二、村主任占了机动地。\n他说没事。"]


@pytest.mark.parametrize(
    ("first", "second"),
    [("一、", "二、"), ("（一）", "（二）"), ("1. ", "2. "), ("一是", "二是"), ("第一，", "第二，")],
)
def test_any_way_of_numbering_makes_points(first: str, second: str) -> None:
    text = f"{first}会计冒领低保。\n{second}主任占地。"
    assert len(_points(text)) == 2


@pytest.mark.parametrize("text", ["一、会计冒领低保。", "三、先说地。\n五、再说钱。", "会计冒领低保。主任占地。"])
def test_what_does_not_count_on_from_one_is_no_list(text: str) -> None:
    assert _points(text) == []


def test_in_an_interview_an_answer_is_read_as_a_whole() -> None:
    text = "问：谁领的？\n答：会计领的。签的是我的名字。\n问：还有吗？\n答：没有。"
    layout = Layout.of(document(text, kind=Kind.TRANSCRIPT))
    assert layout.near(place(text, "会计领的")).of(text) == "会计领的。签的是我的名字。"


def test_without_points_two_sentences_around_are_read_with_one() -> None:
    text = "甲。乙。丙。会计冒领。丁。戊。己。"
    assert Layout.of(document(text)).near(place(text, "会计冒领")).of(text) == "乙。丙。会计冒领。丁。戊。"


def test_a_letter_without_sentences_has_a_layout() -> None:
    text = "会计"
    layout = Layout("会计", (), (), (), ())
    assert layout.near(place(text, "会计")) == place(text, "会计")
