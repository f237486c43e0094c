import os
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from xiansuo.errors import StorageError
from xiansuo.storage.repositories import numbers, sources
from xiansuo.storage.session import add_missing, chunks, open_engine, reading, rewrite, transaction
from xiansuo.storage.tables import Letters, Sources


def add_source_and_fail(engine: Engine) -> None:
    with transaction(engine) as session:
        sources.get_or_create(session, "来访", "folder")
        raise InterruptedError


def test_a_transaction_is_kept_only_when_its_block_ends_well(engine: Engine) -> None:
    with transaction(engine) as session:
        sources.get_or_create(session, "来信", "folder")
    with pytest.raises(InterruptedError):
        add_source_and_fail(engine)
    with reading(engine) as session:
        assert list(session.scalars(select(Sources.name))) == ["来信"]


def test_a_reading_session_refuses_changes(engine: Engine) -> None:
    with pytest.raises(DBAPIError), reading(engine) as session:
        session.execute(delete(Sources))


def test_a_database_is_written_anew_also_by_a_connection_used_for_reading(engine: Engine) -> None:
    with reading(engine) as session:
        session.scalars(select(Sources)).all()
    assert rewrite(engine)


def test_a_connection_used_for_reading_can_write_afterwards(engine: Engine) -> None:
    with reading(engine) as session:
        session.scalars(select(Sources)).all()
    with transaction(engine) as session:
        assert sources.get_or_create(session, "来信", "folder") > 0


def test_exceptions_do_not_hold_letter_text(session: Session) -> None:
    secret = "甲某冒领补贴"
    with pytest.raises(DBAPIError) as caught:
        session.execute(
            Letters.__table__.insert(), [{"id": 1, "number": "1", "text": secret, "subject": secret, "source_id": 9}]
        )
    assert "letters" in str(caught.value)
    assert secret not in "".join(traceback.format_exception(caught.value))


def test_foreign_keys_hold(session: Session, letter_ids: list[int]) -> None:
    assert letter_ids
    with pytest.raises(IntegrityError):
        session.execute(delete(Sources))


def test_rows_already_there_are_left_out(session: Session) -> None:
    for names in (["甲", "乙"], ["乙", "丙"]):
        add_missing(session, Sources, [{"name": name, "kind": "folder"} for name in names])
    assert sorted(session.scalars(select(Sources.name))) == ["丙", "乙", "甲"]


def test_nothing_to_add_is_no_statement(session: Session) -> None:
    add_missing(session, Sources, [])
    assert session.scalars(select(Sources)).all() == []


def test_numbers_are_consecutive_in_each_series(session: Session) -> None:
    assert list(numbers.take(session, "甲", 3)) == [1, 2, 3]
    assert list(numbers.take(session, "乙")) == [1]
    assert list(numbers.take(session, "甲", 0)) == []
    assert list(numbers.take(session, "甲", 2)) == [4, 5]


def test_two_writers_wait_for_each_other_and_share_no_number(engine: Engine) -> None:
    given: list[int] = []

    def write() -> None:
        for _ in range(5):
            with transaction(engine) as session:
                given.extend(numbers.take(session, "甲"))
                time.sleep(0.002)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(given) == list(range(1, 21))


def test_chunks_keep_every_value_in_order() -> None:
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 30000),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("temp_store", 2),
        ("mmap_size", 0),
    ],
)
def test_sqlite_is_set_for_safety(sqlite_engine: Engine, pragma: str, value: object) -> None:
    with sqlite_engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


def test_database_files_are_closed_to_other_users(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        state_dir = tmp_path / "deep" / "state"
        with transaction(open_engine(state_dir)) as session:
            session.execute(text("CREATE TABLE one (id INTEGER)"))
            files = list(state_dir.iterdir())
            assert len(files) == 3
            assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        assert state_dir.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)


def test_a_database_open_to_others_is_refused(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "xiansuo.db").close()
    (tmp_path / "xiansuo.db").chmod(0o640)
    with pytest.raises(StorageError, match="chmod 600"):
        open_engine(tmp_path)


def test_a_link_in_the_place_of_the_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "xiansuo.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(StorageError, match="链接"):
        open_engine(tmp_path)


def test_nothing_committed_is_lost_when_a_process_opens_the_database_twice_beside_another(tmp_path: Path) -> None:
    code = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('SELECT id FROM one'))"
    look = [sys.executable, "-c", code, str(tmp_path / "xiansuo.db")]
    engine = open_engine(tmp_path)
    with transaction(engine) as session:
        session.execute(text("CREATE TABLE one (id INTEGER)"))
    open_engine(tmp_path)
    subprocess.run(look, check=True, capture_output=True)
    with transaction(engine) as session:
        session.execute(text("INSERT INTO one VALUES (7)"))
    assert subprocess.run(look, check=True, capture_output=True).stdout == b"(7,)\n"


def test_other_databases_are_refused() -> None:
    with pytest.raises(StorageError, match="postgresql"):
        open_engine("mysql://localhost/xiansuo")


def test_an_unreachable_server_does_not_tell_the_password() -> None:
    engine = open_engine("postgresql://xiansuo:secret@127.0.0.1:1/xiansuo")
    with pytest.raises(StorageError, match="连不上") as caught:
        engine.connect()
    assert caught.value.passing
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(engine)
