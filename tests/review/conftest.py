import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review.desk import Desk, open_desk, shared_template


@pytest.fixture(scope="session")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_template(tmp_path_factory.getbasetemp().parent)


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """An office with the sample letters, one account per role and an open round, and its application."""
    opened = open_desk(desk_template, tmp_path / "desk")
    yield opened
    opened.office.engine.dispose()


@pytest.fixture(scope="module")
def quiet_desk(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The same, one for all tests of a module that leave nothing behind."""
    opened = open_desk(desk_template, tmp_path_factory.mktemp("quiet") / "desk")
    yield opened
    opened.office.engine.dispose()
