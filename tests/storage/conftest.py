import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.servers.postgres import PostgresServer, running_postgres
from tests.storage.samples import new_letter
from xiansuo.domain.keys import Keyring
from xiansuo.storage.migrations import migrate
from xiansuo.storage.repositories import letters, sources
from xiansuo.storage.session import DATABASE_FILE, open_engine, transaction
from xiansuo.storage.tables import Base


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    engine = open_engine(folder)
    migrate(engine)
    engine.dispose()
    return folder / DATABASE_FILE


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> Iterator[Engine]:
    postgres.create_database("migrated")
    engine = open_engine(postgres.url("migrated"))
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    state_dir = tmp_path / "state"
    state_dir.mkdir(mode=0o700)
    shutil.copy(sqlite_template, state_dir)
    engine = open_engine(state_dir)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(migrated_postgres: Engine) -> Iterator[Engine]:
    """One database for all tests, emptied after each: copying it takes ten times as long."""
    yield migrated_postgres
    with migrated_postgres.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on a migrated database, rolled back at the end."""
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def source_id(engine: Engine) -> int:
    with transaction(engine) as opened:
        return sources.get_or_create(opened, "信访邮箱", "imap")


@pytest.fixture
def letter_ids(engine: Engine, source_id: int) -> list[int]:
    """Three stored letters."""
    with transaction(engine) as opened:
        return letters.add(opened, [new_letter(source_id, text=f"反映第{number}件事") for number in range(3)])


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(
        current="new", vault={"old": b"o" * 32, "new": b"n" * 32}, index=b"i" * 32, signing=b"s" * 32, head=b"h" * 32
    )
