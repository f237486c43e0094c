import dataclasses
from pathlib import Path

import pytest
from classifier_samples import HOME, document

from xiansuo.classifiers.corpus import Quote, read_corpus, read_gold
from xiansuo.classifiers.prepare import load_tools, moved_quotes, prepare
from xiansuo.classifiers.recipe import read_recipe
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType, Masked, Replacement
from xiansuo.errors import UsageError
from xiansuo.text.offsets import Edit, apply_edits

GOOD = '{"id": "a1-1", "kind": "letter", "subject": "", "date": "2026-01-02", "labels": ["bullying", "other"], "matter": "m", "text": "他　打人。", "evidence": [{"label": "bullying", "quote": "打人"}, {"label": "other", "quote": "没有"}]}'


def test_a_line_becomes_a_gold_letter(tmp_path: Path) -> None:
    (tmp_path / "natural.jsonl").write_text(GOOD, encoding="utf-8")
    (letter,) = read_gold(tmp_path / "natural.jsonl")
    assert (letter.half, letter.batch, letter.in_scope, letter.labels) == ("natural", "a1", True, {"bullying"})
    assert [quote.span.of(letter.text) for quote in letter.quotes] == ["打人"]


@pytest.mark.parametrize("line", ["{", '{"id": "a"}', '{"id": "a", "labels": [], "text": "x", "kind": "novel"}', "[]"])
def test_a_line_that_is_no_gold_letter_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "x.jsonl").write_text(f"{GOOD}\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="第 2 行"):
        read_gold(tmp_path / "x.jsonl")


def test_an_empty_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有训练信件"):
        read_corpus(tmp_path)


def test_quotes_keep_their_words_in_the_document() -> None:
    letters = read_corpus(HOME / "data/corpus")[::40]
    prepared = prepare(letters, load_tools(HOME))
    said = sum(len(letter.quotes) for letter in letters)
    assert sum(len(quotes) for quotes in prepared.quotes) >= 0.95 * said
    for made, quotes in zip(prepared.documents, prepared.quotes, strict=True):
        assert all(0 <= quote.span.start < quote.span.end <= len(made.text) for quote in quotes)


def test_a_quote_moves_with_the_masking_and_normalising_before_it() -> None:
    clear, masked = (
        "我是甲。他  收钱。",
        Masked("〔反映人〕。他  收钱。", (Replacement(Span(0, 3), Span(0, 5), EntityType.PETITIONER),)),
    )
    made = dataclasses.replace(document("〔反映人〕。他收钱。"), offsets=apply_edits(masked.text, [Edit(7, 9, "")])[1])
    place = clear.index("收钱")
    (moved,) = moved_quotes([Quote(None, Span(place, place + 2))], made, masked)
    assert moved.span.of(made.text) == "收钱"


@pytest.mark.parametrize("line", ["unknown = 1", "seed = 'x'", "folds = 1", "name ="])
def test_an_unusable_recipe_names_its_file(tmp_path: Path, line: str) -> None:
    (tmp_path / "recipe.toml").write_text(line, encoding="utf-8")
    with pytest.raises(UsageError, match=r"recipe\.toml"):
        read_recipe(tmp_path / "recipe.toml")
