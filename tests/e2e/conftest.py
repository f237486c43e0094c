import fcntl
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.command import REGISTER, Warm, run, warmed
from tests.servers.state import copied_state, empty_state
from xiansuo.services.model import load_model
from xiansuo.settings import Settings


@pytest.fixture(scope="session")
def _model(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The shipped model. It is trained where there is none; of several test processes one trains and the others wait."""
    with (tmp_path_factory.getbasetemp().parent / "model.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        load_model(Settings(), tell=lambda _sentence: None)


@pytest.fixture(scope="session")
def warm(_model: None) -> Iterator[Warm]:
    """A process with everything loaded, from which commands are forked."""
    with warmed() as found:
        yield found


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, _model: None) -> Path:
    """A new installation with the fictional organisation register, made by the commands themselves, to be copied."""
    state = empty_state(tmp_path_factory.mktemp("template") / "state")
    assert run("init", state=state).status == 0
    assert run("org", "import", REGISTER, state=state).status == 0
    return state


@pytest.fixture(scope="session")
def new_state(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Make one more installation."""

    def make() -> Path:
        return copied_state(template, tmp_path_factory.mktemp("installation") / "state")

    return make


@pytest.fixture
def state(new_state: Callable[[], Path]) -> Path:
    return new_state()
