import re
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from tests.servers.state import empty_state
from xiansuo.cli import app
from xiansuo.services.office import initialise
from xiansuo.settings import Settings
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import open_engine, transaction


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """An installation with five audit events and no keys."""
    state = tmp_path / "state"
    initialise(Settings(state_dir=empty_state(state)))
    engine = open_engine(state)
    with transaction(engine) as session:
        for number in range(5):
            audit.append(session, actor="甲", action="clue.read", object_kind="clue", object_id=str(number))
    engine.dispose()
    for key in (state / "keys").iterdir():
        key.unlink()
    return state


def _run(state: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--state", str(state), "audit", *arguments])
    return result.exit_code, result.output


def _change(state: Path, statement: str) -> None:
    engine = open_engine(state)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_an_untouched_trail_holds_without_keys(state: Path) -> None:
    status, said = _run(state, "verify")
    assert status == 0
    assert "5 条" in said


def test_the_first_changed_event_is_named_and_the_status_is_1(state: Path) -> None:
    _change(state, "UPDATE audit_events SET actor = '乙' WHERE id = 3")
    status, said = _run(state, "verify")
    assert status == 1
    assert "前 2 条相符，第 3 条不符" in said


def test_an_anchor_kept_elsewhere_betrays_a_shortened_trail(state: Path, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor.txt"
    assert _run(state, "anchor", "--output", str(anchor))[0] == 0
    assert _run(state, "verify", "--anchor", str(anchor))[0] == 0
    _change(state, "DELETE FROM audit_events WHERE id > 4")
    _change(state, "UPDATE counters SET value = 4 WHERE name = 'audit'")
    assert _run(state, "verify")[0] == 0
    status, said = _run(state, "verify", "--anchor", str(anchor))
    assert status == 1
    assert "第 5 条" in said


def test_what_verify_shows_can_be_typed_back_and_betrays_a_shortened_trail(state: Path) -> None:
    told = _run(state, "verify")[1]
    spoken = re.search(r'--anchor "(.+?)"', told)
    assert spoken
    assert "抄在本机以外" in told
    assert _run(state, "verify", "--anchor", spoken[1])[0] == 0
    assert _run(state, "verify", "--anchor", spoken[1].lower().replace("0", "o"))[0] == 0
    _change(state, "DELETE FROM audit_events WHERE id > 3")
    _change(state, "UPDATE counters SET value = 3 WHERE name = 'audit'")
    assert _run(state, "verify")[0] == 0
    status, said = _run(state, "verify", "--anchor", spoken[1])
    assert status == 1
    assert "第 4 条" in said
    assert "末尾可能被截去" in said


def test_anchors_that_lie_on_the_machine_are_held_against_by_themselves(state: Path) -> None:
    (state / "anchors").mkdir()
    assert _run(state, "anchor", "--output", str(state / "anchors" / "one.txt"))[0] == 0
    assert _run(state, "verify")[0] == 0
    _change(state, "DELETE FROM audit_events WHERE id > 4")
    _change(state, "UPDATE counters SET value = 4 WHERE name = 'audit'")
    assert _run(state, "verify")[0] == 1


def test_an_exported_file_is_verified_alone_and_is_not_overwritten(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "trail.jsonl"
    assert _run(state, "export", "--output", str(file))[0] == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert _run(tmp_path / "nowhere", "verify", "--file", str(file))[0] == 0
    file.write_text(file.read_text(encoding="utf-8").replace('"甲"', '"乙"', 1), encoding="utf-8")
    assert _run(tmp_path / "nowhere", "verify", "--file", str(file))[0] == 1
    with pytest.raises(Exception, match="无法新建"):
        CliRunner().invoke(
            app, ["--state", str(state), "audit", "export", "--output", str(file)], catch_exceptions=False
        )
