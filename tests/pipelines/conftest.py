import os
import tempfile

# Importing a flow imports Prefect, which must not look into the home directory or call anybody.
os.environ.setdefault("PREFECT_HOME", tempfile.mkdtemp(prefix="prefect-"))
os.environ |= {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.dovecot import dovecot, dovecot_server
from tests.small_home import make_home
from xiansuo.services.model import load_model
from xiansuo.settings import Settings

__all__ = ["dovecot", "dovecot_server"]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Content folders with a small model, trained."""
    home = make_home(tmp_path_factory.mktemp("home"))
    load_model(Settings(home=home), tell=lambda _sentence: None)
    return home


@pytest.fixture
def environment() -> Iterator[None]:
    """Put the process's environment and file mask back at the end."""
    before, mask = dict(os.environ), os.umask(0o022)
    yield
    os.umask(mask)
    os.environ.clear()
    os.environ.update(before)
