import fcntl
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.servers.postgres import running_postgres
from tests.servers.state import copied_state, empty_state
from tests.services.deciding import Room, furnish
from tests.services.samples import REGISTER
from xiansuo.services.analysis import Analyser, load_analyser
from xiansuo.services.office import Office, import_register, initialise, open_office
from xiansuo.services.triage import Bench
from xiansuo.settings import Settings
from xiansuo.storage.migrations import migrate
from xiansuo.storage.session import open_engine
from xiansuo.storage.tables.base import Base
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons


@pytest.fixture(scope="session")
def office_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new installation with its register imported, to be copied."""
    settings = Settings(state_dir=empty_state(tmp_path_factory.mktemp("template") / "state"))
    initialise(settings)
    office = open_office(settings)
    import_register(office, REGISTER)
    office.engine.dispose()
    return settings.state_dir


@pytest.fixture
def settings(office_template: Path, tmp_path: Path) -> Settings:
    return Settings(state_dir=copied_state(office_template, tmp_path / "state"))


@pytest.fixture
def open_again(settings: Settings) -> Iterator[Callable[[], Office]]:
    """Open the office once more, as another process would."""
    opened: list[Office] = []

    def again() -> Office:
        opened.append(open_office(settings))
        return opened[-1]

    yield again
    for office in opened:
        office.engine.dispose()


@pytest.fixture
def office(open_again: Callable[[], Office]) -> Office:
    return open_again()


@pytest.fixture(scope="session")
def finder() -> EntityFinder:
    return EntityFinder(Lexicons.load(Settings().lexicons), REGISTER)


@pytest.fixture(scope="session")
def analyser(tmp_path_factory: pytest.TempPathFactory) -> Analyser:
    """The shipped model. It is trained where there is none; of several test processes one trains and the others wait."""
    with (tmp_path_factory.getbasetemp().parent / "model.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return load_analyser(Settings(), REGISTER, tell=lambda _sentence: None)


@pytest.fixture
def bench(office: Office, analyser: Analyser) -> Bench:
    return Bench(office, analyser)


@pytest.fixture
def letters_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "来件"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[Engine]:
    """One migrated database for all tests."""
    with running_postgres() as server:
        server.create_database("office")
        engine = open_engine(server.url("office"))
        migrate(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def postgres_office(office: Office, postgres_database: Engine) -> Iterator[Office]:
    """The office with its tables on PostgreSQL, emptied afterwards."""
    yield replace(office, engine=postgres_database)
    with postgres_database.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture(params=["sqlite", "postgres"])
def room(request: pytest.FixtureRequest) -> Room:
    """People in a round with clues to read, on both databases."""
    office: Office = request.getfixturevalue("office" if request.param == "sqlite" else "postgres_office")
    return furnish(office)
