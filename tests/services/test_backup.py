"""A backup is whole or not there, opens for its key alone, and brings back every table and every vault record."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from tests.servers.postgres import PostgresServer
from tests.services.backing_up import NAME, PHONE, SIGNED, made, made_apart, quiet, take_in, unlock
from tests.services.deciding import Room
from tests.services.samples import BANQUET, SEAL_CANARY, TO_SEAL
from xiansuo.errors import BackupError, OfficeError, UsageError, XiansuoError
from xiansuo.services import backup_files
from xiansuo.services.backup import change_key, recipient_of, verify
from xiansuo.services.backup_check import is_sound, told
from xiansuo.services.backup_kept import backups
from xiansuo.services.backup_key import Unlock, known_recipient
from xiansuo.services.keys import begin_rotation, load_keyring
from xiansuo.services.office import Office, open_office
from xiansuo.services.restore import drill, restore
from xiansuo.settings import Settings
from xiansuo.storage.portable import tables, tally_of
from xiansuo.storage.repositories import audit, runs
from xiansuo.storage.session import DATABASE_FILE, open_engine, reading, snapshot, transaction
from xiansuo.storage.tables import Letters
from xiansuo.text.entities import EntityFinder


@pytest.fixture
def filled(office: Office, finder: EntityFinder) -> Office:
    """An office with a letter that names its writer, one that cannot be read, and one that was sealed."""
    take_in(office, finder, SIGNED, TO_SEAL, "")
    return office


def held(engine: Engine) -> dict[str, tuple[int, str]]:
    """Count and digest every table."""
    with snapshot(engine) as session:
        tallies = {table.name: tally_of(session.connection(), table) for table in tables()}
    return {name: (one.rows, one.sha256) for name, one in tallies.items()}


@pytest.fixture
def postgres_url(postgres_database: Engine) -> str:
    """An empty database."""
    server = PostgresServer(postgres_database.url.port or 0)
    server.create_database("moved")
    return server.url("moved")


def test_every_table_and_vault_record_comes_back(room: Room, finder: EntityFinder) -> None:
    take_in(room.office, finder, SIGNED, TO_SEAL, "")
    before = held(room.office.engine)
    done = made(room.office)
    contents = drill(done.file, unlock(room.office), room.office.state_dir, tell=quiet)
    assert {name: (one.rows, one.sha256) for name, one in contents.tables.items()} == before
    assert contents.records == before["vault_records"][0] > 0
    assert is_sound(contents)
    assert not list(room.office.state_dir.glob(".restore-drill"))


def test_a_restored_office_reads_its_letters_and_searches_them(filled: Office, tmp_path: Path) -> None:
    restore(made(filled).file, unlock(filled), tmp_path / "new", actor="uid:0", tell=quiet)
    again = open_office(Settings(state_dir=tmp_path / "new"))
    with reading(again.engine) as session:
        found = again.vault.find(session, NAME)
        assert [again.vault.read_original(session, one).data.decode() for one in found] == [SIGNED]
        assert audit.verify(session).holds
        assert [one.action for one in audit.page(session)][-1] == "backup.restored"
    assert backup_files.keys(tmp_path / "new") == backup_files.keys(filled.state_dir)
    assert dict(backup_files.others(tmp_path / "new")) == dict(backup_files.others(filled.state_dir))
    again.engine.dispose()


def test_an_office_moves_to_postgresql_and_back(filled: Office, postgres_url: str, tmp_path: Path) -> None:
    with transaction(filled.engine) as session:
        first = runs.start(session, "sample")
    before = held(filled.engine)
    restore(made(filled).file, unlock(filled), tmp_path / "one", actor="uid:0", database=postgres_url, tell=quiet)
    moved = open_office(Settings(state_dir=tmp_path / "one"))
    try:
        with transaction(moved.engine) as session:
            assert runs.start(session, "report") == first + 1
        done = made(moved)
    finally:
        moved.engine.dispose()
    restore(done.file, unlock(filled), tmp_path / "two", actor="uid:0", tell=quiet)
    assert not (tmp_path / "one" / DATABASE_FILE).exists()
    back = open_engine(tmp_path / "two")
    after = held(back)
    back.dispose()
    same = [name for name in before if name not in {"runs", "audit_events", "counters"}]
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["runs"][0] == before["runs"][0] + 1


def test_nothing_of_a_writer_or_a_sealed_letter_can_be_read_in_the_file_or_its_name(filled: Office) -> None:
    data = made(filled).file.read_bytes()
    for secret in (NAME, PHONE, "孙广田", SEAL_CANARY):
        assert secret.encode() not in data
    assert all(key.hex().encode() not in data for key in load_keyring(filled.state_dir).vault.values())


def test_a_sealed_letter_stays_closed_for_whoever_opens_the_backup(filled: Office, tmp_path: Path) -> None:
    restore(made(filled).file, unlock(filled), tmp_path / "new", actor="uid:0", tell=quiet)
    envelopes = list((tmp_path / "new" / "sealed").glob("*.sealed"))
    assert len(envelopes) == 1
    everything = b"".join(file.read_bytes() for file in (tmp_path / "new").rglob("*") if file.is_file())
    assert SEAL_CANARY.encode() not in everything
    assert not list((tmp_path / "new").glob("*.pem"))


def test_letters_taken_in_meanwhile_are_whole_in_the_backup_or_not_there(office: Office, finder: EntityFinder) -> None:
    take_in(office, finder, SIGNED)
    stop = threading.Event()

    def go_on() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            take_in(office, finder, f"{BANQUET}第{number}次反映。")

    worker = threading.Thread(target=go_on)
    worker.start()
    try:
        every = [made_apart(office, number) for number in range(3)]
    finally:
        stop.set()
        worker.join()
    for done in every:
        contents = drill(done.file, done.key, office.state_dir, tell=quiet)
        assert contents.records == 3 * contents.letters + 1
        assert contents.tables["seen"].rows == contents.letters


def test_a_key_put_in_use_is_in_the_next_backup(filled: Office) -> None:
    begin_rotation(filled.state_dir)
    office = open_office(filled.settings)
    with transaction(office.engine) as session:
        office.vault.rotate(session, 1)
    assert made(office).contents.locked == 0
    office.engine.dispose()


def test_another_key_says_which_one_is_needed(filled: Office) -> None:
    done, first = made(filled), unlock(filled)
    other = change_key(filled, actor="uid:0")
    with pytest.raises(BackupError, match=f"编号 {recipient_of(done.file).id} 的备份私钥"):
        verify(done.file, Unlock(other.private))
    with pytest.raises(UsageError, match="--key"):
        verify(done.file, Unlock())
    assert verify(done.file, first)[1] is not None
    assert known_recipient(filled.state_dir) == other.recipient


def test_a_passphrase_opens_what_it_closed_and_lies_nowhere_on_the_machine(filled: Office) -> None:
    words = "白露为霜 所谓伊人 在水一方 溯洄从之"
    change_key(filled, actor="uid:0", passphrase=words)
    done = made(filled)
    with pytest.raises(BackupError, match="口令不对"):
        verify(done.file, Unlock(passphrase=words + "！"))
    found = verify(done.file, Unlock(passphrase=words))[1]
    assert found is not None
    assert "条条能解密" in "".join(told(found))
    assert not list(filled.state_dir.glob("*backup-private*"))
    assert all(words.encode() not in file.read_bytes() for file in filled.state_dir.rglob("*") if file.is_file())


@pytest.mark.parametrize("words", ["太短的口令", "1234567890", "啊" * 40])
def test_a_passphrase_that_is_easy_to_guess_is_refused(office: Office, words: str) -> None:
    with pytest.raises(UsageError):
        change_key(office, actor="uid:0", passphrase=words)
    assert known_recipient(office.state_dir) is None


def test_only_so_many_are_kept_and_only_ones_own_are_removed(filled: Office) -> None:
    with (filled.sources_file).open("a", encoding="utf-8") as settings:
        settings.write("\n[backup]\nkeep = 2\n")
    folder = filled.state_dir / "backups"
    first = made(filled)
    older = [
        first.file.with_name(first.file.name.replace(first.file.name[-22:-7], f"2020010{n}-000000")) for n in (1, 2, 3)
    ]
    for one in older:
        one.write_bytes(first.file.read_bytes())
    foreign = folder / "xiansuo-00000000-20200101-000000.backup"
    foreign.write_bytes(b"of another office")
    first.file.unlink()
    last = made(filled)
    assert last.dropped == 2
    assert {file.name for file in folder.iterdir()} == {older[2].name, foreign.name, last.file.name}
    assert [file for _, file in backups(filled)] == [last.file, older[2]]


def test_a_damaged_record_is_said_and_older_backups_stay(filled: Office) -> None:
    with transaction(filled.engine) as session:
        damaged = text("UPDATE vault_records SET ciphertext = :zeros WHERE kind = 'mask'")
        session.execute(damaged, {"zeros": bytes(40)})
    done = made(filled)
    assert not done.sound
    assert done.dropped == 0
    assert "打不开" in "".join(told(done.contents))


def test_a_medium_that_is_not_there_is_an_error(filled: Office) -> None:
    with (filled.sources_file).open("a", encoding="utf-8") as settings:
        settings.write('\n[backup]\nfolder = "/nowhere/at/all"\n')
    with pytest.raises(BackupError, match="不存在"):
        made(filled)


def test_nothing_is_restored_over_anything(filled: Office, tmp_path: Path) -> None:
    done = made(filled)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "note").write_text("here")
    with pytest.raises(OfficeError, match="不是空目录"):
        restore(done.file, unlock(filled), tmp_path / "used", actor="uid:0", tell=quiet)


def test_a_restoration_that_fails_leaves_nothing(filled: Office, tmp_path: Path) -> None:
    done, place = made(filled), tmp_path / "new"
    with pytest.raises(XiansuoError):
        restore(done.file, Unlock(filled.state_dir / "head-private-key.pem"), place, actor="uid:0", tell=quiet)
    assert not any(place.iterdir())


def test_what_was_made_is_on_the_audit_trail_with_its_digest(filled: Office) -> None:
    done = made(filled)
    with reading(filled.engine) as session:
        last = audit.page(session)[-1]
        count = session.scalar(select(func.count()).select_from(Letters))
    assert (last.action, last.object_id) == ("backup.made", done.digest.hex())
    assert done.digest == verify(done.file, None)[0]
    assert done.contents.letters == count
