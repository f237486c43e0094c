from pathlib import Path

import pytest

from tests.triage.letters import document
from xiansuo.errors import XiansuoError
from xiansuo.settings import Settings
from xiansuo.triage.terms import TABLE, CommonWords, Terms, terms

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


def test_the_masked_writer_tells_nothing() -> None:
    letter = document("我是〔反映人〕，住〔住址〕。")
    assert terms(letter, COMMON) == Terms()


def test_a_damaged_table_says_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / TABLE).write_text("word\t只有两栏\n", encoding="utf-8")
    with pytest.raises(XiansuoError, match="make_common_words"):
        CommonWords.load(tmp_path)
