import json
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.invented import ACCUSING, COPIES, Made, letters
from benchmarks.many_letters import write_lines, write_registers
from xiansuo.intake.limits import Limits
from xiansuo.intake.sheets import open_workbook


@pytest.fixture(scope="module")
def made() -> list[Made]:
    return list(letters(1500))


def test_a_part_made_by_itself_is_the_same_as_within_the_whole(made: list[Made]) -> None:
    assert list(letters(20, first=1480)) == made[1480:]


def test_most_letters_accuse_nobody_and_some_come_again(made: list[Made]) -> None:
    assert ACCUSING - 0.05 < sum(one.accuses for one in made) / len(made) < ACCUSING + 0.05
    assert COPIES - 0.02 < sum(one.copy_of is not None for one in made) / len(made) < COPIES + 0.02


def test_a_letter_that_comes_again_is_on_the_matter_of_an_earlier_one(made: list[Made]) -> None:
    again = [one for one in made if one.copy_of is not None]
    assert all(one.copy_of < one.number and one.matter == made[one.copy_of].matter for one in again)


def test_letters_differ_but_for_those_that_were_sent_again(made: list[Made]) -> None:
    own = [one.text for one in made if one.copy_of is None]
    assert len(set(own)) == len(own)
    assert all(before.received.year <= after.received.year for before, after in pairwise(made))


def test_the_same_letters_are_written_as_lines_and_as_registers(made: list[Made], tmp_path: Path) -> None:
    (lines,) = write_lines(tmp_path / "many.jsonl", iter(made[:25]))
    files = write_registers(tmp_path / "many.xlsx", iter(made[:25]), rows=10)
    texts = [json.loads(line)["text"] for line in lines.read_text(encoding="utf-8").splitlines()]
    rows = [row for file in files for sheet in open_workbook(file, limits=Limits()) for row in sheet.rows]
    assert [row.cells[3] for row in rows if row.cells[0] != "编号"] == texts
