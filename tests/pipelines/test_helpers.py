import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import helpers
from pipelines.helpers import helped
from pipelines.serve import join
from tests.e2e.piles import make_pile
from tests.e2e.tables import tables_of
from tests.servers.state import moved
from tests.services.samples import REGISTER
from xiansuo.errors import OfficeError
from xiansuo.services.office import engine_settings, import_register, initialise, open_office
from xiansuo.services.triage import Bench, ingest_paths, waiting, work_off
from xiansuo.settings import Settings

LOCAL = '\n[engine]\ndask = "local"\n'
Make = Callable[[str], Settings]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Path:
    state = tmp_path_factory.mktemp("template") / "state"
    settings = Settings(state_dir=state, home=home)
    initialise(settings)
    office = open_office(settings)
    import_register(office, REGISTER)
    office.engine.dispose()
    return state


@pytest.fixture
def make(template: Path, tmp_path: Path, home: Path) -> Make:
    """Make an installation on a database; all have the same keys."""

    def made(database: str) -> Settings:
        state = moved(template, tmp_path / database, postgres=database == "postgresql")
        return Settings(state_dir=state, home=home)

    return made


def test_help_from_elsewhere_needs_postgresql(make: Make) -> None:
    settings = make("sqlite")
    with (settings.state_dir / "xiansuo.toml").open("a", encoding="utf-8") as file:
        file.write(LOCAL)
    found = engine_settings(settings.state_dir)
    assert (found.dask, found.helpers) == ("", 0)
    assert "PostgreSQL" in found.wrong[0]
    with pytest.raises(OfficeError, match="PostgreSQL"):
        join(settings, tell=print)


def test_a_scheduler_that_is_away_is_told_and_stops_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("prefect_dask") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("to run it: install the extra dask")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    settings = make("postgresql")
    with (settings.state_dir / "xiansuo.toml").open("a", encoding="utf-8") as file:
        file.write('\n[engine]\ndask = "tcp://127.0.0.1:1"\n')
    with helped(str(settings.state_dir), str(settings.home), helpers.SHARE) as troubles:
        done = True
    assert done
    (sentence,) = troubles
    assert "Dask 调度器连不上" in sentence


@pytest.mark.slow
@pytest.mark.prefect
def test_a_dask_cluster_stores_what_one_process_stores(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helpers, "SHARE", 20)
    pile = make_pile(tmp_path / "letters", less=3)
    pictures = []
    for database in ("sqlite", "postgresql"):
        settings = make(database)
        with (settings.state_dir / "xiansuo.toml").open("a", encoding="utf-8") as file:
            file.write(LOCAL)
        bench = Bench.prepare(settings)
        ingest_paths(bench, [pile])
        with helped(str(settings.state_dir), str(settings.home), waiting(bench.office)) as troubles:
            work_off(bench)
        assert troubles == []
        bench.office.engine.dispose()
        pictures.append(tables_of(settings.state_dir))
    for name, rows in pictures[0].items():
        assert pictures[1][name] == rows, name
