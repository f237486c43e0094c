import pytest
from sklearn.feature_extraction.text import CountVectorizer

from xiansuo.classifiers.ngrams import key_of, spell, symbols
from xiansuo.classifiers.vocabulary import Vocabulary, build

LETTERS = ["村支书把低保指标给了亲戚。", "村支书说没有这回事。", "低保名单没有公示，亲戚都有。"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("3万", "８万"), ("QQ群", "qq群"), ("〔反映人〕来", "〔电话〕来"), ("低 保", "低保"), ("低\n保", "低保")],
)
def test_writings_that_must_not_differ_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize("text", ["低", "低保", "低保户"])
def test_a_key_spells_its_ngram(text: str) -> None:
    assert spell(key_of(text) or 0) == text


@pytest.mark.parametrize("text", ["", " ", "五个字的词"])
def test_only_one_to_three_symbols_have_a_key(text: str) -> None:
    assert key_of(text) is None


def test_a_masked_passage_is_one_symbol_that_covers_its_brackets() -> None:
    seen = symbols("我叫〔反映人〕。")
    assert [(int(start), int(end)) for start, end in zip(seen.starts, seen.ends, strict=True)] == [
        (0, 1),
        (1, 2),
        (2, 7),
        (7, 8),
    ]


def test_counts_agree_with_scikit_learn() -> None:
    vocabulary = build(LETTERS, ["a", "b", "c"], fewest_matters=1)
    theirs = CountVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False)
    expected = theirs.fit_transform(LETTERS).toarray()
    ours = vocabulary.counts(LETTERS).toarray()
    for ngram, column in theirs.vocabulary_.items():
        place = vocabulary.keys.tolist().index(key_of(ngram))
        assert ours[:, place].tolist() == expected[:, column].tolist()
    assert len(vocabulary.keys) == len(theirs.vocabulary_)


def test_an_ngram_of_too_few_matters_is_not_kept() -> None:
    vocabulary = build(["某某甲来了", "某某甲又来了", "他来了"], ["a", "a", "b"], fewest_matters=2)
    assert vocabulary.holds(["某某甲", "某", "来了"]) == ["来了"]


def test_no_ngram_crosses_from_one_letter_into_the_next() -> None:
    vocabulary = build(["甲乙", "丙丁"] * 2, ["a", "b", "c", "d"], fewest_matters=1)
    assert vocabulary.holds(["乙丙", "丁甲"]) == []


def test_weighed_rows_have_length_one_and_empty_letters_stay_empty() -> None:
    vocabulary = build(LETTERS, ["a", "b", "c"], fewest_matters=1)
    rows = vocabulary.weigh(vocabulary.counts([*LETTERS, "", "XYZ"])).toarray()
    assert (rows**2).sum(axis=1).round(9).tolist() == [1, 1, 1, 0, 0]


def test_a_vocabulary_without_words_counts_nothing() -> None:
    vocabulary = build([], [], fewest_matters=2)
    assert isinstance(vocabulary, Vocabulary)
    assert vocabulary.counts(["低保"]).shape == (1, 0)
