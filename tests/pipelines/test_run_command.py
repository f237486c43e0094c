import sys
from collections import Counter
from pathlib import Path

import pytest

import pipelines.run
from pipelines.run import Outcome
from xiansuo.cli import main
from xiansuo.services.ingest import Report

REPORT = Report(Counter(stored=2))


def _run(monkeypatch: pytest.MonkeyPatch, state_dir: Path) -> int:
    monkeypatch.setattr(sys, "argv", ["xiansuo", "--state", str(state_dir), "run"])
    with pytest.raises(SystemExit) as left:
        main()
    return int(str(left.value.code))


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome(REPORT, 2, (), ()), 0),
        (Outcome(REPORT, 2, ("第 2 个来源的 path 有误。",), ()), 1),
        (Outcome(REPORT, 2, (), ("邮箱来源“甲”登录被拒绝。",)), 1),
    ],
)
def test_the_status_tells_whether_every_source_was_read(
    outcome: Outcome, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipelines.run, "run_once", lambda *_, **__: outcome)
    assert _run(monkeypatch, tmp_path) == status
    shown = capsys.readouterr().out
    assert shown.startswith("来件 2 件：新收 2")
    assert all(sentence in shown for sentence in (*outcome.wrong, *outcome.failed))


def test_an_interrupted_run_says_that_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipelines.run, "run_once", interrupted)
    assert _run(monkeypatch, tmp_path) == 130
    assert capsys.readouterr().err == "已中断。收下的来件都已保存，再执行一次 xiansuo run 就会接着做完。\n"


def test_without_an_installation_it_says_which_command_makes_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, tmp_path / "nowhere") == 1
    assert "xiansuo init" in capsys.readouterr().err
