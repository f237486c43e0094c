from pathlib import Path

import pytest

from xiansuo.intake.engine import EngineSettings, read_engine
from xiansuo.intake.sources import SourcesError


def settings(folder: Path, text: str) -> EngineSettings:
    file = folder / "xiansuo.toml"
    file.write_text(text, "utf-8")
    return read_engine(file)


def test_without_settings_one_process_does_everything(tmp_path: Path) -> None:
    assert settings(tmp_path, "") == EngineSettings()


@pytest.mark.parametrize("dask", ["", "local", "tls://dask.example:8786", "tcp://127.0.0.1:8786", "tcp://[::1]:8786"])
def test_what_is_right_is_read(tmp_path: Path, dask: str) -> None:
    text = f'[engine]\nworkers = 4\nhelpers = 2\ndask = "{dask}"\n'
    assert settings(tmp_path, text) == EngineSettings(4, 2, dask)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("workers = 0", "workers = 0 有误"),
        ("workers = true", "1 到 32"),
        ('workers = "2"', "1 到 32"),
        ("helpers = -1", "helpers = -1 有误"),
        ('dask = "tcp://dask.example:8786"', "不加密的只许本机"),
        ('dask = "http://127.0.0.1:8786"', "tls://"),
        ('dask = "tls://dask.example"', "dask = 'tls://dask.example' 有误"),
        ('dask = "tls://dask.example:port"', "有误"),
        ("dask = 1", "dask = 1 有误"),
        ("worker = 2", "是否想写 workers？"),
    ],
)
def test_what_is_wrong_is_told_and_stays_at_its_default(tmp_path: Path, line: str, told: str) -> None:
    found = settings(tmp_path, f"[engine]\n{line}\n")
    assert EngineSettings(found.workers, found.helpers, found.dask) == EngineSettings()
    (sentence,) = found.wrong
    assert told in sentence
    assert sentence.startswith("xiansuo.toml 的 [engine] ")


def test_a_table_written_as_a_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="一层方括号"):
        settings(tmp_path, "[[engine]]\nworkers = 2\n")
