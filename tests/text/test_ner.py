"""The trained tagger: what it learns from, what it may add, and that it keeps no word."""

import random
from datetime import date

import pytest

from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, Entity, EntityType
from xiansuo.settings import Settings
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.ner import ORG, PERSON, Language, Network, Tagger, Words, merged
from xiansuo.text.ner_examples import Passage, Renamer, passages
from xiansuo.text.ner_train import Recipe, train
from xiansuo.text.offsets import Identity
from xiansuo.text.segment import Segmenter
from xiansuo.text.sentences import split_sentences

LEXICONS = Lexicons.load(Settings().lexicons)
TINY = Recipe("tiny", seed=1, epochs=10, dropout=0.0, plain_passages=1.0, network=Network(32, 1, 200))
PLACES = ("青石县", "白马镇", "柳林村", "石坳村", "三岔村")


def renamer() -> Renamer:
    return Renamer(LEXICONS, random.Random(3))  # noqa: S311 - names, no secret


def made(text: str, *entities: Entity) -> Document:
    return Document(Kind.LETTER, "", text, date(2026, 3, 1), split_sentences(text), None, entities, Identity())


def trained() -> Language:
    letters = [
        list(passages(made(f"找了{place}水利站也没用。"), {ORG: [f"{place}水利站"]}))
        for _ in range(8)
        for place in PLACES
    ]
    return train(letters, TINY, words=Words(Segmenter(Settings().lexicons), LEXICONS), lexicons=LEXICONS)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(trained())


def test_it_finds_bodies_it_has_never_seen_where_it_has_seen_such(tagger: Tagger) -> None:
    text = "找了大湾村水利站也没用。"
    assert EntityType.ORG in {entity.type for entity in tagger.find(text, split_sentences(text))}


def test_what_rules_found_stays_and_nothing_overlaps_it(tagger: Tagger) -> None:
    text = "找了大湾村水利站也没用。"
    rule = Entity(EntityType.ORG, 2, 8, "大湾村水利站")
    assert tagger.add(made(text, rule)) == ()
    assert merged([rule], [Entity(EntityType.PLACE, 0, 1, "找")])[-1] == rule


def test_the_same_letters_give_the_same_net(tagger: Tagger) -> None:
    assert trained().get_pipe("ner").model.to_bytes() == tagger._nlp.get_pipe("ner").model.to_bytes()


def test_the_net_holds_no_word_of_its_letters(tagger: Tagger) -> None:
    kept = tagger._nlp.get_pipe("ner").to_bytes(exclude=["vocab"])
    assert [place for place in PLACES if place.encode() in kept] == []


def test_signs_of_names_are_marked_whatever_the_name() -> None:
    words = Words(Segmenter(Settings().lexicons), LEXICONS)
    assert (words._mark("龚"), words._mark("欧阳"), words._mark("3"), words._mark("，")) == (
        "S-",
        "DBA",
        "digit",
        "other",
    )


def test_passages_mark_the_listed_and_leave_open_what_only_rules_found() -> None:
    text = "村主任龚长贵和水利站的人来了。"
    document = made(text, Entity(EntityType.ORG, 7, 10, "水利站"))
    assert list(passages(document, {PERSON: ["龚长贵"]})) == [
        Passage(text, ((Span(3, 6), PERSON),), (Span(7, 10),)),
    ]


def test_a_person_gets_another_name_the_same_one_throughout_a_letter() -> None:
    letter = [
        Passage(f"{before}龚长贵不管。", ((Span(len(before), len(before) + 3), PERSON),)) for before in ("找", "又找")
    ]
    renamed = renamer().rename(letter)
    names = {span.of(passage.text) for passage in renamed for span, _ in passage.named}
    assert len(names) == 1
    assert "龚长贵" not in names


@pytest.mark.parametrize("called", ["龚书记", "老四", "张某某"])
def test_titles_and_nicknames_stay(called: str) -> None:
    passage = Passage(f"{called}不管。", ((Span(0, len(called)), PERSON),))
    assert renamer().rename([passage]) == [passage]
