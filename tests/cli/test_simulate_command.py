import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from xiansuo.domain.category import CATEGORIES
from xiansuo.errors import UsageError
from xiansuo.evaluation.simulate import Simulation
from xiansuo.services.simulate import FEWEST_WANTED, write


@pytest.fixture(scope="session")
def gold(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("gold") / "另一批.jsonl"
    file.write_bytes((home / "data/corpus/natural.jsonl").read_bytes())
    return file


def test_a_replay_shows_every_way_of_reading_and_that_no_letter_is_real(
    run: Run, gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert run("simulate", "--gold", gold, "--seeds", 2, "--batch", 20, "--output", tmp_path / "new") == 0
    shown = capsys.readouterr().out
    for words in ("gold-1", "边读边学", "ASReview", "随机次序", "最好可能", "TNR@95", "ATD", "1.00", "不是真实信访件"):
        assert words in shown
    written = json.loads((tmp_path / "new/simulation.json").read_text(encoding="utf-8"))
    (search,) = written["searches"]
    methods = ["adaptive", "cold", "elas-u4", "elas-u4-raw", "random", "perfect"]
    assert [one["method"] for one in search["replays"]] == methods
    assert all(len(one["points"]) == one["letters"] for one in search["replays"])
    assert "读到第几件时找到多少" in (tmp_path / "new/simulation.html").read_text(encoding="utf-8")


def test_json_goes_to_standard_output_alone(run: Run, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("simulate", "--gold", gold, "--method", "cold", "--method", "perfect", "--json") == 0
    cold, perfect = json.loads(capsys.readouterr().out)["searches"][0]["replays"]
    assert cold["mean"]["wss95_share"] <= perfect["mean"]["wss95_share"] == 1.0


def test_each_category_with_enough_letters_is_looked_for_too(
    run: Run, gold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("simulate", "--gold", gold, "--method", "cold", "--category", "all", "--json") == 0
    searches = json.loads(capsys.readouterr().out)["searches"]
    assert [one["target"] for one in searches] == ["", *CATEGORIES]
    assert all(bool(one["replays"]) == (one["wanted"] >= FEWEST_WANTED) for one in searches[1:])


def test_a_recipe_that_starts_from_nothing_reads_more_when_nobody_helps_it(
    run: Run, gold: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("simulate", "--gold", gold, "--method", "elas-u4", "--seeds", 2, "--shuffle", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["shuffle"] is True
    assert found["searches"][0]["replays"][0]["runs"] == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "不能读取"), (b"\xff\xfe", "UTF-8"), (b"", "没有可以评测的信件"), (b"{}\n", "第 1 行")],
)
def test_a_file_that_cannot_be_replayed_is_wrong_usage(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "gold.jsonl").write_bytes(content)
    assert run("simulate", "--gold", tmp_path / "gold.jsonl") == 2
    assert told in capsys.readouterr().err


def test_an_unknown_way_of_reading_is_wrong_usage(run: Run, gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("simulate", "--gold", gold, "--method", "magic") == 2
    assert "adaptive" in capsys.readouterr().err
    assert run("simulate", "--gold", gold, "--category", "magic") == 2
    assert "vote_buying" in capsys.readouterr().err


def test_a_result_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--output"):
        write(Simulation("无", 10, shuffle=False, searches=()), tmp_path / "file")
