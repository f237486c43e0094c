import os
import stat
from pathlib import Path

import pytest

from pipelines.engine import configure, password_file

pytestmark = pytest.mark.usefixtures("environment")


def test_settings_that_would_send_runs_elsewhere_are_dropped(tmp_path: Path) -> None:
    os.environ["PREFECT_API_URL"] = "https://cloud.example/api"
    os.environ["PREFECT_API_KEY"] = os.environ["PREFECT_PROFILE"] = "x"
    configure(tmp_path)
    assert not {"PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_PROFILE"} & set(os.environ)


def test_the_address_of_prefects_own_database_is_kept(tmp_path: Path) -> None:
    os.environ["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = "postgresql+asyncpg://localhost/prefect"
    configure(tmp_path)
    assert os.environ["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://localhost/prefect"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DO_NOT_TRACK", "1"),
        ("PREFECT_SERVER_ANALYTICS_ENABLED", "false"),
        ("PREFECT_LOGGING_TO_API_ENABLED", "false"),
        ("NO_PROXY", "*"),
    ],
)
def test_nothing_is_told_to_anybody(tmp_path: Path, name: str, value: str) -> None:
    os.environ[name] = "other"
    configure(tmp_path)
    assert os.environ[name] == value


def test_prefects_files_are_nobody_elses_business(tmp_path: Path) -> None:
    home = configure(tmp_path)
    (home / "made-later").touch()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [home, *home.iterdir()]}
    assert modes == {"prefect": 0o700, "password": 0o600, "made-later": 0o600}


def test_every_installation_has_a_password_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    homes = [configure(tmp_path / name) for name in ("one", "two", "one")]
    first, second, again = (password_file(home).read_text() for home in homes)
    assert first == again != second
    assert os.environ["PREFECT_SERVER_API_AUTH_STRING"] == os.environ["PREFECT_API_AUTH_STRING"] == first.strip()
