"""The commands about the vault's keys, as an operator types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.servers.state import empty_state, execute
from xiansuo.cli import app
from xiansuo.errors import KeyFileError, UsageError
from xiansuo.services.backup_key import make_key
from xiansuo.services.keys import load_keyring
from xiansuo.services.office import initialise
from xiansuo.settings import Settings


@pytest.fixture
def state(tmp_path: Path) -> Path:
    state = tmp_path / "state"
    initialise(Settings(state_dir=empty_state(state)))
    return state


def said(state: Path, *arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--state", str(state), "vault", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_a_change_says_what_it_did_and_what_the_old_key_is_for(state: Path) -> None:
    old = load_keyring(state).current
    status, told = said(state, "rotate")
    new = load_keyring(state).current
    assert status == 0
    assert f"已换用密钥 {new}" in told
    assert f"旧密钥 {old} 已从本机删除" in told
    assert "备份私钥或口令" in told
    assert said(state, "check") == (0, "身份库 1 条记录，条条打得开。\n")


def test_records_that_do_not_open_are_listed_with_status_1(state: Path) -> None:
    execute(state, "INSERT INTO vault_records VALUES ('quarantine', 7, 'gone', 'n', 'c')")
    status, told = said(state, "check")
    assert status == 1
    assert "待处理第 7 号的原件" in told
    status, told = said(state, "rotate")
    assert status == 1
    assert "待处理第 7 号的原件" in told


@pytest.mark.parametrize("name", ["vault", "index.key", "signing.key", "head", "backup"])
def test_every_key_goes_to_paper_and_comes_back(state: Path, tmp_path: Path, name: str) -> None:
    file = {
        "vault": state / "keys" / f"vault-{load_keyring(state).current}.key",
        "head": state / "head-private-key.pem",
        "backup": make_key(state).private or state,
    }.get(name, state / "keys" / name)
    sheet, again = tmp_path / "sheet.txt", tmp_path / "again"
    assert said(state, "paper", file, "--output", sheet)[0] == 0
    text = sheet.read_text("utf-8")
    assert "能打开什么" in text
    assert "放在哪里" in text
    assert file.read_text("ascii").strip() not in text
    # Nobody types the rest of the sheet; it does no harm.
    assert said(state, "retype", sheet, "--output", again)[0] == 0
    assert again.read_bytes() == file.read_bytes()
    assert {one.stat().st_mode & 0o777 for one in (sheet, again)} == {0o600}


def test_a_slip_names_its_line_and_writes_nothing(state: Path, tmp_path: Path) -> None:
    sheet, output = tmp_path / "sheet.txt", tmp_path / "again"
    said(state, "paper", state / "keys" / "index.key", "--output", sheet)
    lines = sheet.read_text("utf-8").splitlines()
    (third,) = (at for at, line in enumerate(lines) if line.strip().startswith("3."))
    lines[third] = lines[third][:-1] + ("A" if lines[third][-1] != "A" else "B")
    sheet.write_text("\n".join(lines), "utf-8")
    with pytest.raises(UsageError, match="第 3 行录错"):
        said(state, "retype", sheet, "--output", output)
    assert not output.exists()


def test_nothing_is_overwritten(state: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    said(state, "paper", state / "keys" / "index.key", "--output", sheet)
    with pytest.raises(UsageError, match="换一个"):
        said(state, "retype", sheet, "--output", state / "keys" / "index.key")
    with pytest.raises(UsageError, match="换一个"):
        said(state, "paper", state / "keys" / "index.key", "--output", sheet)


@pytest.mark.parametrize("name", ["current", "head.pub", "other.txt", "none"])
def test_what_is_no_key_is_not_printed(state: Path, tmp_path: Path, name: str) -> None:
    (state / "keys" / "other.txt").write_text("00" * 32)
    with pytest.raises(KeyFileError):
        said(state, "paper", state / "keys" / name, "--output", tmp_path / "sheet.txt")
    assert not (tmp_path / "sheet.txt").exists()
