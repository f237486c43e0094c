from tools.make_common_words import count

LETTERS = [
    ("a", "低保名额给了覃仕良。"),
    ("a", "覃仕良又来要低保了。"),
    ("b", "低保户没有名额，找鑫禾配送。"),
    ("c", "鑫禾配送的车停在门口。"),
]


def test_a_word_of_one_author_stays_out_of_the_table() -> None:
    common = count(LETTERS, {})
    assert "名额" in common.words
    assert "门口" not in common.words


def test_a_name_of_one_author_stays_out_of_the_table_however_often_he_writes_it() -> None:
    filler = [("d", "今天下雨。")] * 60
    pairs = count(LETTERS + filler, {}).pairs
    assert "鑫禾" in pairs
    assert not {"覃仕", "仕良"} & pairs
