"""What a model can remember of people: its n-grams are short, common to several matters, and hold no digit."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.e2e.garden import Garden
from xiansuo.classifiers import adapt
from xiansuo.classifiers.adapt import Adapted, SiteLetter, acquaint
from xiansuo.classifiers.ngrams import LONGEST, key_of, spell
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.recipe import read_recipe
from xiansuo.classifiers.vocabulary import build
from xiansuo.domain.letter import Channel, Item, Kind, Letter
from xiansuo.domain.suggestion import Reading
from xiansuo.services.model import load_model
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.prepare import document, masked_entities, protect

HOME = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"[\u3400-\u9fff]{3}")


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(Settings(home=HOME), tell=lambda _sentence: None).model


def petitioners() -> Iterator[str]:
    """Yield the names that the corpus annotates as the writers' side and nobody else's."""
    files = sorted((HOME / "data/corpus").glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    surnames = Lexicons.load(HOME / "data/lexicons").surnames
    found = [json.loads(line).get("entities") or {} for line in lines]
    others = {name for one in found for name in one.get("accused") or ()}
    named = {name for one in found for name in one.get("petitioner") or () if _NAME.fullmatch(name)}
    yield from (name for name in named - others if name[0] in surnames)


def sighted(text: str, matter: str) -> SiteLetter:
    """Return a letter as the learner sees it: masked."""
    letter = Letter(Item("测试", matter, b"", "text/plain", Channel.MAILBOX), text, received=date(2026, 3, 2))
    protected = protect(letter, EntityFinder(Lexicons.load(HOME / "data/lexicons")))
    made = document(protected.subject.text, protected.text.text, kind=Kind.LETTER, received=None,
                    entities=masked_entities(protected))  # fmt: skip
    return SiteLetter(made, Reading((), ()), matter)


@pytest.fixture(scope="module")
def garden() -> Garden:
    return Garden()


@pytest.fixture(scope="module")
def site(model: Model, garden: Garden) -> Adapted:
    """What a site of a hundred letters teaches, each of another writer who tells everything about themselves."""
    letters = [
        sighted(
            f"{garden.deed()}\n举报人：{garden.name('落款')}\n电话：{garden.phone('手机')}\n住址：{garden.address('住址')}\n"
            f"身份证号：{garden.id_number('证件号')}\n邮箱：{garden.email('邮箱')}",
            str(number),
        )
        for number in range(adapt.FEWEST_HEARD)
    ]
    return acquaint(model, letters)


def test_no_petitioner_of_the_corpus_is_in_the_shipped_vocabulary(model: Model) -> None:
    names = list(petitioners())
    assert len(names) > 100
    assert model.vocabulary.holds(names) == []


def test_no_planted_name_is_in_the_shipped_vocabulary(model: Model) -> None:
    garden = Garden()
    names = [garden.name("") for _ in range(400)]
    assert model.vocabulary.holds(names) == []


def test_a_number_cannot_be_spelt_with_what_a_model_knows(model: Model, site: Adapted) -> None:
    for vocabulary in (model.vocabulary, site.vocabulary):
        spelt = [spell(key) for key in vocabulary.keys.tolist()]
        assert len(spelt) > 50
        assert max(map(len, spelt)) <= LONGEST
        assert set("".join(spelt)) & set("123456789１２３４５６７８９") == set()


def test_what_a_site_teaches_holds_nobody_who_wrote(site: Adapted, garden: Garden) -> None:
    strings = [text for one in garden.planted for text in one.spellings if key_of(text) is not None]
    assert len(strings) >= adapt.FEWEST_HEARD
    assert site.vocabulary.holds(strings) == []
    assert site.vocabulary.holds(["补助款", "马德才"]) != [], "it did learn the site's words"


def test_the_recipe_asks_for_words_of_several_matters() -> None:
    assert read_recipe(HOME / "models/scope_categories/recipe.toml").ngrams.fewest_matters >= 3
    assert adapt.FEWEST_MATTERS >= 3


@pytest.mark.parametrize(("matters", "known"), [(1, False), (2, False), (3, True)])
def test_an_n_gram_of_few_matters_is_forgotten_however_many_letters_hold_it(matters: int, known: bool) -> None:  # noqa: FBT001
    texts = ["陶映秋说补助款没有发"] * 30
    vocabulary = build(texts, [str(number % matters) for number in range(30)], fewest_matters=3)
    assert (vocabulary.holds(["陶映秋"]) == ["陶映秋"]) is known
