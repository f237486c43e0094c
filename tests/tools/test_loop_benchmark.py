import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks import loop
from tests.small_home import SHIPPED, make_home

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the benchmark says of some authored letters that its small model did not see."""
    folder = tmp_path_factory.mktemp("loop")
    lines = (SHIPPED / "data/corpus/natural.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "gold.jsonl").write_text("".join(lines[1::8][:60]), encoding="utf-8")
    written = folder / "loop.json"
    asked = ["loop", "--gold", str(folder / "gold.jsonl"), "--seeds", "2", "--output", str(written)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XIANSUO_HOME", str(make_home(folder / "home")))
        patch.setattr("sys.argv", asked)
        loop.main()
    read: dict[str, Any] = json.loads(Path(written).read_text(encoding="utf-8"))
    return read


def test_every_letter_becomes_a_clue_or_part_of_one(found: dict[str, Any]) -> None:
    counts = found["counts"]
    assert counts["letters"] == counts["taken in"] == 60
    assert 0 < counts["clues in scope"] < counts["clues"] <= 60


def test_before_the_first_decision_the_queue_knows_the_mail_and_later_it_knows_more(found: dict[str, Any]) -> None:
    first, later = found["curve"]
    assert first["figures"]["loop"] == pytest.approx(first["figures"]["shortcut"], abs=0.05)
    assert later["figures"]["loop"] != later["figures"]["cold"]


def test_what_the_queue_learned_is_what_a_replay_without_an_office_learns(found: dict[str, Any]) -> None:
    figures = found["curve"][-1]["figures"]
    assert figures["loop"][0] == pytest.approx(figures["shortcut"][0], abs=0.05)


def test_the_real_queue_gives_out_every_clue_and_beats_chance(found: dict[str, Any]) -> None:
    ways = {one["method"]: one for one in found["reading"]}
    assert all(one["points"][-1] == 1 for one in ways.values())
    assert all(before <= after for before, after in pairwise(ways["queue"]["points"]))
    assert ways["random"]["mean"]["atd"] > ways["queue"]["mean"]["atd"] >= ways["perfect"]["mean"]["atd"]
