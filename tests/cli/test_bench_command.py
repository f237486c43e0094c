import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from xiansuo.services.capacity import Capacity, told


def test_bench_measures_without_touching_an_installation(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("bench", "--letters", 50, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["letters"] == 50
    assert 0 < found["clues"] <= 50
    assert found["bytes_per_letter"] > 1000
    assert all(found[name] > 0 for name in ("seconds", "jieba_seconds", "known_ms", "queue_ms", "search_ms"))
    assert not (tmp_path / "no-state").exists()


def test_what_was_measured_is_told_as_days_and_hours() -> None:
    slow = Capacity(100, 90, 2, 1000.0, 990.0, 1.0, 0.2, 30.0, 40.0, 12_000, 400)
    sentences = [chinese for chinese, _ in told(slow)]
    assert slow.hours_for_many == pytest.approx(277.8, abs=0.1)
    assert any("2800 件" in sentence for sentence in sentences)
    assert any("一个省" in sentence and "不够" in sentence for sentence in sentences)
    assert any("一个县" in sentence and "够用" in sentence for sentence in sentences)
