from collections import defaultdict
from pathlib import Path

import pytest

from tools.measure_masking import judge, letter_of, read_lines
from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.prepare import protect

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def finder() -> EntityFinder:
    return EntityFinder(Lexicons.load(Settings().lexicons))


def shares(finder: EntityFinder, paths: list[Path]) -> dict[str, float]:
    verdicts: dict[str, list[bool]] = defaultdict(list)
    for path in paths:
        for record in read_lines(path):
            for verdict in judge(record, protect(letter_of(record), finder)):
                verdicts[verdict.measure].append(verdict.right)
    return {measure: sum(right) / len(right) for measure, right in verdicts.items()}


def test_the_corpus_meets_the_targets_of_masking(finder: EntityFinder) -> None:
    found = shares(finder, [Settings().corpus / f"{half}.jsonl" for half in ("literary", "natural")])
    assert found["masked"] >= 0.99
    assert found["readable"] >= 0.95


def test_people_in_running_text_are_hidden_and_the_blamed_are_not(finder: EntityFinder) -> None:
    found = shares(finder, [HOME / "evaluation" / "gold" / "masking.jsonl"])
    assert found["masked"] >= 0.84
    assert found["readable"] >= 0.98
    assert found["other words left"] >= 0.9


def test_the_gold_marks_half_as_held_and_quotes_its_texts() -> None:
    records = read_lines(HOME / "evaluation" / "gold" / "masking.jsonl")
    assert abs(sum(record["held"] for record in records) - len(records) / 2) <= 1
    for record in records:
        strings = [*record["entities"]["petitioner"], *record["entities"]["accused"], *record["stays"]]
        assert all(string in record["text"] for string in strings)
