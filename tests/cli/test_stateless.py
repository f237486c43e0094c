import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.servers.state import empty_state
from tests.services.samples import BANQUET, BENEFITS, REGISTER, TO_SEAL
from tests.small_home import make_home
from xiansuo.services.office import import_register, initialise, open_office
from xiansuo.settings import Settings

LETTERS = [
    {"id": "1", "kind": "letter", "subject": "反映马德才", "text": BENEFITS, "date": "2026-03-01"},
    {"id": "2", "text": BANQUET},
    {"id": "3", "text": BENEFITS},
]


def lines(*records: object) -> str:
    return "".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) + "\n" for one in records)


def rows(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_text(lines(*LETTERS), encoding="utf-8")
    return tmp_path / "in.jsonl"


def test_classify_writes_one_private_row_per_letter(run: Run, source: Path, tmp_path: Path) -> None:
    assert run("classify", "--input", source, "--output", tmp_path / "out.jsonl") == 0
    assert [row["id"] for row in rows(tmp_path / "out.jsonl")] == ["1", "2", "3"]
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "no-state").exists()


def test_link_writes_one_row_per_letter(run: Run, source: Path, tmp_path: Path) -> None:
    assert run("link", "--input", source, "--output", tmp_path / "out.jsonl") == 0
    found = rows(tmp_path / "out.jsonl")
    assert [row["clue"] for row in found] == ["1", "2", "1"]
    assert all(set(row) == {"id", "clue", "also", "relation", "adds"} for row in found)


@pytest.mark.parametrize("command", ["classify", "link"])
def test_bad_lines_are_told_by_number_and_never_shown(
    run: Run, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.jsonl").write_text(
        lines(LETTERS[0], "马德才的秘密\n", {"id": "马德才"}, LETTERS[1]), encoding="utf-8"
    )
    assert run(command, "--input", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl") == 0
    told = capsys.readouterr().err
    assert len(rows(tmp_path / "out.jsonl")) == 2
    assert "第 2 行不是 JSON" in told
    assert "第 3 行缺少 text" in told
    assert "共有 2 行" in told
    assert "马德才" not in told


def test_standard_input_and_output_serve_pipes(run: Run, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("classify", "--input", "-", "--output", "-", stdin=lines(LETTERS[1]).encode()) == 0
    (row,) = map(json.loads, capsysbinary.readouterr().out.splitlines())
    assert row["masked"] == BANQUET


@pytest.mark.parametrize(
    ("source_name", "target", "told"),
    [
        ("missing.jsonl", "out.jsonl", "--input"),
        ("in.jsonl", "missing/out.jsonl", "--output"),
        ("in.jsonl", ".", "--output"),
    ],
)
def test_files_that_cannot_be_used_are_wrong_usage(
    run: Run, source: Path, capsys: pytest.CaptureFixture[str], source_name: str, target: str, told: str
) -> None:
    assert run("classify", "--input", source.parent / source_name, "--output", source.parent / target) == 2
    assert told in capsys.readouterr().err
    assert [path.name for path in source.parent.iterdir()] == ["in.jsonl"]


def test_a_model_that_cannot_be_kept_is_one_sentence(
    run: Run, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = make_home(tmp_path / "home", every=200)
    (home / "models/scope_categories/artifacts").touch()
    assert run("classify", "--input", source, "--output", tmp_path / "out.jsonl", home=home) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert "不能写入" in told
    assert not (tmp_path / "out.jsonl").exists()


def test_the_register_of_the_installation_decides_what_is_sealed(run: Run, tmp_path: Path) -> None:
    settings = Settings(state_dir=empty_state(tmp_path / "state"))
    initialise(settings)
    office = open_office(settings)
    import_register(office, REGISTER)
    office.engine.dispose()
    (tmp_path / "in.jsonl").write_text(lines({"id": "1", "text": TO_SEAL}), encoding="utf-8")
    given = ("classify", "--input", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl")
    assert run("--state", tmp_path / "state", *given) == 0
    assert [row["seal"] for row in rows(tmp_path / "out.jsonl")] == ["higher-jurisdiction"]
    assert run(*given) == 0
    assert [row["seal"] for row in rows(tmp_path / "out.jsonl")] == [None]
