"""Backups through the years and through accidents: of every earlier revision, killed at every step, beside a trail that was cut."""

import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, text

from tests.servers.state import copied_state, empty_state, execute
from tests.services.backing_up import SIGNED, made, quiet, sampled, take_in, unlock
from tests.services.samples import TO_SEAL
from xiansuo.domain.audit import START, AuditEvent, hash_of
from xiansuo.errors import BackupError
from xiansuo.services import backup, restore
from xiansuo.services.backup import back_up, trail_here, verify
from xiansuo.services.backup_kept import backups
from xiansuo.services.backup_key import known_recipient
from xiansuo.services.keys import load_keyring
from xiansuo.services.office import Office, open_office
from xiansuo.services.rotation import check
from xiansuo.services.scheduled import was_scheduled
from xiansuo.services.watch import verify_and_anchor
from xiansuo.settings import Settings
from xiansuo.storage import portable
from xiansuo.storage.migrations import migrate_to, newest_revision, revision_in
from xiansuo.storage.repositories import audit, runs
from xiansuo.storage.session import open_engine, reading, transaction
from xiansuo.storage.vault import Original, Vault
from xiansuo.text.entities import EntityFinder


@pytest.fixture
def filled(office: Office, finder: EntityFinder) -> Office:
    take_in(office, finder, SIGNED, TO_SEAL, "")
    return office


@pytest.mark.parametrize(
    "revision", sampled([f"{number:04}" for number in range(1, int(newest_revision()) + 1)], {"0002"})
)
def test_a_backup_of_an_earlier_program_comes_back_in_this_one(
    office_template: Path, tmp_path: Path, revision: str
) -> None:
    settings = Settings(state_dir=empty_state(tmp_path / "old"))
    shutil.copytree(office_template / "keys", settings.state_dir / "keys")
    shutil.copy(office_template / "xiansuo.toml", settings.state_dir)
    engine = open_engine(settings.state_dir)
    with engine.begin() as connection:
        migrate_to(connection, revision)
        connection.execute(text("INSERT INTO sources (id, name, kind) VALUES (7, '信访邮箱', 'imap')"))
        connection.execute(
            text(
                "INSERT INTO sealed_receipts (id, number, channel, rule, file, created) "
                "VALUES (3, 'MF-2026-0001', '来信', 'self-related', 'a.sealed', '2026-03-02 01:00:00')"
            )
        )
        connection.execute(text("INSERT INTO counters (name, value) VALUES ('audit', 1)"))
        trail = portable.reflected(connection, ["audit_events"])["audit_events"]
        connection.execute(insert(trail).values(_first_event()))
    with transaction(engine) as session:
        Vault(load_keyring(settings.state_dir)).put_quarantine(session, [(4, Original(b"old bytes", "", "text/plain"))])
    engine.dispose()
    office = open_office(settings, outdated=True)
    # Of an earlier program only the backup is tried here, not how it goes on with its own trail.
    done = _of_an_earlier_program(office)
    restored = restore.restore(done, unlock(office), tmp_path / "new", actor="uid:0", tell=quiet)
    office.engine.dispose()
    assert restored.migrated is (revision != newest_revision())
    assert restored.contents.manifest["revision"] == revision
    again = open_office(Settings(state_dir=tmp_path / "new"))
    with reading(again.engine) as session:
        assert revision_in(session.connection()) == newest_revision()
        assert again.vault.read_quarantine(session, 4).data == b"old bytes"
        assert session.execute(text("SELECT number, source_id FROM sealed_receipts")).all() == [("MF-2026-0001", None)]
        assert session.scalar(text("SELECT name FROM sources WHERE id = 7")) == "信访邮箱"
        assert audit.verify(session).holds
        assert next(one.action for one in audit.page(session)) == "audit.verify"
    again.engine.dispose()


def _first_event() -> dict[str, object]:
    event = AuditEvent(1, datetime(2026, 3, 2, 1, tzinfo=UTC), "uid:0", "audit.verify", "", "")
    named = {"id": 1, "at": event.at, "actor": event.actor, "action": event.action, "object_kind": "", "object_id": ""}
    return named | {"previous": START, "hash": hash_of(event, START)}


def _of_an_earlier_program(office: Office) -> Path:
    with suppress(Exception):
        back_up(office, actor="uid:0")
    ((_, file),) = backups(office)
    return file


STEPS = ("_make_folder", "_write", "_tables", "read_through", "flush_folder", "append", "drop_old")


@pytest.mark.parametrize("step", sampled(STEPS, {"_write", "flush_folder", "append"}))
def test_a_backup_killed_at_any_step_is_whole_or_none_and_the_next_one_is_made(
    filled: Office, open_again: Callable[[], Office], step: str
) -> None:
    first = made(filled)
    first.file.rename(first.file.with_name(first.file.name.replace(first.file.name[-22:-7], "20200101-000000")))
    _killed(lambda: (_dying_at(step), back_up(open_again(), actor="uid:0")))
    left = [file for _, file in backups(filled)]
    assert len(left) == (2 if step in STEPS[4:] else 1)
    for file in left:
        assert verify(file, unlock(filled))[1] is not None
    others = {file.name for file in (filled.state_dir / "backups").iterdir()} - {file.name for file in left}
    assert all(name.startswith(".") for name in others)
    done = made(open_again())
    assert done.sound
    assert not list((filled.state_dir / "backups").glob(".*"))


@pytest.mark.parametrize("step", sampled(["begin", "_compare", "_compare_vault", "rebuild", "rename"], {"rename"}))
def test_a_restoration_killed_at_any_step_leaves_no_installation(filled: Office, tmp_path: Path, step: str) -> None:
    done, key, place = made(filled), unlock(filled), tmp_path / "new"
    _killed(lambda: (_dying_at(step, restore), restore.restore(done.file, key, place, actor="uid:0", tell=quiet)))
    assert not {"xiansuo.db", "database"} & {one.name for one in place.iterdir()}
    again = restore.restore(done.file, key, tmp_path / "again", actor="uid:0", tell=quiet)
    assert again.contents.locked == 0


def _killed(what: Callable[[], object]) -> None:
    """Do something in a process of its own that kills itself."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            what()
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _die(*_told: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dying_at(step: str, module: object = backup) -> None:
    """Let this process die when it begins a step."""
    if step == "append":
        event.listen(Engine, "before_cursor_execute", lambda *told: "INSERT INTO audit_events" in told[2] and _die())
    elif step == "rename":
        # The third of what was restored gets its name.
        names = iter((Path.rename, Path.rename, _die))

        def rename(file: Path, to: Path) -> Path:
            return next(names)(file, to) or to

        Path.rename = rename  # type: ignore[method-assign,assignment]
    elif step == "begin":
        restore._Taking.begin = _die  # type: ignore[method-assign]
    elif step == "rebuild":
        restore.search.rebuild = _die
    else:
        setattr(module, step, _die)


def test_no_key_is_made_for_a_folder_that_is_not_there(filled: Office) -> None:
    with filled.sources_file.open("a", encoding="utf-8") as settings:
        settings.write('\n[backup]\nfolder = "/nowhere/at/all"\n')
    with pytest.raises(BackupError, match="不存在"):
        made(filled)
    assert known_recipient(filled.state_dir) is None
    assert not list(filled.state_dir.glob("backup-private-key-*"))


def test_a_restored_installation_knows_that_it_was_served_by_a_schedule(filled: Office, tmp_path: Path) -> None:
    with reading(filled.engine) as session:
        assert not was_scheduled(filled.state_dir, session)
    with transaction(filled.engine) as session:
        runs.start(session, "deadlines")
    restore.restore(made(filled).file, unlock(filled), tmp_path / "new", actor="uid:0", tell=quiet)
    again = open_office(Settings(state_dir=tmp_path / "new"))
    with reading(again.engine) as session:
        assert was_scheduled(again.state_dir, session)
    assert check(again).locked == ()
    again.engine.dispose()


def test_a_trail_that_was_cut_after_a_backup_is_found_by_the_backup(filled: Office) -> None:
    made(filled)
    contents = verify(made(filled).file, unlock(filled))[1]
    assert contents is not None
    assert "相符" in trail_here(filled.settings, contents)
    with transaction(filled.engine) as session:
        for number in range(3):
            audit.append(session, actor="甲", action="clue.read", object_kind="clue", object_id=str(number))
    later = verify(made(filled).file, unlock(filled))[1]
    assert later is not None
    execute(filled.state_dir, "DELETE FROM audit_events WHERE id > 1")
    execute(filled.state_dir, "UPDATE counters SET value = 1 WHERE name = 'audit'")
    assert "从这一条起的记录缺失" in trail_here(filled.settings, later)


def test_nothing_is_said_of_another_installations_trail(filled: Office, office_template: Path, tmp_path: Path) -> None:
    contents = verify(made(filled).file, unlock(filled))[1]
    other = copied_state(office_template, tmp_path / "other")
    (other / "keys" / "signing.key").write_text("00" * 32 + "\n")
    execute(other, "DELETE FROM vault_records")
    assert contents is not None
    assert trail_here(Settings(state_dir=other), contents) == ""


def test_an_anchor_taken_after_the_instant_of_a_backup_is_not_in_it(
    filled: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify_and_anchor(filled, actor="uid:0")
    tables = backup._tables

    def then_anchor(*told: object) -> object:
        found = tables(*told)  # type: ignore[arg-type]
        with transaction(filled.engine) as session:
            audit.append(session, actor="甲", action="clue.read")
        (first,) = (filled.state_dir / "anchors").iterdir()
        first.rename(tmp_path / "first")
        verify_and_anchor(filled, actor="uid:0")
        (tmp_path / "first").rename(filled.state_dir / "anchors" / "anchor-first.txt")
        return found

    monkeypatch.setattr(backup, "_tables", then_anchor)
    done = made(filled)
    monkeypatch.undo()
    restore.restore(done.file, unlock(filled), tmp_path / "new", actor="uid:0", tell=quiet)
    assert [one.name for one in (tmp_path / "new" / "anchors").iterdir()] == ["anchor-first.txt"]
    again = open_office(Settings(state_dir=tmp_path / "new"))
    assert verify_and_anchor(again, actor="uid:0") > 0
    again.engine.dispose()
