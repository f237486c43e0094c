import numpy as np
from classifier_samples import NOTHING_READ, document

from xiansuo.classifiers.encode import cut, encode, rows_of
from xiansuo.classifiers.features import RULE_NAMES, rule_features
from xiansuo.classifiers.units import units
from xiansuo.classifiers.vocabulary import build
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Context, Reading, RuleHit
from xiansuo.domain.text import Interview, Speaker, Turn

LONG = "去年秋天村里修路，" * 9 + "没有公示。"


def hit(category: Category, *contexts: Context, start: int = 0, weight: float = 1.0) -> RuleHit:
    span = Span(start, start + 2)
    return RuleHit("r", category, "s", span, span, weight, "句", frozenset(contexts))


def test_a_long_sentence_is_cut_at_pauses_without_losing_a_character() -> None:
    found = units(document(LONG), longest=40)
    assert len(found) > 2
    assert "".join(unit.text for unit in found) == LONG
    assert all(len(unit.text) <= 60 for unit in found)


def test_a_short_sentence_stays_whole_and_the_subject_comes_first() -> None:
    found = units(document("路坏了，没人修。", subject="修路"), longest=40)
    assert [(unit.text, unit.span) for unit in found] == [("修路", None), ("路坏了，没人修。", Span(0, 8))]


def test_an_interviewers_words_are_known_to_the_letter_and_are_no_unit_that_accuses() -> None:
    text = "有没有收过礼金？没有。"
    record = Interview((), (Turn(Speaker.INTERVIEWER, 0, 8), Turn(Speaker.INTERVIEWEE, 8, 11, 0)))
    asked = document(text, interview=record)
    assert [unit.asked for unit in units(asked, longest=40)] == [True, False]
    vocabulary = build([text], ["a"], fewest_matters=1)
    batch = encode(cut([asked], longest=40), [NOTHING_READ], vocabulary)
    assert [rows.tolist() for rows in rows_of(batch.cut)] == [[1]]
    assert batch.letter_words.nnz > batch.unit_words[[1]].nnz


def test_a_batch_shows_only_the_rule_features_asked_for() -> None:
    documents, reading = [document("打人。")], Reading((hit(Category.BULLYING),), ())
    batch = encode(cut(documents, longest=40), [reading], build(["打人"], ["a"], fewest_matters=1))
    shown = batch.showing(letter_rules=["own_strength"], unit_rules=[], contexts=False)
    assert np.flatnonzero(shown.letter_rules.any(axis=(0, 1))).tolist() == [RULE_NAMES.index("own_strength")]
    assert batch.unit_rules.any()
    assert not shown.unit_rules.any()


def test_a_silenced_hit_gives_its_category_no_strength() -> None:
    table = rule_features([hit(Category.BULLYING, Context.NEGATED)])
    row = dict(zip(RULE_NAMES, table[1 + CATEGORIES.index(Category.BULLYING)], strict=True))
    assert row["own_strength"] == row["own_strongest"] == 0.0
    assert row["own_silenced"] > 0


def test_a_hit_speaks_for_its_own_category_and_for_scope_only() -> None:
    table = rule_features([hit(Category.BULLYING, weight=2.0)])
    column = RULE_NAMES.index("own_strongest")
    assert table[:, column].tolist() == [2.0, 0, 0, 0, 0, 0, 2.0]


def test_a_part_of_a_batch_is_the_batch_of_that_part() -> None:
    documents = [document("甲打人。他又打人。"), document(""), document("低保没发。", subject="低保")]
    readings = [Reading((hit(Category.BULLYING),), ()), NOTHING_READ, NOTHING_READ]
    vocabulary = build([unit.text for unit in cut(documents, longest=40).units], list("abcd")[:4], fewest_matters=1)
    whole = encode(cut(documents, longest=40), readings, vocabulary).take(np.array([1, 2]))
    part = encode(cut(documents[1:], longest=40), readings[1:], vocabulary)
    assert whole.cut.owner.tolist() == part.cut.owner.tolist()
    assert np.array_equal(whole.unit_words.toarray(), part.unit_words.toarray())
    assert np.array_equal(whole.unit_rules, part.unit_rules)
