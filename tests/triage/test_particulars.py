import pytest

from tests.triage.letters import NOTHING, cue, document, hit, place
from xiansuo.domain.category import Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.suggestion import CueKind, ParticularKind, Reach, Reading
from xiansuo.domain.text import Document
from xiansuo.triage.checklist import Element, missing, present
from xiansuo.triage.particulars import Particulars

TEXT = "反映石坳村的两个问题。\n一、2021年3月会计贾某宝冒领低保四万元。花名册上是他代签的。\n二、村主任何大有占了五亩机动地。\n有照片。"
LETTER = document(
    TEXT,
    ("place", "石坳村"),
    ("time", "2021年3月", "2021-03"),
    ("position", "会计"),
    ("respondent", "贾某宝"),
    ("benefit", "低保"),
    ("money", "四万元", "40000-40000 元"),
    ("document", "花名册"),
    ("respondent", "何大有"),
    ("count", "五亩", "5-5 亩"),
    ("document", "照片"),
)


def _told(letter: Document, words: str, reading: Reading = NOTHING) -> set[tuple[str, str, str]]:
    found = Particulars(letter, reading).of(place(letter.text, words))
    return {(one.kind, one.span.of(letter.text), one.reach) for one in found}


def test_an_allegation_has_what_its_sentence_its_point_and_the_opening_tell() -> None:
    told = _told(LETTER, "冒领低保")
    assert {
        (ParticularKind.RESPONDENT, "贾某宝", Reach.SENTENCE),
        (ParticularKind.AMOUNT, "四万元", Reach.SENTENCE),
        (ParticularKind.FUND, "低保", Reach.SENTENCE),
        (ParticularKind.EVIDENCE, "花名册", Reach.NEAR),
        (ParticularKind.PLACE, "石坳村", Reach.INHERITED),
    } <= told


def test_nothing_is_taken_from_another_numbered_point() -> None:
    told = _told(LETTER, "占了五亩机动地")
    assert {"何大有", "五亩", "石坳村"} <= {words for _, words, _ in told}
    assert not {"贾某宝", "四万元", "2021年3月", "花名册"} & {words for _, words, _ in told}


TALK = "问：村会计有没有收过五万元？\n答：收过两万元。\n问：还有呢？\n答：2021年的账我没有看过。"


def test_in_an_interview_the_question_lends_its_topic_but_no_sum() -> None:
    talk = document(
        TALK,
        ("position", "会计"),
        ("money", "五万元", "50000-50000 元"),
        ("money", "两万元", "20000-20000 元"),
        kind=Kind.TRANSCRIPT,
    )
    told = _told(talk, "收过两万元")
    assert (ParticularKind.POST, "会计", Reach.INHERITED) in told
    assert {words for kind, words, _ in told if kind is ParticularKind.AMOUNT} == {"两万元"}


@pytest.mark.parametrize(
    ("type_", "words", "value"),
    [
        ("document", "情况反映", ""),
        ("org", "县纪委", ""),
        ("document", "身份证", ""),
        ("time", "2026年3月1日", "2026-03-01"),
    ],
)
def test_the_letters_own_title_date_and_addressee_are_no_particulars(type_: str, words: str, value: str) -> None:
    text = "会计冒领低保。天冷。天热。天晴。这是情况反映。寄给县纪委。附身份证。写于2026年3月1日。"
    assert words not in {told for _, told, _ in _told(document(text, (type_, words, value)), "冒领低保")}


def test_what_somebody_only_heard_is_not_lent_to_another_allegation() -> None:
    text = "听说主任收了烟。天冷。天热。天晴。天阴。会计冒领低保。"
    reading = Reading((), (cue(text, "听说", CueKind.HEARSAY),))
    assert ParticularKind.HEARSAY in {kind for kind, _, _ in _told(document(text), "收了烟", reading)}
    assert ParticularKind.HEARSAY not in {kind for kind, _, _ in _told(document(text), "冒领低保", reading)}


def test_conduct_is_told_where_an_act_or_a_particular_stands_in_the_sentence() -> None:
    text = "会计冒领低保。村里风气很坏。"
    reading = Reading((hit(text, "冒领", Category.BENEFIT_MISUSE),), ())
    assert (ParticularKind.CONDUCT, "会计冒领低保。", Reach.SENTENCE) in _told(document(text), "冒领低保", reading)
    assert ParticularKind.CONDUCT not in {kind for kind, _, _ in _told(document(text), "村里风气", reading)}


def test_the_checklist_names_what_somebody_would_have_to_ask() -> None:
    told = present(Particulars(LETTER, NOTHING).of(place(TEXT, "占了五亩机动地")))
    assert missing(told, [Category.EMBEZZLEMENT]) == ("时间",)


def test_no_sum_is_missing_where_nobody_took_anything() -> None:
    assert Element.AMOUNT.value in missing((), [Category.BULLYING, Category.EMBEZZLEMENT])
    assert Element.AMOUNT.value not in missing((), [Category.BULLYING])
