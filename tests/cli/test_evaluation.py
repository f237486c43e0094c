import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.small_home import make_home


def test_training_says_where_the_model_lies_and_the_list_shows_it(
    run: Run, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("train") == 0
    shown = capsys.readouterr().out
    (folder,) = (home / "models/scope_categories/artifacts").iterdir()
    assert str(folder) in shown
    assert "封样本信" in shown
    assert run("model", "list") == 0
    shown = capsys.readouterr().out
    assert folder.name in shown
    assert "在用" in shown


def test_a_list_without_models_says_what_to_do(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("model", "list", home=make_home(tmp_path / "home", every=200)) == 0
    assert "xiansuo train" in capsys.readouterr().out


def test_an_evaluation_names_its_data_and_writes_figures_and_a_page(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = make_home(tmp_path / "home", every=24)
    gold = tmp_path / "另一批.jsonl"
    gold.write_bytes((home / "data/corpus/natural.jsonl").read_bytes())
    options = ("--quick", "--english", "--rounds", 2, "--gold", gold, "--output", tmp_path / "reports")
    assert run("evaluate", *options, home=home) == 0
    shown = capsys.readouterr().out
    assert "natural, by matter" in shown
    assert "gold-1" in shown
    assert "另一批" not in shown
    assert "不是真实信访件" in shown
    assert json.loads((tmp_path / "reports/evaluation.json").read_text(encoding="utf-8"))["targets"]
    assert "1. Verdict" in (tmp_path / "reports/evaluation.html").read_text(encoding="utf-8")


def test_a_missing_gold_file_is_wrong_usage(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", "--gold", tmp_path / "missing.jsonl") == 2
    assert "--gold" in capsys.readouterr().err
