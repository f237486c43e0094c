from dataclasses import replace

import pytest

from tests.triage.letters import NOTHING, clauses, cue, document, hit, place, scores
from xiansuo.domain.category import Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.suggestion import Context, CueKind, ModelScores, Reading
from xiansuo.triage.allegations import find_allegations, tells

TAKEN = Category.BENEFIT_MISUSE
TEXT = "您好。去年村里修路的时候天气很热。会计冒领了五户低保，存折一直在他手里，我们天天盼着下雨。谢谢领导百忙之中看信。祝工作顺利，身体健康。"


def _model(text: str, *likely: tuple[str, float]) -> ModelScores:
    known = dict(likely)
    return scores(0.9, among=[(span, {TAKEN: known.get(span.of(text).strip("，。"), 1e-4)}) for span in clauses(text)])


def _shown(text: str, reading: Reading, model: ModelScores, kind: Kind = Kind.LETTER) -> list[str]:
    found = find_allegations(document(text, kind=kind), reading, model, {TAKEN: 0.9}, labels=(TAKEN,))
    return [allegation.span.of(text) for allegation in found]


def test_the_clause_of_a_rule_and_the_models_next_one_become_one_allegation() -> None:
    reading = Reading((hit(TEXT, "冒领", TAKEN, 2.0),), ())
    assert _shown(TEXT, reading, _model(TEXT, ("存折一直在他手里", 0.6))) == ["会计冒领了五户低保，存折一直在他手里，"]


def test_clauses_apart_stay_apart() -> None:
    shown = _shown(TEXT, NOTHING, _model(TEXT, ("去年村里修路的时候天气很热", 0.7), ("存折一直在他手里", 0.6)))
    assert shown == ["去年村里修路的时候天气很热。", "存折一直在他手里，"]


def test_reasons_name_the_rule_and_the_model() -> None:
    reading = Reading((hit(TEXT, "冒领", TAKEN, 2.0, rule="d1"),), ())
    model = _model(TEXT, ("存折一直在他手里", 0.6))
    (found,) = find_allegations(document(TEXT), reading, model, {TAKEN: 0.9}, labels=(TAKEN,))
    assert [reason.source for reason in found.reasons] == ["rule:d1", "model"]
    assert (found.subtype, found.hearsay) == ("冒领", False)


def test_the_shown_part_keeps_to_its_share_of_the_text() -> None:
    every = [(span.of(TEXT).strip("，。"), 0.9) for span in clauses(TEXT)]
    shown = "".join(_shown(TEXT, NOTHING, _model(TEXT, *every)))
    assert 0 < len(shown) <= 0.46 * len(TEXT)


def test_the_best_clause_is_shown_even_when_it_is_the_whole_text() -> None:
    text = "会计冒领了五户低保"
    assert _shown(text, NOTHING, _model(text, (text, 0.9))) == [text]


def test_a_proposal_without_the_models_word_on_any_clause_still_points_somewhere() -> None:
    reading = Reading((hit(TEXT, "冒领", TAKEN, 2.0),), ())
    assert _shown(TEXT, reading, scores(0.9))[0].startswith("会计冒领了五户低保")


def test_a_letter_to_be_read_whole_shows_where_to_look_without_proposing_a_category() -> None:
    model = _model(TEXT, ("会计冒领了五户低保", 0.3))
    found = find_allegations(document(TEXT), NOTHING, model, dict.fromkeys(Category, 0.04), labels=())
    assert [(one.category, one.span.of(TEXT)) for one in found][:1] == [(TAKEN, "会计冒领了五户低保，")]


@pytest.mark.parametrize(("own", "told"), [(0.9, {TAKEN, Category.BULLYING}), (0.4, {TAKEN})])
def test_a_clause_names_a_category_that_is_not_proposed_only_where_it_stands_out(
    own: float, told: set[Category]
) -> None:
    clause = place(TEXT, "会计冒领了五户低保，")
    model = scores(0.9, among=[(clause, {TAKEN: 0.4, Category.BULLYING: own})])
    found = find_allegations(document(TEXT), NOTHING, model, dict.fromkeys(Category, 0.3), labels=(TAKEN,))
    assert {one.category for one in found} == told


def test_a_clause_names_the_category_of_the_rule_that_fires_in_it() -> None:
    reading = Reading((hit(TEXT, "冒领", Category.EMBEZZLEMENT, 1.0),), ())
    model = _model(TEXT, ("会计冒领了五户低保", 0.9))
    found = find_allegations(document(TEXT), reading, model, dict.fromkeys(Category, 0.3), labels=(TAKEN,))
    assert {one.category for one in found if "冒领" in one.span.of(TEXT)} == {TAKEN, Category.EMBEZZLEMENT}


TALK = "问：有没有人冒领低保？\n答：有。会计领走了三户的钱。\n问：你本人有没有冒领？\n答：没有。"


def test_in_an_interview_the_answer_is_shown_and_never_the_question() -> None:
    admitted = hit(TALK, "有没有人冒领", TAKEN, 2.0, Context.ADMITTED)
    assert _shown(TALK, Reading((admitted,), ()), scores(0.9), Kind.TRANSCRIPT) == ["有。会计领走了三户的钱。"]


def test_a_model_clause_inside_a_question_is_not_shown() -> None:
    likely = [(span, {TAKEN: 0.9 if "？" in span.of(TALK) else 0.5}) for span in clauses(TALK)]
    for shown in _shown(TALK, NOTHING, scores(0.9, among=likely), Kind.TRANSCRIPT):
        assert "？" not in shown


@pytest.mark.parametrize("context", [Context.DENIED, Context.POLICY, Context.SLOGAN, Context.QUESTION])
def test_a_clause_whose_hits_are_all_silenced_is_no_allegation(context: Context) -> None:
    reading = Reading((hit(TEXT, "冒领", TAKEN, 2.0, context),), ())
    shown = _shown(TEXT, reading, _model(TEXT, ("会计冒领了五户低保", 0.9), ("存折一直在他手里", 0.3)))
    assert shown[0].startswith("存折一直在他手里")
    assert "冒领" not in "".join(shown)


def test_what_the_writer_only_heard_is_marked() -> None:
    text = "听说会计冒领了五户低保。"
    reading = Reading((hit(text, "冒领", TAKEN, 2.0),), (cue(text, "听说", CueKind.HEARSAY),))
    (found,) = find_allegations(document(text), reading, scores(0.9), {TAKEN: 0.9}, labels=(TAKEN,))
    assert found.hearsay


def test_one_clause_may_stand_for_two_categories() -> None:
    both = {TAKEN: 0.8, Category.EMBEZZLEMENT: 0.7}
    model = replace(scores(0.9), clauses=((place(TEXT, "会计冒领了五户低保，"), both),))
    found = find_allegations(document(TEXT), NOTHING, model, both, labels=tuple(both))
    assert {allegation.category for allegation in found} == set(both)
    assert len({allegation.span for allegation in found}) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("〔反映人〕", False),
        ("举报人：〔反映人〕 2026年3月5日", False),
        ("联系电话：〔电话〕。", False),
        ("此致敬礼！", False),
        ("〔反映人〕的低保被会计冒领", True),
        ("钱没了", True),
    ],
)
def test_placeholders_and_signatures_alone_tell_nothing(words: str, said: bool) -> None:  # noqa: FBT001
    assert tells(words) is said


def test_a_signature_is_no_allegation_whatever_the_model_says_of_it() -> None:
    text = "会计冒领了五户低保，存折一直在他手里。\n举报人：〔反映人〕2026年3月5日"
    reading = Reading((hit(text, "冒领", TAKEN, 2.0),), ())
    signature = clauses(text)[-1]
    model = scores(0.9, among=[(span, {TAKEN: 0.95 if span == signature else 0.6}) for span in clauses(text)])
    found = find_allegations(document(text), reading, model, {TAKEN: 0.9}, labels=(TAKEN,), text_share=1.0)
    assert [one.span.of(text).strip() for one in found] == ["会计冒领了五户低保，存折一直在他手里。"]
