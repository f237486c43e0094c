import io
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.small_home import make_home
from xiansuo.cli import main

Run = Callable[..., int]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture
def run(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command over the small content folders and return its exit status."""

    def once(*arguments: object, home: Path = home, stdin: bytes = b"") -> int:
        monkeypatch.setenv("XIANSUO_HOME", str(home))
        monkeypatch.setenv("XIANSUO_STATE_DIR", str(tmp_path / "no-state"))
        monkeypatch.setattr(sys, "argv", ["xiansuo", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        try:
            main()
        except SystemExit as left:
            return left.code if isinstance(left.code, int) else int(left.code is not None)
        return 0

    return once
