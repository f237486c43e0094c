from itertools import pairwise
from pathlib import Path

import pytest
import rjieba

from tests.triage.letters import document
from xiansuo.errors import XiansuoError
from xiansuo.settings import Settings
from xiansuo.triage.terms import TABLE, CommonWords, Terms, strange_pairs, terms

COMMON = CommonWords.load(Settings().lexicons)


def test_a_name_that_no_dictionary_knows_is_found_without_being_recognised() -> None:
    found = terms(document("移民站的覃仕良把补助领走了，还有鑫禾配送的事。"), COMMON)
    assert {"覃仕", "仕良", "鑫禾"} <= found.strange
    assert not found.names


def test_pieces_of_what_is_named_are_names() -> None:
    letter = document("鹿角坪村的黎仕贵送了红包。", ("place", "鹿角坪村"), ("respondent", "黎仕贵"))
    assert {"黎仕", "仕贵"} <= terms(letter, COMMON).names


def test_a_county_and_a_township_say_nothing_about_a_matter() -> None:
    found = terms(document("我们是岚谷县桐坳镇的，岚谷的人都知道。"), COMMON)
    assert not {"岚谷", "桐坳", "谷县"} & (found.names | found.strange | found.rare)


@pytest.mark.parametrize(("word", "kind"), [("无人机", "rare"), ("卫生室", "topics"), ("我们", ""), ("情况", "")])
def test_a_word_tells_the_more_the_fewer_letters_have_it(word: str, kind: str) -> None:
    found = terms(document(f"请看看这里的{word}。"), COMMON)
    assert {name for name in ("names", "strange", "rare", "topics") if word in getattr(found, name)} == ({kind} - {""})


@pytest.mark.parametrize("text", ["阿郎把钱给了覃仕良", "我，他的a人b书", "村里的路坏了三年没人修", "李", ""])
def test_neighbouring_characters_are_those_a_look_at_every_pair_of_words_finds(text: str) -> None:
    words = rjieba.cut(text, False)
    every = [
        one[-1] + other[0]
        for one, other in pairwise(words)
        if 1 in {len(one), len(other)} and all("一" <= char <= "\u9fff" for char in one + other)
    ]
    assert list(strange_pairs(words)) == every
    assert list(strange_pairs(words, lone="的了")) == [pair for pair in every if not {*pair} & {*"的了"}]


def test_the_masked_writer_tells_nothing() -> None:
    letter = document("我是〔反映人〕，住〔住址〕。")
    assert terms(letter, COMMON) == Terms()


def test_a_damaged_table_says_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / TABLE).write_text("word\t只有两栏\n", encoding="utf-8")
    with pytest.raises(XiansuoError, match="make_common_words"):
        CommonWords.load(tmp_path)
