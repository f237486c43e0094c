"""The tagger's artifact and its setting."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.samples import BENEFITS, REGISTER
from xiansuo.classifiers.artifact import Manifest, ModelMismatchError
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, Entity, EntityType
from xiansuo.errors import UsageError
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.analysis import Analyser
from xiansuo.services.classify import classify
from xiansuo.services.records import Record
from xiansuo.services.tagger import load, load_tagger, read_recipe, save
from xiansuo.settings import Settings
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.ner import ORG, PERSON, PLACE, Language, Tagger, Words
from xiansuo.text.ner_examples import Passage
from xiansuo.text.ner_train import Recipe, train
from xiansuo.text.segment import Segmenter

MANIFEST = Manifest({"data/corpus/made.jsonl": "0" * 64})


@pytest.fixture(scope="module")
def net() -> Language:
    settings = Settings()
    lexicons = Lexicons.load(settings.lexicons)
    shipped = read_recipe(settings)
    recipe = Recipe(shipped.name, 1, 1, 0.0, 1.0, shipped.network)
    passage = Passage("水利站的龚长贵在柳林村。", ((Span(0, 3), ORG), (Span(4, 7), PERSON), (Span(8, 11), PLACE)))
    return train([[passage]], recipe, words=Words(Segmenter(settings.lexicons), lexicons), lexicons=lexicons)


def test_the_tagger_is_off_unless_asked_for() -> None:
    assert Settings().ner == "off"
    assert load_tagger(Settings(), tell=pytest.fail) is None


def test_a_stored_net_comes_back_the_same(net: Language, tmp_path: Path) -> None:
    save(net, tmp_path / "one", MANIFEST)
    back = load(tmp_path / "one", MANIFEST, Settings())
    assert back.get_pipe("ner").model.to_bytes() == net.get_pipe("ner").model.to_bytes()


def test_a_stored_net_holds_no_word(net: Language, tmp_path: Path) -> None:
    save(net, tmp_path / "one", MANIFEST)
    stored = b"".join(path.read_bytes() for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert [word for word in ("龚长贵", "水利站", "柳林村", "龚") if word.encode() in stored] == []


def test_a_net_of_other_inputs_is_refused(net: Language, tmp_path: Path) -> None:
    save(net, tmp_path / "one", MANIFEST)
    with pytest.raises(ModelMismatchError, match="不符"):
        load(tmp_path / "one", Manifest({}), Settings())


def test_a_damaged_net_is_refused(net: Language, tmp_path: Path) -> None:
    save(net, tmp_path / "one", MANIFEST)
    with (tmp_path / "one" / "ner" / "model").open("ab") as file:
        file.write(b"0")
    with pytest.raises(ModelMismatchError, match="损坏"):
        load(tmp_path / "one", MANIFEST, Settings())


def test_an_unusable_recipe_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "models/entities").mkdir(parents=True)
    (tmp_path / "models/entities/recipe.toml").write_text("name = 1", encoding="utf-8")
    with pytest.raises(UsageError, match=r"recipe\.toml 不能使用"):
        read_recipe(Settings(home=tmp_path))


class Tables(Tagger):
    """A tagger that takes every 表 for a body."""

    def __init__(self) -> None:
        pass

    def add(self, document: Document) -> tuple[Entity, ...]:
        places = [place for place, sign in enumerate(document.text) if sign == "表"]
        return tuple(Entity(EntityType.ORG, place, place + 1, "表") for place in places)


def added(analyser: Analyser, text: str) -> list[str]:
    letter = Record("1", text)
    rows = classify([letter], replace(analyser, tagger=Tables()), SealCheck(Settings().rules, REGISTER))
    before = classify([letter], analyser, SealCheck(Settings().rules, REGISTER))
    known = [entity for row in before for entity in row["entities"]]  # type: ignore[attr-defined]
    found = [entity for row in rows for entity in row["entities"] if entity not in known]  # type: ignore[attr-defined]
    assert all(text[entity["start"] : entity["end"]] == entity["text"] for entity in found)
    return [entity["text"] for entity in found]


def test_a_letter_worth_reading_gets_what_the_tagger_adds_at_its_place(analyser: Analyser) -> None:
    assert added(analyser, "我叫冯秀兰，电话１３８１２３４５６７８。\n" + BENEFITS + "\n有　表为证。") == ["表"]


def test_a_letter_below_the_threshold_is_not_tagged(analyser: Analyser) -> None:
    assert added(analyser, "请问社保卡的申请表在哪里领？谢谢。") == []
