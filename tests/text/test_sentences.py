from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiansuo.domain.spans import Span
from xiansuo.text.sentences import split_clauses, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("钱没发。问了三次！谁管？没人；就这样", ["钱没发。", "问了三次！", "谁管？", "没人；", "就这样"]),
        ("他说：“钱没有。你去告！”我又去了。", ["他说：“钱没有。你去告！”", "我又去了。"]),
        ("“没有。”他说完就走。后来", ["“没有。”他说完就走。", "后来"]),
        ("“只开不关。账上没有。", ["“只开不关。", "账上没有。"]),
        ("领了3.5万元。10:30走的", ["领了3.5万元。", "10:30走的"]),
        ("反映：一、账不公开，二、地没了", ["反映：", "一、账不公开，", "二、地没了"]),
        ("1.占地 2.打人 （三）骂人", ["1.占地", "2.打人", "（三）骂人"]),
        ("岭头村二、三、六组在2、3号楼", ["岭头村二、三、六组在2、3号楼"]),
        ("谈到：一是学习好。二是账不清", ["谈到：", "一是学习好。", "二是账不清"]),
        ("六点左右……他来了", ["六点左右……", "他来了"]),
        ("此致\n\n  敬礼\n", ["此致", "敬礼"]),
        (" \n", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    assert [span.of(text) for span in split_sentences(text)] == sentences


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("书记收了钱，没开票：共3,000元，1，200户", ["书记收了钱，", "没开票：", "共3,000元，", "1，200户"]),
        ("烟、酒、茶都收", ["烟、酒、茶都收"]),
        ("他说：“没有，”就走", ["他说：", "“没有，”", "就走"]),
    ],
)
def test_clauses_end_at_commas_and_colons_but_not_inside_figures(text: str, clauses: list[str]) -> None:
    assert [span.of(text) for span in split_clauses(text, Span(0, len(text)))] == clauses


def test_only_the_part_asked_for_is_split() -> None:
    text = "甲。乙。丙。丁。"
    assert [span.of(text) for span in split_sentences(text, Span(2, 6))] == ["乙。", "丙。"]


@given(st.text(alphabet="村钱一二1，。：；？”“…（）\n 、.3", max_size=60))
def test_sentences_and_their_clauses_hold_every_visible_character_once(text: str) -> None:
    sentences = split_sentences(text)
    clauses = [clause for sentence in sentences for clause in split_clauses(text, sentence)]
    for spans in (sentences, clauses):
        assert "".join("".join(span.of(text) for span in spans).split()) == "".join(text.split())
        assert all(before.end <= after.start for before, after in pairwise(spans))
