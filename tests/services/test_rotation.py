"""Changing the vault's key loses nothing: stopped anywhere, among people at work, with copies of the database lying about."""

import fcntl
import os
import re
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tests.servers.state import sqlite_only
from tests.services.backing_up import NAME, SIGNED, made, quiet, sampled, take_in, unlock
from tests.services.deciding import Room
from tests.services.samples import BANQUET, TO_SEAL
from xiansuo.domain.recusal import RecusalProfile
from xiansuo.errors import KeyFileError
from xiansuo.services.keys import is_rotating, load_keyring
from xiansuo.services.office import Office, open_office
from xiansuo.services.restore import restore
from xiansuo.services.rotation import check, rotate
from xiansuo.services.upgrade import copy
from xiansuo.settings import Settings
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import reading, transaction
from xiansuo.text.entities import EntityFinder


@pytest.fixture
def filled(office: Office, finder: EntityFinder) -> Office:
    """An office with letters that name their writers, one that cannot be read, and one that was sealed."""
    take_in(office, finder, *(f"{SIGNED}第{number}次反映。" for number in range(4)), TO_SEAL, "")
    return office


def held(office: Office) -> list[tuple[str, int]]:
    """Return the kind and owner of every record; all have to open."""
    with reading(office.engine) as session:
        places = dict(office.vault.places(session))
    assert set(places.values()) == {True}
    return sorted(places)


def in_use(office: Office) -> set[str]:
    with reading(office.engine) as session:
        return set(office.vault.keys_in_use(session))


def vault_keys(state_dir: Path) -> set[str]:
    return {file.name.removeprefix("vault-").removesuffix(".key") for file in (state_dir / "keys").glob("vault-*.key")}


def test_every_record_is_closed_anew_on_both_databases_and_the_old_key_goes(room: Room, finder: EntityFinder) -> None:
    office = room.office
    take_in(office, finder, SIGNED, TO_SEAL, "")
    before, old = held(office), load_keyring(office.state_dir).current
    done = rotate(office, actor="uid:0")
    assert held(office) == sorted({*before, ("witness", 0)})
    assert in_use(office) == {done.key} == vault_keys(office.state_dir)
    assert done.count == sum(kind != "witness" for kind, _ in before)
    assert (done.dropped, done.locked) == ((old,), ())


def test_the_trail_tells_who_changed_which_key_and_nothing_else(filled: Office) -> None:
    done = rotate(filled, actor="uid:7")
    with reading(filled.engine) as session:
        last = audit.page(session)[-2:]
    assert [(one.action, one.object_id, one.actor) for one in last] == [
        ("vault.rotate", done.key, "uid:7"),
        ("vault.rotated", done.key, "uid:7"),
    ]


# Where a run is killed: before the nth statement of a kind, or before the nth time a file in the folder of keys gets its name.
_POINTS = {
    "the change is noted": ("^replace .*/keys/", 1),
    "the new key is written": ("^replace .*/keys/", 2),
    "the new key is put in use": ("^replace .*/keys/", 3),
    "the change is on the trail": ("INSERT INTO audit_events ", 1),
    "the first record is closed anew": ("UPDATE vault_records ", 1),
    "some records are closed anew": ("UPDATE vault_records ", 8),
    "all records are closed anew": ("UPDATE vault_records ", 13),
    "the old key is removed": ("^unlink .*/keys/", 1),
    "the note of the change is removed": ("^unlink .*/keys/", 2),
    "the end is on the trail": ("INSERT INTO audit_events ", 2),
}


FEW = {"the new key is put in use", "some records are closed anew", "the old key is removed"}


def killed(state_dir: Path, point: str) -> int:
    """Change the key in a process of its own that is killed at a point, and return how it ended."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            _die(state_dir, *_POINTS[point])
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _die(state_dir: Path, what: str, left: int) -> None:
    reached = count(1)

    def pass_by(told: str) -> None:
        if re.search(what, told) and next(reached) == left:
            os.kill(os.getpid(), signal.SIGKILL)

    def listening(name: str) -> Callable[..., Any]:
        done = getattr(Path, name)
        return lambda file, *more, **named: (pass_by(f"{name} {file}"), done(file, *more, **named))[1]

    for name in ("replace", "unlink"):
        setattr(Path, name, listening(name))
    event.listen(Engine, "before_cursor_execute", lambda *told: pass_by(told[2]))
    office = open_office(Settings(state_dir=state_dir))
    turn = office.vault.rotate
    office.vault.rotate = lambda session, **after: turn(session, 3, **after)  # type: ignore[method-assign]
    rotate(office, actor="uid:0")


@pytest.mark.parametrize("point", sampled(_POINTS, FEW))
def test_a_change_killed_before(filled: Office, open_again: Callable[[], Office], point: str) -> None:
    before, old = held(filled), load_keyring(filled.state_dir).current
    assert killed(filled.state_dir, point) == -signal.SIGKILL
    # Those who were at work and those who come now read everything, and nothing is without its key.
    assert held(filled) == held(open_again()) == before
    again = open_again()
    done = rotate(again, actor="uid:0")
    assert held(filled) == held(open_again()) == before
    assert in_use(again) == {done.key} == vault_keys(filled.state_dir)
    assert old not in vault_keys(filled.state_dir)
    assert not is_rotating(filled.state_dir)


def test_people_go_on_reading_and_writing_while_the_key_is_changed(room: Room, finder: EntityFinder) -> None:
    office, stop, written = room.office, threading.Event(), []
    take_in(office, finder, SIGNED)

    def go_on() -> None:
        while not stop.is_set():
            take_in(office, finder, f"{BANQUET}第{len(written)}次反映。")
            with transaction(office.engine) as session:
                office.vault.put_recusal(session, 9000, RecusalProfile(names=(f"第{len(written)}",)))
            written.append(len(written))

    worker = threading.Thread(target=go_on)
    worker.start()
    try:
        for _ in range(3):
            other = open_office(Settings(state_dir=office.state_dir)) if office.engine.name == "sqlite" else office
            rotate(other, actor="uid:0")
    finally:
        stop.set()
        worker.join()
    held(office)
    done = rotate(office, actor="uid:0")
    assert in_use(office) == {done.key} == vault_keys(office.state_dir)
    with reading(office.engine) as session:
        assert office.vault.read_recusal(session, 9000).names == (f"第{written[-1]}",)


def test_a_backup_made_before_comes_back_without_the_old_key_on_the_machine(filled: Office, tmp_path: Path) -> None:
    before, done = held(filled), made(filled)
    rotate(filled, actor="uid:0")
    restore(done.file, unlock(filled), tmp_path / "new", actor="uid:0", tell=quiet)
    again = open_office(Settings(state_dir=tmp_path / "new"))
    assert held(again) == before
    again.engine.dispose()


def test_a_backup_of_a_change_that_was_stopped_comes_back_and_goes_on(filled: Office, tmp_path: Path) -> None:
    assert killed(filled.state_dir, "some records are closed anew") == -signal.SIGKILL
    assert len(in_use(filled)) == 2
    restore(made(filled).file, unlock(filled), tmp_path / "new", actor="uid:0", tell=quiet)
    again = open_office(Settings(state_dir=tmp_path / "new"))
    assert rotate(again, actor="uid:0").continued
    assert len(in_use(again)) == 1
    again.engine.dispose()


@sqlite_only
def test_the_key_of_a_copy_that_an_upgrade_left_stays_until_the_copy_goes(filled: Office) -> None:
    old = load_keyring(filled.state_dir).current
    left = copy(filled.engine, filled.state_dir)
    assert rotate(filled, actor="uid:0").copies == {old: 1}
    assert old in vault_keys(filled.state_dir)
    assert rotate(filled, actor="uid:0", tidy=True).dropped == ()
    left.write_bytes(b"no database")
    assert old in rotate(filled, actor="uid:0", tidy=True).copies
    left.unlink()
    assert rotate(filled, actor="uid:0", tidy=True).dropped == (old,)
    held(filled)


def test_tidying_makes_no_new_key(filled: Office) -> None:
    key = load_keyring(filled.state_dir).current
    assert rotate(filled, actor="uid:0", tidy=True).key == key
    assert vault_keys(filled.state_dir) == {key}


def test_a_damaged_record_is_named_by_the_number_people_know_and_keeps_its_key(filled: Office) -> None:
    old = load_keyring(filled.state_dir).current
    with filled.engine.begin() as connection:
        connection.execute(
            text("UPDATE vault_records SET ciphertext = :x WHERE kind = 'mask' AND owner_id = 2"), {"x": b"x" * 40}
        )
    done = rotate(filled, actor="uid:0")
    assert done.locked == check(filled).locked
    assert len(done.locked) == 1
    assert "的遮盖对照" in done.locked[0]
    assert NAME not in repr(done)
    assert done.records == {old: 1}
    assert old in vault_keys(filled.state_dir)


def test_two_changes_at_once_are_one(filled: Office) -> None:
    with (filled.state_dir / ".vault.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(KeyFileError, match="正在进行"):
            rotate(filled, actor="uid:0")
    assert not is_rotating(filled.state_dir)
