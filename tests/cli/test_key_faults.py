"""A table of key file × fault × command: each says what happened and what to do, nothing is written, and nothing becomes unreadable."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.servers.state import copied_state, empty_state, execute
from tests.services.backing_up import sampled
from xiansuo.cli import app
from xiansuo.errors import KeyFileError
from xiansuo.services.keys import load_keyring
from xiansuo.services.office import initialise, open_office
from xiansuo.services.rotation import check
from xiansuo.settings import Settings
from xiansuo.storage.portable import tables, tally_of
from xiansuo.storage.session import open_engine, snapshot, transaction
from xiansuo.storage.vault import Original

FILES = ("vault", "current", "index.key", "signing.key", "head.pub")
COMMANDS = (
    ("queue", "--json"),
    ("ingest", "{letter}"),
    ("quarantine", "list"),
    ("quarantine", "retry"),
    ("sealed",),
    ("sealed", "new-key"),
    ("backup",),
    ("vault", "check"),
    ("vault", "rotate"),
    ("sample",),
)
"""What needs the keys, of what writes and what only reads."""


@pytest.fixture(scope="module")
def installations(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two installations, each with a record in its vault, and the head's private key taken away."""
    made = []
    for name in ("own", "other"):
        state = tmp_path_factory.mktemp(name) / "state"
        initialise(Settings(state_dir=empty_state(state)))
        office = open_office(Settings(state_dir=state))
        with transaction(office.engine) as session:
            office.vault.put_quarantine(session, [(1, Original(name.encode(), "1.dat", "text/plain"))])
        office.engine.dispose()
        (state / "head-private-key.pem").unlink()
        made.append(state)
    return made[0], made[1]


@pytest.fixture
def state(installations: tuple[Path, Path], tmp_path: Path) -> Path:
    return copied_state(installations[0], tmp_path / "state")


def key_file(state: Path, name: str) -> Path:
    return state / "keys" / (f"vault-{load_keyring(state).current}.key" if name == "vault" else name)


def _missing(file: Path, _other: Path) -> None:
    file.unlink()


def _empty(file: Path, _other: Path) -> None:
    file.write_bytes(b"")


def _truncated(file: Path, _other: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _open_to_others(file: Path, _other: Path) -> None:
    file.chmod(0o644)


def _linked(file: Path, _other: Path) -> None:
    file.symlink_to(file.rename(file.with_name("elsewhere")))


def _of_another(file: Path, other: Path) -> None:
    file.write_bytes(other.read_bytes())


FAULTS: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "missing": (_missing, "从备份"),
    "empty": (_empty, "从备份"),
    "truncated": (_truncated, "从备份"),
    "open to others": (_open_to_others, "chmod 600"),
    "a link": (_linked, "直接放在密钥目录"),
    "of another installation": (_of_another, "从备份"),
}


def held(state: Path) -> dict[str, object]:
    """Return the digest of every table, and of every file but the database."""
    engine = open_engine(state)
    with snapshot(engine) as session:
        found: dict[str, object] = {one.name: tally_of(session.connection(), one).as_json() for one in tables()}
    engine.dispose()
    files = (one for one in state.rglob("*") if one.is_file() and not one.name.startswith("xiansuo.db"))
    return found | {str(one): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


def said(state: Path, words: tuple[str, ...], letter: Path) -> str:
    """Return the sentence with which a command ends; it must be one about keys."""
    arguments = [word.format(letter=letter) for word in words]
    result = CliRunner().invoke(app, ["--state", str(state), *arguments])
    assert isinstance(result.exception, KeyFileError), (words, result.output, result.exception)
    return str(result.exception)


@pytest.mark.parametrize("fault", sampled(FAULTS, {"truncated", "of another installation"}))
@pytest.mark.parametrize("name", FILES)
def test_a_fault_of_a_key_file_stops_every_command_and_changes_nothing(
    installations: tuple[Path, Path], state: Path, tmp_path: Path, name: str, fault: str
) -> None:
    letter, whole = tmp_path / "1.txt", tmp_path / "keys"
    letter.write_text("村会计多报了两户补助。", "utf-8")
    shutil.copytree(state / "keys", whole)
    spoil, advice = FAULTS[fault]
    file = key_file(state, name)
    spoil(file, key_file(installations[1], name))
    before = held(state)
    for words in COMMANDS:
        sentence = said(state, words, letter)
        assert advice in sentence, (words, sentence)
        named = file.name in sentence or "current" in sentence
        assert named, (words, sentence)
    assert held(state) == before
    # The right files put back, everything opens.
    shutil.rmtree(state / "keys")
    shutil.copytree(whole, state / "keys")
    office = open_office(Settings(state_dir=state))
    assert check(office).locked == ()
    office.engine.dispose()


@pytest.mark.parametrize("fault", ["all keys of another installation", "no keys at all", "a folder open to others"])
def test_the_folder_of_keys_as_a_whole(
    installations: tuple[Path, Path], state: Path, tmp_path: Path, fault: str
) -> None:
    if fault == "a folder open to others":
        (state / "keys").chmod(0o755)
    else:
        shutil.rmtree(state / "keys")
    if fault.startswith("all"):
        shutil.copytree(installations[1] / "keys", state / "keys")
    before = held(state)
    advice = "chmod 700" if fault.startswith("a folder") else "从备份恢复"
    for words in COMMANDS:
        assert advice in said(state, words, tmp_path / "1.txt"), words
    assert held(state) == before


@pytest.mark.parametrize("name", ["vault", "index.key"])
def test_doctor_tells_the_same_and_examines_the_rest(installations: tuple[Path, Path], state: Path, name: str) -> None:
    _of_another(key_file(state, name), key_file(installations[1], name))
    result = CliRunner().invoke(app, ["--state", str(state), "doctor"])
    assert result.exit_code == 1
    flat = "".join(result.output.split())
    assert (name if name != "vault" else "vault-") in flat
    assert "磁盘" in flat


def test_the_trail_is_verified_without_any_key(state: Path) -> None:
    shutil.rmtree(state / "keys")
    assert CliRunner().invoke(app, ["--state", str(state), "audit", "verify"]).exit_code == 0


def test_an_installation_from_before_keys_were_noted_opens(state: Path) -> None:
    execute(state, "DELETE FROM vault_records WHERE kind = 'witness'")
    office = open_office(Settings(state_dir=state))
    assert check(office).count == 1
    office.engine.dispose()
