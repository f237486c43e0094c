from pathlib import Path

import pytest

from tests.servers.postgres import PostgresServer
from xiansuo.errors import StorageError
from xiansuo.storage.address import ADDRESS_FILE, address_of, has_database, keep_address
from xiansuo.storage.session import DATABASE_FILE, open_engine

ADDRESS = "postgresql://xiansuo@db.example/xiansuo"


def test_a_new_state_directory_has_no_database(tmp_path: Path) -> None:
    assert not has_database(tmp_path)
    assert address_of(tmp_path) == ""


def test_a_kept_address_is_used_and_only_its_owner_reads_it(tmp_path: Path, postgres: PostgresServer) -> None:
    keep_address(tmp_path, postgres.url("postgres"))
    assert (tmp_path / ADDRESS_FILE).stat().st_mode & 0o777 == 0o600
    engine = open_engine(tmp_path)
    with engine.connect() as connection:
        assert connection.dialect.name == "postgresql"
    engine.dispose()
    assert not (tmp_path / DATABASE_FILE).exists()


def test_the_same_address_may_be_given_again_and_another_not(tmp_path: Path) -> None:
    keep_address(tmp_path, ADDRESS)
    keep_address(tmp_path, ADDRESS)
    with pytest.raises(StorageError, match="不能改用另一个"):
        keep_address(tmp_path, ADDRESS + "2")


def test_a_state_directory_with_an_sqlite_file_stays_with_it(tmp_path: Path) -> None:
    open_engine(tmp_path).dispose()
    with pytest.raises(StorageError, match="不能改用另一个"):
        keep_address(tmp_path, ADDRESS)


def test_an_address_file_open_to_others_is_refused(tmp_path: Path) -> None:
    keep_address(tmp_path, ADDRESS)
    (tmp_path / ADDRESS_FILE).chmod(0o640)
    with pytest.raises(StorageError, match="chmod 600"):
        open_engine(tmp_path)


@pytest.mark.parametrize("written", ["", "xinfang", "mysql://root:geheim@db/x", "postgresql://a:geheim@host:port/x"])
def test_what_is_no_address_is_told_without_quoting_it(tmp_path: Path, written: str) -> None:
    (tmp_path / ADDRESS_FILE).touch(mode=0o600)
    (tmp_path / ADDRESS_FILE).write_text(written, "utf-8")
    with pytest.raises(StorageError, match="不是 PostgreSQL 地址") as caught:
        open_engine(tmp_path)
    assert "geheim" not in str(caught.value)


def test_a_password_on_the_command_line_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="pgpass") as caught:
        keep_address(tmp_path, "postgresql://xiansuo:geheim@db.example/xiansuo")
    assert "geheim" not in str(caught.value)
    assert not has_database(tmp_path)
