import pytest

from xiansuo.text.search import document, fold, grams, snippet, terms


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("２０２４年３月", "2024年3月"),
        ("馬德才領走", "马德才领走"),
        ("马德\n才 领走", "马德才"),
        ("三万六千元，存进", "元存"),
        ("XS-2026-0001", "xs-2026-0001"),
        ("张××", "张×"),
    ],
)
def test_what_reads_the_same_is_found_however_it_is_written(written: str, sought: str) -> None:
    assert fold(sought) in fold(written)


def test_folding_keeps_every_substring_a_substring() -> None:
    text = "我是青石村村民，马德才（会计）2024年3月冒用 六户 的名字！"
    whole = fold(text)
    pieces = (text[start:end] for start in range(len(text)) for end in range(start + 1, len(text) + 1))
    assert all(fold(piece) in whole for piece in pieces)


def test_no_pair_runs_from_one_field_into_the_next() -> None:
    assert "村马" not in grams(document(["青石村", "", "马德才"]))


def test_words_too_short_to_be_found_are_left_out_of_a_query() -> None:
    assert terms("马德才 ， 的 马德才 补助款") == ["马德才", "补助款"]


def test_a_snippet_marks_the_hit_as_it_was_written() -> None:
    pieces = snippet("去年" * 60 + "馬 德才领走补助款，" + "之后" * 100, ["马德才", "补助"], around=4)
    assert [text for text, hit in pieces if hit] == ["馬 德才", "补助"]
    assert len("".join(text for text, _ in pieces)) < 30


def test_a_text_without_the_words_has_no_snippet() -> None:
    assert snippet("村里修路。", ["马德才"]) == []
