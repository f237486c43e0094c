from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from xiansuo.domain.letter import Channel
from xiansuo.errors import KeyFileError, UsageError, VaultLockedError
from xiansuo.services.keys import create_keys
from xiansuo.services.seal import SEALED_FOLDER, LetterToSeal, seal, unseal
from xiansuo.storage.migrations import migrate
from xiansuo.storage.repositories import sealed
from xiansuo.storage.session import open_engine, reading, transaction

DATA = "反映县委书记的信".encode() * 20
LETTER = LetterToSeal(DATA, date(2026, 3, 2), Channel.POST, "seal.higher")


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    create_keys(tmp_path)
    return tmp_path


@pytest.fixture
def engine(state_dir: Path) -> Iterator[Engine]:
    engine = open_engine(state_dir)
    migrate(engine)
    yield engine
    engine.dispose()


def test_a_sealed_letter_leaves_a_receipt_and_an_envelope_for_the_head(engine: Engine, state_dir: Path) -> None:
    with transaction(engine) as session:
        receipt = seal(session, state_dir, LETTER)
    with reading(engine) as session:
        assert sealed.list_all(session) == [receipt]
    envelope = state_dir / SEALED_FOLDER / receipt.file
    assert envelope.stat().st_mode & 0o777 == 0o600
    assert unseal(envelope, head_private=state_dir / "head-private-key.pem") == DATA


def test_no_file_of_the_state_directory_holds_the_content(engine: Engine, state_dir: Path) -> None:
    with transaction(engine) as session:
        seal(session, state_dir, LETTER)
    files = [file for file in state_dir.rglob("*") if file.is_file()]
    assert len(files) > 5
    assert [file.name for file in files if "县委书记".encode() in file.read_bytes()] == []


def test_a_letter_to_seal_does_not_print() -> None:
    assert "b'" not in repr(LETTER)


def test_an_envelope_without_the_heads_key_stays_closed(engine: Engine, state_dir: Path, tmp_path: Path) -> None:
    with transaction(engine) as session:
        receipt = seal(session, state_dir, LETTER)
    other = create_keys(tmp_path / "other").head_private
    with pytest.raises(VaultLockedError):
        unseal(state_dir / SEALED_FOLDER / receipt.file, head_private=other)
    with pytest.raises(KeyFileError):
        unseal(state_dir / SEALED_FOLDER / receipt.file, head_private=tmp_path / "none.pem")
    with pytest.raises(UsageError):
        unseal(state_dir / SEALED_FOLDER / "none.sealed", head_private=other)


def test_a_damaged_envelope_is_told_from_one_of_another_key(engine: Engine, state_dir: Path) -> None:
    with transaction(engine) as session:
        receipt = seal(session, state_dir, LETTER)
    envelope = state_dir / SEALED_FOLDER / receipt.file
    whole = envelope.read_bytes()
    for damaged in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b""):
        envelope.chmod(0o600)
        envelope.write_bytes(damaged)
        with pytest.raises(VaultLockedError, match="缺损"):
            unseal(envelope, head_private=state_dir / "head-private-key.pem")
