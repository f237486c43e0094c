import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Run
from tests.small_home import make_home

Change = Callable[[str, str, str], Path]


@pytest.fixture
def change(tmp_path: Path, home: Path) -> Change:
    """Copy the content folders with one stretch of a rule file replaced."""

    def changed(file: str, old: str, new: str) -> Path:
        other = tmp_path / "home"
        shutil.copytree(home / "rules", other / "rules")
        path = other / "rules" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return other

    return changed


def test_the_shipped_rules_pass(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "lint") == 0
    assert run("rules", "test") == 0
    shown = capsys.readouterr().out
    assert "没有发现问题" in shown
    assert "拉票贿选" in shown
    assert "全部例子符合" in shown


def test_a_doubtful_rule_is_a_sentence_and_a_status(
    run: Run, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    home = change("vote_buying.yaml", "rules:", RULE)
    assert run("rules", "lint", home=home) == 1
    assert "规则 tried-out 单凭一个字就会命中：票" in capsys.readouterr().out


def test_a_failing_example_is_named_with_its_number_and_kind(
    run: Run, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    home = change("vote_buying.yaml", "rules:", RULE)
    assert run("rules", "test", home=home) == 1
    shown = capsys.readouterr().out
    assert "规则 tried-out，match 第 2 例：应当命中，没有命中：路灯不亮。" in shown
    assert "规则 tried-out，reject 第 1 例：不应命中，却命中了：他买了一张票。" in shown
    assert "共 2 个例子不符" in shown


def test_a_broken_rule_file_is_one_sentence(run: Run, change: Change, capsys: pytest.CaptureFixture[str]) -> None:
    home = change("vote_buying.yaml", "rules:", "rulez:")
    assert run("rules", "lint", home=home) == 1
    assert "vote_buying.yaml" in capsys.readouterr().err


def test_statistics_say_that_the_letters_are_authored_and_fit_80_columns(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = make_home(tmp_path / "few", every=20)
    gold = next((home / "data/corpus").glob("natural.jsonl"))
    assert run("rules", "stats", "--gold", gold, home=home) == 0
    shown = capsys.readouterr().out
    assert "编写的样本信，不是真实来信" in shown
    assert "literary" in shown
    assert "独有" in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= 80


def test_a_preview_needs_an_office_with_letters(run: Run, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rules", "preview", "--rules", home / "rules") == 1
    assert "xiansuo init" in capsys.readouterr().err


def test_a_preview_of_the_same_rules_changes_nothing(
    run: Run, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state"
    (tmp_path / "1.txt").write_text("村会计王某富挪用修路款十二万元，村里没有公示。", encoding="utf-8")
    for command in (["init"], ["ingest", tmp_path / "1.txt"], ["rules", "preview", "--rules", home / "rules"]):
        assert run("--state", state, *command) == 0
    shown = capsys.readouterr().out
    assert "试算了收到的 1 件来信：新提出建议 0 件" in shown
    assert "没有改动任何数据" in shown


RULE = """rules:
  - id: tried-out
    sentence: 试写的规则
    subtype: 试写
    weight: 1
    anyone: true
    patterns:
      - any: [票]
    match: [他发了票。, 路灯不亮。]
    reject: [他买了一张票。, 水管坏了。]
"""
