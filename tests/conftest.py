import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.offline.sitecustomize
from tests.offline import FOLDER
from tests.servers.state import ON_POSTGRES

# Each process that runs tests has its own list, and all that it starts write into it.
_CALLS = Path(tempfile.mkdtemp(prefix="xiansuo-calls-")) / "calls.txt"
os.environ[tests.offline.sitecustomize.CALLS] = str(_CALLS)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (FOLDER, os.environ.get("PYTHONPATH", ""))))


@pytest.fixture(autouse=True)
def _reaches_no_other_machine() -> Iterator[None]:
    """Fail a test in which anything asked for a name or for a line to another machine, however well it took the refusal."""
    yield
    if _CALLS.exists():
        told = _CALLS.read_text(encoding="utf-8")
        _CALLS.unlink()
        pytest.fail(f"reached for another machine:\n{told}")


def pytest_configure(config: pytest.Config) -> None:
    if ON_POSTGRES:
        # What a test leaves open costs a server nothing; SQLite's connections say nothing of it either.
        config.addinivalue_line("filterwarnings", r"ignore:.*psycopg\.Connection.* was deleted:ResourceWarning")


def pytest_unconfigure() -> None:
    _CALLS.unlink(missing_ok=True)
    _CALLS.parent.rmdir()
