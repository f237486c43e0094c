from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from classifier_samples import NOTHING_READ, document

from xiansuo.classifiers import adapt as adapting
from xiansuo.classifiers.adapt import Adapted, Decided, SiteLetter, acquaint, adapt, odds_of
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared
from xiansuo.domain.category import CATEGORIES, Category

LAKE = "湖面归渔政科管，渔政科让船老大私下交钱才放船出湖。"
TIDE = "请问今年的潮汐表在哪里可以查到，多谢答复。"


def mail(texts: Sequence[str]) -> list[SiteLetter]:
    return [SiteLetter(document(text), NOTHING_READ, str(number)) for number, text in enumerate(texts)]


@pytest.fixture(scope="module")
def decided() -> list[Decided]:
    """Six letters on two subjects that the model has never met."""
    letters = mail([f"{text}{end}" for end in ("。一月。", "。二月。", "。三月。") for text in (LAKE, TIDE)])
    found = [frozenset({Category.RENT_SEEKING}), frozenset[Category]()]
    return [Decided(letter, number % 2 == 0, found[number % 2]) for number, letter in enumerate(letters)]


@pytest.fixture(scope="module")
def site(some: Prepared) -> list[SiteLetter]:
    rows = zip(some.documents, some.readings, some.letters, strict=True)
    return [SiteLetter(made, reading, letter.matter) for made, reading, letter in rows]


@pytest.fixture(scope="module")
def adapted(model: Model, site: list[SiteLetter], some: Prepared) -> Adapted:
    taught = [Decided(one, gold.in_scope, gold.labels) for one, gold in zip(site[:60], some.letters[:60], strict=True)]
    return adapt(model, taught, site[60:])


def test_decisions_move_letters_like_them(
    model: Model, decided: list[Decided], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "FEWEST_MATTERS", 3)
    asked = [document(f"{LAKE}四月。"), document(f"{TIDE}四月。")]
    before = model.score(asked, [NOTHING_READ] * 2)
    lake, tide = adapt(model, decided).score(asked, [NOTHING_READ] * 2)
    assert lake.scope > before[0].scope + 0.2
    assert tide.scope < 0.05
    assert max(lake.categories, key=lambda category: lake.categories[category]) is Category.RENT_SEEKING


def test_without_mail_and_decisions_the_model_answers_as_before(model: Model, some: Prepared) -> None:
    fresh = adapt(model, ())
    asked = (some.documents[:20], some.readings[:20])
    assert odds_of(fresh.score(*asked)) == pytest.approx(odds_of(model.score(*asked)), abs=1e-6)


def test_the_same_mail_and_decisions_give_the_same_bytes(
    model: Model, site: list[SiteLetter], some: Prepared, adapted: Adapted
) -> None:
    taught = [Decided(one, gold.in_scope, gold.labels) for one, gold in zip(site[:60], some.letters[:60], strict=True)]
    assert adapt(model, taught, site[60:]).digest == adapted.digest
    assert adapt(model, taught[:59], site[60:]).digest != adapted.digest


def test_every_answer_is_a_probability_and_no_category_exceeds_scope(adapted: Adapted, some: Prepared) -> None:
    for scores in adapted.score(some.documents, some.readings):
        assert list(scores.categories) == list(CATEGORIES)
        assert all(0 <= value <= scores.scope <= 1 for value in scores.categories.values())


def test_a_letter_is_answered_alike_alone_and_among_others(adapted: Adapted, some: Prepared) -> None:
    together = adapted.score(some.documents[:9], some.readings[:9])
    alone = [adapted.score([d], [r])[0] for d, r in zip(some.documents[:9], some.readings[:9], strict=True)]
    assert [one.scope for one in together] == pytest.approx([one.scope for one in alone])
    assert adapted.score([], []) == []


def test_the_shares_of_the_sites_words_add_up_to_what_the_site_adds(adapted: Adapted, site: list[SiteLetter]) -> None:
    for letter in site[:20]:
        (added,) = adapted.site.log_odds(adapted.see([letter]).words)
        assert adapted.word_shares(letter.document).log_odds == pytest.approx(added[0], abs=1e-9)


def test_explained_spans_lie_in_the_text_largest_first(adapted: Adapted, some: Prepared) -> None:
    letter, reading = some.documents[0], some.readings[0]
    found = adapted.explain(letter, reading).contributions
    assert found
    assert all(0 <= span.start < span.end <= len(letter.text) for span, _ in found)
    assert [abs(share) for _, share in found] == sorted((abs(share) for _, share in found), reverse=True)


@pytest.mark.parametrize("text", ["", "？？？", "hello", "〔反映人〕"])
def test_a_letter_without_known_words_is_answered(adapted: Adapted, text: str) -> None:
    (scores,) = adapted.score([document(text)], [NOTHING_READ])
    assert 0 < scores.scope < 1


@pytest.mark.parametrize(("matters", "kept"), [(4, False), (5, True)])
def test_only_words_of_several_matters_are_learned(model: Model, matters: int, kept: bool) -> None:  # noqa: FBT001
    letters = [
        replace(one, matter=str(number % matters)) for number, one in enumerate(mail(["鄢玖酩到过渔政科。"] * 20))
    ]
    assert acquaint(model, letters).vocabulary_holds(["鄢玖酩"]) == (["鄢玖酩"] if kept else [])


def test_hidden_strings_never_become_words(model: Model) -> None:
    letters = mail(["鄢玖酩到过渔政科。"] * 9)
    site = acquaint(model, letters, hidden=["鄢玖酩", "13800001234"])
    assert site.vocabulary_holds(["鄢玖酩"]) == []
    assert site.vocabulary_holds(["渔政科"]) == ["渔政科"]


def test_a_little_mail_teaches_nothing_without_decisions(model: Model, site: list[SiteLetter]) -> None:
    assert not acquaint(model, site[: adapting.FEWEST_HEARD - 1]).trust.any()
    assert acquaint(model, site[: adapting.FEWEST_HEARD]).trust.tolist() == [adapting.TRUST, *[0.0] * 6]


def test_mail_without_decisions_leaves_the_categories_alone(model: Model, site: list[SiteLetter]) -> None:
    cold = odds_of(model.score([one.document for one in site], [one.reading for one in site]))
    assert acquaint(model, site).see(site).odds[:, 1:] == pytest.approx(cold[:, 1:])


def test_nothing_is_learned_about_a_disputed_category(model: Model, site: list[SiteLetter]) -> None:
    letters = site[:20]
    open_ = [Decided(one, in_scope=True, disputed=frozenset(CATEGORIES)) for one in letters]
    after = acquaint(model, letters, words_from=letters).learn(open_).site
    assert np.abs(after.weights[0]).max() > 0
    assert np.abs(after.weights[1:]).max() == 0


def test_kept_letters_hold_back_what_decisions_would_overturn(
    model: Model, decided: list[Decided], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "FEWEST_MATTERS", 3)
    wrong = [replace(one, in_scope=not one.in_scope) for one in decided]
    asked, readings = [document(LAKE)], [NOTHING_READ]
    forgetful, faithful = (adapt(model, wrong, kept=kept).score(asked, readings)[0] for kept in ((), decided * 9))
    assert faithful.scope > forgetful.scope


def test_the_level_moves_all_letters_alike_and_the_order_of_none(
    model: Model, site: list[SiteLetter], some: Prepared
) -> None:
    taught = [Decided(one, gold.in_scope, gold.labels) for one, gold in zip(site[:60], some.letters[:60], strict=True)]
    known = acquaint(model, site)
    learned, settled = known.learn(taught), known.learn_level(taught)
    step = settled.see(site).odds - learned.see(site).odds
    assert step == pytest.approx(np.repeat(step[:1], len(site), axis=0))
    assert settled.digest == known.learn_level(taught).digest
    assert np.abs(step).max() > 0
    assert known.learn_level([]) is known
