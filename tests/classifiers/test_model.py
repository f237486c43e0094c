import dataclasses

import numpy as np
import pytest
from classifier_samples import NOTHING_READ, document

from xiansuo.classifiers.calibrate import at_base_rate, shift, sigmoid
from xiansuo.classifiers.explain import shares
from xiansuo.classifiers.linear import fit_one
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, fit
from xiansuo.classifiers.recipe import Recipe
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Interview, Speaker, Turn

ODDS = np.array([[0.3, -1.0, 2.0], [-2.0, -4.0, -3.0]])


def test_an_unchanged_base_rate_changes_only_categories_above_scope() -> None:
    found = at_base_rate(ODDS, np.zeros(2))
    assert found[:, 0] == pytest.approx(sigmoid(ODDS[:, 0]))
    assert found[0].tolist() == pytest.approx([sigmoid(ODDS)[0, 0], sigmoid(ODDS)[0, 1], sigmoid(ODDS)[0, 0]])


def test_a_rarer_accusation_lowers_every_probability_and_keeps_the_order() -> None:
    usual, rarer = at_base_rate(ODDS, np.zeros(2)), at_base_rate(ODDS, np.full(2, shift(0.4, 0.1)))
    assert (rarer < usual).all()
    assert (rarer[:, 1:] / rarer[:, :1]) == pytest.approx(usual[:, 1:] / usual[:, :1])


def test_a_target_that_never_varies_gives_no_opinion() -> None:
    weights, bias = fit_one(np.eye(3), np.zeros(3, dtype=bool), np.ones(3), strength=1.0)
    assert weights.tolist() == [0, 0, 0]
    assert bias == 0.0


def test_a_letter_is_answered_alike_alone_and_among_others(model: Model, some: Prepared) -> None:
    together = model.score(some.documents[:20], some.readings[:20])
    alone = [model.score([d], [r])[0] for d, r in zip(some.documents[:20], some.readings[:20], strict=True)]
    assert [round(scores.scope, 9) for scores in together] == [round(scores.scope, 9) for scores in alone]
    assert [len(scores.clauses) for scores in together] == [len(scores.clauses) for scores in alone]


def test_every_answer_is_a_probability_and_no_category_exceeds_scope(model: Model, some: Prepared) -> None:
    for scores in model.score(some.documents, some.readings):
        assert list(scores.categories) == list(CATEGORIES)
        assert all(0 <= value <= scores.scope <= 1 for value in scores.categories.values())


@pytest.mark.parametrize("text", ["", "？？？", "hello", "〔反映人〕"])
def test_a_letter_without_known_words_is_answered(model: Model, text: str) -> None:
    (scores,) = model.score([document(text)], [NOTHING_READ])
    assert 0 < scores.scope < 0.5


def test_no_letters_have_no_answers(model: Model) -> None:
    assert model.score([], []) == []


def test_clauses_lie_in_the_text_and_leave_questions_out(model: Model) -> None:
    text = "有没有收过礼金？他收了我家两条烟。"
    record = Interview((), (Turn(Speaker.INTERVIEWER, 0, 8), Turn(Speaker.INTERVIEWEE, 8, len(text), 0)))
    (scores,) = model.score([document(text, interview=record)], [NOTHING_READ])
    assert [span for span, _ in scores.clauses] == [Span(8, len(text))]


def test_the_shares_of_words_and_rules_add_up_to_the_answer(model: Model, some: Prepared) -> None:
    for letter, reading in list(zip(some.documents, some.readings, strict=True))[:40]:
        batch = model.encode([letter], [reading])
        rich = float(model.mix(batch)[0])
        found = shares(
            batch, ((1 - rich, model.plain), (rich, model.rich)), model.vocabulary, top=model.recipe.units.top
        )
        moved = found.log_odds + model.shifts(model.mix(batch))[0]
        (scores,) = model.score([letter], [reading])
        assert float(sigmoid(np.array(moved))) == pytest.approx(scores.scope, abs=1e-9)


def test_explained_spans_lie_in_the_text_largest_first(model: Model, some: Prepared) -> None:
    letter, reading = some.documents[0], some.readings[0]
    found = model.explain(letter, reading).contributions
    assert found
    assert all(0 <= span.start < span.end <= len(letter.text) for span, _ in found)
    assert [abs(share) for _, share in found] == sorted((abs(share) for _, share in found), reverse=True)


def test_scoring_leaves_explanations_out(model: Model, some: Prepared) -> None:
    assert all(scores.contributions == () for scores in model.score(some.documents[:5], some.readings[:5]))


def test_training_twice_gives_the_same_numbers(model: Model, some: Prepared, recipe: Recipe) -> None:
    again = fit(some, recipe)
    assert np.array_equal(again.vocabulary.keys, model.vocabulary.keys)
    assert np.array_equal(again.plain.words.unit.weights, model.plain.words.unit.weights)
    assert np.array_equal(again.rich.stack.weights, model.rich.stack.weights)


def test_the_base_rate_is_a_setting_of_a_trained_model(model: Model, some: Prepared, recipe: Recipe) -> None:
    rare = recipe.model_copy(update={"base_rate": recipe.base_rate.model_copy(update={"scope": 0.05})})
    moved = dataclasses.replace(model, recipe=rare)
    before, after = (one.score(some.documents, some.readings) for one in (model, moved))
    assert all(old.scope > new.scope for old, new in zip(before, after, strict=True))


def test_a_model_knows_its_letters_far_better_than_chance(model: Model, some: Prepared) -> None:
    scope = np.array([scores.scope for scores in model.score(some.documents, some.readings)])
    accused = np.array([letter.in_scope for letter in some.letters])
    assert scope[accused].mean() > scope[~accused].mean() + 0.3
