from pathlib import Path

import pytest

from xiansuo.evaluation.gold import GoldLetter, read_corpus
from xiansuo.evaluation.split import frozen

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def letters() -> tuple[GoldLetter, ...]:
    return read_corpus(HOME / "data/corpus")


def test_the_frozen_part_is_the_one_that_was_written_down(letters: tuple[GoldLetter, ...]) -> None:
    lines = (HOME / "evaluation/gold/frozen.txt").read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if not line.startswith("#")]
    assert sorted(letters[row].id for row in frozen(letters)) == written


def test_the_frozen_part_shares_no_matter_with_the_rest_and_has_both_halves(letters: tuple[GoldLetter, ...]) -> None:
    held = set(frozen(letters).tolist())
    inside = {letters[row].matter for row in held}
    assert not inside & {letter.matter for row, letter in enumerate(letters) if row not in held}
    assert {letters[row].half for row in held} == {"literary", "natural"}
    assert 0.15 < len(held) / len(letters) < 0.25
