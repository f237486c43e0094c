import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiansuo.domain.text import Interview, Speaker
from xiansuo.settings import Settings
from xiansuo.text.interview import parse_interview
from xiansuo.text.normalise import normalise

HEADER = "谈话记录\n谈话时间：2025年6月1日\n谈话人：何一某、周二某\n记录人：周二某\n被谈话人：毛三某，某局会计\n"
SIGN = {Speaker.INTERVIEWER: "问", Speaker.INTERVIEWEE: "答", Speaker.NARRATOR: "述"}


def told(text: str) -> list[tuple[str, str]]:
    interview = parse_interview(text)
    assert interview
    return [(SIGN[turn.speaker], text[turn.start : turn.end]) for turn in interview.turns]


def field(text: str, label: str) -> str:
    interview = parse_interview(text)
    assert interview
    return dict(interview.header)[label].of(text)


@pytest.mark.parametrize(
    ("ask", "reply"),
    [
        ("问：", "答："),
        ("问:", "答:"),
        ("Q：", "A："),
        ("谈：", "被："),
        ("何：", "毛："),
        ("【问】", "【答】"),
        ("（问）", "（答）"),
        ("谈话人：", "被谈话人："),
        ("何（主谈）：", "毛："),
        (" 问 ：", " 答 ："),
    ],
)
def test_every_layout_of_questions_and_answers_gives_the_same_turns(ask: str, reply: str) -> None:
    body = [
        f"{ask}账谁管？",
        f"{reply}我管。（笑）",
        "有两本。",
        f"{ask}有没有小金库？",
        f"{reply}没有。",
        f"{ask}还有吗？",
        f"{reply}没了。",
    ]
    expected = [
        ("问", "账谁管？"),
        ("答", "我管。（笑）\n有两本。"),
        ("问", "有没有小金库？"),
        ("答", "没有。"),
        ("问", "还有吗？"),
        ("答", "没了。"),
    ]
    assert told(HEADER + "\n" + "\n".join(body)) == expected


def test_answers_point_to_their_question() -> None:
    interview = parse_interview(HEADER + "问：一？\n答：甲。\n答：乙。\n问：二？\n答：丙。")
    assert interview
    assert [turn.answers for turn in interview.turns] == [None, 0, 0, None, 3]


def test_header_fields_have_value_spans() -> None:
    text = HEADER + "问：一？\n答：甲。\n问：二？\n答：乙。"
    assert field(text, "谈话人") == "何一某、周二某"
    assert field(text, "被谈话人") == "毛三某，某局会计"


def test_several_fields_share_a_line() -> None:
    text = "时间：2025年6月1日\u3000地点：村委会\n走访人：何一某；受访人：毛三某（电话：13800001234）\n问：好吗？\n答：好。\n问：真的？\n答：真的。"
    assert [field(text, label) for label in ("时间", "地点", "走访人", "电话")] == [
        "2025年6月1日",
        "村委会",
        "何一某",
        "13800001234",
    ]


def test_a_flattened_record_is_taken_apart_too() -> None:
    text = "谈话人：何一某 被谈话人：毛三某 问：账谁管？ 答：我管。问：有没有发票？答：有。"
    assert told(text) == [("问", "账谁管？"), ("答", "我管。"), ("问", "有没有发票？"), ("答", "有。")]


@pytest.mark.parametrize(
    "body",
    [
        "该同志主要谈了以下情况：\n一是账目公开。\n二是会议不多。",
        "该同志反映：一是账目公开。二是会议不多。",
        "毛三某同志反映：\n1.账目公开。\n2.会议不多。",
        "主要内容：（一）账目公开。（二）会议不多。",
    ],
)
def test_key_points_in_the_third_person_become_narrator_turns(body: str) -> None:
    turns = told(HEADER + body)
    assert [speaker for speaker, _ in turns[-2:]] == ["述", "述"]
    assert [said.rstrip("。")[-4:] for _, said in turns[-2:]] == ["账目公开", "会议不多"]


def test_the_closing_formula_is_no_turn() -> None:
    text = HEADER + "问：一？\n答：甲。\n问：二？\n答：乙。\n以上记录我看过，和我说的一样。\n毛三某 2025年6月1日"
    assert told(text)[-1] == ("答", "乙。")
    assert field(text, "签注").startswith("以上记录我看过")


def test_a_speaker_not_named_in_the_header_is_placed_by_who_asks() -> None:
    text = "走访记录\n参加：何一某和两位村民\n何：路修了吗？\n老李：修了。\n何：钱呢？\n老王：不晓得。\n老李：村里管。\n老王：对。"
    assert [speaker for speaker, _ in told(text)] == list("问答问答答答")


@pytest.mark.parametrize(
    "letter",
    [
        "我问他：“钱呢？”他答：“没有。”我又问：账呢？他答：烧了。我再问：谁烧的？他答：你别管。",
        "请问：1、低保怎么办？2、谁批？答复请寄村委会。",
        "来电人称，村里修路收钱不开票，请核实。",
        "举报人：赵某\n被举报人：钱某\n时间：2025年\n地点：青石村\n问：钱去哪了？\n谢谢。",
        "关于谈话记录被涂改的举报\n我去年在镇里谈话，记录被人改了。",
        "尊敬的领导：村里开座谈会，会议记录不公开。\n一、账目不清。\n二、地被卖了。",
        "",
    ],
)
def test_letters_that_quote_or_ask_are_no_interviews(letter: str) -> None:
    assert parse_interview(letter) is None


@pytest.mark.parametrize("regular", [False, True])
def test_recognition_on_the_corpus(*, regular: bool) -> None:
    letters = [
        json.loads(line)
        for path in sorted(Settings().corpus.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    found = {
        letter["id"]
        for letter in letters
        if parse_interview(normalise(letter["text"]).text if regular else letter["text"])
    }
    records = {letter["id"] for letter in letters if letter["kind"] == "transcript"}
    assert len(found & records) >= 0.99 * len(found)
    assert len(found & records) >= 0.99 * len(records)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["问：", "答：", "谈话人：", "记录", "毛", "？", "。", "\n", " ", "一是", "以上记录我看过", "（", "）"]
        ),
        max_size=40,
    )
)
def test_turns_lie_in_order_inside_the_text_whatever_it_holds(pieces: list[str]) -> None:
    text = HEADER + "".join(pieces)
    interview = parse_interview(text) or Interview((), ())
    bounds = [bound for turn in interview.turns for bound in (turn.start, turn.end)]
    assert bounds == sorted(bounds)
    assert all(0 <= turn.start < turn.end <= len(text) for turn in interview.turns)
