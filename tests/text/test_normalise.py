import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiansuo.text.normalise import normalise

WRITTEN = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            '村支书領補貼把钱拿走了，。：“”（）〔〕 \u3000\n\r\u200b\ufeff,;:?!().ABab019０９Ｚ㎡ﬁ㈠①é\u0301"—…'
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "补贴没发,问谁?没人管!(见附件);共两户:张家、李家.",
            "补贴没发，问谁？没人管！（见附件）；共两户：张家、李家。",
        ),
        ("共10,000元,10:30到的,见a.b(c)", "共10,000元，10:30到的，见a.b(c)"),
        ('他说"没有"就走了', "他说“没有”就走了"),
        ("村 支 书 把 公 章 收 走", "村支书把公章收走"),
        ("姓\u3000名：赵一", "姓名：赵一"),
        ("电话1 3 8 0 0 0 0 1 2 3 4", "电话13800001234"),
        ("电话 138 0000 1234", "电话 13800001234"),
        ("２０２３年１０ 月\u200b５日", "2023年10月5日"),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("雲岫縣領「補貼」", "云岫县领“补贴”"),
        ("㈠住房120㎡", "（一）住房120m2"),
        ("怪事 ，没人管 。", "怪事，没人管。"),
    ],
)
def test_different_ways_of_writing_become_one(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "〔反映人〕住〔住址〕，电话〔电话〕。",
        "张 三某 李四某 等三十六户",
        "时间：2025年5月\u3000地点：村委会",
        "①账不公开②钱不发；著名的乾坤湾……（真的？）——“是”《条例》",
        "此致\n敬礼\n一名村民",
        "\u3000\u3000尊敬的领导：\n\u3000\u3000我叫赵一某，反映村里的事。",
        "",
    ],
)
def test_a_regular_text_comes_back_as_the_same_object(text: str) -> None:
    result = normalise(text)
    assert result.text is text
    assert all(result.offsets.span(at, at + 1) == (at, at + 1) for at in range(len(text)))


def test_lines_broken_inside_a_sentence_are_joined() -> None:
    wrapped = "村里的路修了三年还没有修完，群众出门都\n要绕道走，老人孩子雨天摔倒过好几次，大\n家多次要求把账公布出来，到现在没有人答\n复。\n一、修路款去向不明。"
    assert normalise(wrapped).text.split("\n") == [
        wrapped[: wrapped.index("\n一")].replace("\n", ""),
        "一、修路款去向不明。",
    ]


def test_a_title_is_not_joined_to_the_letter_below_it() -> None:
    letter = "关于青石村三年没有公布集体林地收支账目的信\n我是青石村的村民，今天写信反映几个问题\n想请上级派人来查一查村里这几年的账本。"
    assert normalise(letter).text.startswith("关于青石村三年没有公布集体林地收支账目的信\n")


@settings(deadline=None, max_examples=400)
@given(WRITTEN)
def test_every_character_leads_back_to_the_characters_it_came_from(source: str) -> None:
    result = normalise(source)
    for at, char in enumerate(result.text):
        origin = result.offsets.span(at, at + 1).of(source)
        forms = {char, *unicodedata.normalize("NFKC", origin), *normalise(origin).text}
        assert char in forms or same_mark(char, origin)


@settings(deadline=None, max_examples=400)
@given(WRITTEN)
def test_spans_are_monotone_and_stay_inside_the_source(source: str) -> None:
    result = normalise(source)
    spans = [result.offsets.span(at, at + 1) for at in range(len(result.text))]
    assert all(0 <= span.start < span.end <= len(source) for span in spans)
    assert all(before.start <= after.start and before.end <= after.end for before, after in pairwise(spans))
    if spans:
        assert result.offsets.span(0, len(spans)) == (spans[0].start, spans[-1].end)


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="村支书补贴，。：“”（）10 \n〔〕", max_size=80))
def test_untouched_chinese_is_only_ever_removed_never_changed(source: str) -> None:
    result = normalise(source)
    copied = "".join(result.offsets.span(at, at + 1).of(source) for at in range(len(result.text)))
    assert copied == result.text
    assert re.sub(r"\s", "", source) == re.sub(r"\s", "", result.text)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_empty_span_stays_empty(at: int) -> None:
    assert len(normalise("ﬁ村").offsets.span(at, at).of("ﬁ村")) == 0


def same_mark(char: str, origin: str) -> bool:
    marks = {
        "，": ",﹐",
        "；": ";",
        "：": ":",
        "？": "?",
        "！": "!",
        "（": "(",
        "）": ")",
        "。": ".",
        "“": '"「',
        "”": '"」',
        "\n": "\r\n\x0b\x0c\x85\u2028\u2029",
    }
    return all(
        one in marks.get(char, "") or unicodedata.normalize("NFKC", one) in marks.get(char, "") for one in origin
    )
