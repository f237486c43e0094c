from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.servers.state import empty_state
from xiansuo.services.login import change_password, log_in
from xiansuo.services.office import initialise, open_office
from xiansuo.services.sessions import logged_in, open_session
from xiansuo.settings import Settings

CHOSEN = "杨柳青青江水平-2026"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    initialise(Settings(state_dir=empty_state(tmp_path / "state")))
    return tmp_path / "state"


@pytest.fixture
def add(run: Run, state: Path) -> Run:
    def one(login: str, role: str, *more: object) -> int:
        return run("--state", state, "accounts", "add", login, "--name", "演示人员", "--role", role, *more)

    return one


def _choose(state: Path, login: str, temporary: str) -> None:
    office = open_office(Settings(state_dir=state))
    found = logged_in(office, open_session(office, log_in(office, login, temporary).id))
    assert found
    change_password(office, found.viewer, temporary, CHOSEN)
    office.engine.dispose()


def _password(output: str) -> str:
    return output.split("只显示这一次：")[1].split(maxsplit=1)[0]


def _secret(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_text(text + "\n", encoding="utf-8")
    file.chmod(mode)
    return file


def test_the_first_head_works_at_once_and_confirms_a_reviewer_with_the_own_password(
    run: Run, add: Run, state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("head", "分管领导") == 0
    _choose(state, "head", _password(capsys.readouterr().out))
    assert add("reader", "reviewer") == 0
    temporary = _password(capsys.readouterr().out)
    confirm = ("--state", state, "accounts", "confirm", "reader", "--as", "head", "--password-file")
    assert run(*confirm, _secret(tmp_path, CHOSEN)) == 1
    assert "改好密码" in capsys.readouterr().err
    _choose(state, "reader", temporary)
    assert run(*confirm, _secret(tmp_path, CHOSEN)) == 0
    run("--state", state, "accounts", "list")
    shown = capsys.readouterr().out
    assert shown.count("在用") == 2
    assert temporary not in shown


def test_an_operator_cannot_confirm_with_the_own_password(
    run: Run, add: Run, state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add("ops", "operator")
    _choose(state, "ops", _password(capsys.readouterr().out))
    add("reader", "reviewer")
    file = _secret(tmp_path, CHOSEN)
    assert run("--state", state, "accounts", "confirm", "reader", "--as", "ops", "--password-file", file) == 1
    assert "分管领导" in capsys.readouterr().err


def test_a_command_without_a_terminal_asks_nothing(
    run: Run, add: Run, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add("reader", "reviewer")
    assert run("--state", state, "accounts", "confirm", "reader", "--as", "head") == 2
    assert "--password-file" in capsys.readouterr().err


def test_a_password_of_ones_own_is_read_from_a_private_file_and_not_shown(
    add: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("head", "head", "--password-file", _secret(tmp_path, "门前大桥下-2026", 0o644)) == 2
    assert "chmod 600" in capsys.readouterr().err
    assert add("head", "head", "--password-file", _secret(tmp_path, "门前大桥下-2026")) == 0
    assert "门前大桥下" not in capsys.readouterr().out


@pytest.mark.parametrize(("login", "role", "status"), [("reader", "emperor", 2), ("王芳", "reviewer", 1)])
def test_a_wrong_word_is_answered_with_what_may_be_written(
    add: Run, capsys: pytest.CaptureFixture[str], login: str, role: str, status: int
) -> None:
    assert add(login, role) == status
    assert ("reviewer" if status == 2 else "登录名") in capsys.readouterr().err


def test_reset_and_close_take_effect(run: Run, add: Run, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add("reader", "reviewer")
    before = _password(capsys.readouterr().out)
    assert run("--state", state, "accounts", "reset", "Reader") == 0
    assert _password(capsys.readouterr().out) != before
    assert run("--state", state, "accounts", "close", "reader") == 0
    run("--state", state, "accounts", "list")
    assert "已停用" in capsys.readouterr().out
    assert run("--state", state, "accounts", "close", "nobody") == 1
