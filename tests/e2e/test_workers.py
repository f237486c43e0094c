"""Several processes store, byte for byte, what one stores, and killing any of them loses nothing."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Said, Warm, command, environment
from tests.e2e.piles import make_pile
from tests.e2e.tables import tables_of
from tests.servers.state import moved

BATCH = 12
KILLED = -signal.SIGKILL
Make = Callable[[str, int], Path]


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pile(tmp_path_factory.mktemp("pile") / "letters", less=4)


@pytest.fixture(scope="module")
def installation(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Make an installation on a database with so many workers; all of them have the same keys."""

    def make(database: str, workers: int) -> Path:
        state = tmp_path_factory.mktemp("workers") / "state"
        moved(template, state, postgres=database == "postgresql")
        with (state / "xiansuo.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"\n[engine]\nworkers = {workers}\n")
        return state

    return make


@pytest.fixture(scope="module")
def ingest(warm: Warm, pile: Path) -> Callable[..., Said]:
    def ingest_pile(state: Path, **knobs: Any) -> Said:
        return warm("ingest", pile, "--json", state=state, batch=BATCH, **knobs)

    return ingest_pile


@pytest.fixture(scope="module")
def alone(ingest: Callable[..., Said], installation: Make) -> dict[str, list[str]]:
    """What one process stores in SQLite."""
    state = installation("sqlite", 1)
    said = ingest(state)
    assert said.status == 0, said.err
    assert min(said.counts.values()) >= 1
    return tables_of(state)


def same(state: Path, alone: dict[str, list[str]]) -> None:
    found = tables_of(state)
    for name, rows in alone.items():
        assert found[name] == rows, name


@pytest.mark.parametrize(
    ("database", "workers"),
    [
        ("sqlite", 2),
        ("postgresql", 2),
        pytest.param("postgresql", 1, marks=pytest.mark.slow),
        pytest.param("sqlite", 3, marks=pytest.mark.slow),
        pytest.param("postgresql", 4, marks=pytest.mark.slow),
    ],
)
def test_several_processes_store_what_one_stores(
    ingest: Callable[..., Said], installation: Make, alone: dict[str, list[str]], database: str, workers: int
) -> None:
    state = installation(database, workers)
    said = ingest(state)
    assert said.status == 0, said.err
    same(state, alone)


def moments(number: int) -> list[float]:
    dice = random.Random(20261124)  # noqa: S311 - the same moments every time
    return [dice.uniform(0.1, 0.9) for _ in range(number)]


MANY = [pytest.param(base, one, marks=pytest.mark.slow) for one in moments(8) for base in ("sqlite", "postgresql")]
FEW = [("postgresql", 0.5)]


@pytest.mark.parametrize(("database", "moment"), [*FEW, *MANY])
def test_whoever_stores_killed_at_any_moment_loses_nothing(
    ingest: Callable[..., Said], installation: Make, alone: dict[str, list[str]], database: str, moment: float
) -> None:
    state = installation(database, 2)
    killed = ingest(state, after=4 * moment)
    assert killed.status in {0, KILLED}
    assert ingest(state).status == 0
    same_but_counted_again(state, alone)


def same_but_counted_again(state: Path, alone: dict[str, list[str]]) -> None:
    """Compare all that does not tell how often it was tried."""
    found = tables_of(state)
    for name in sorted(alone.keys() - {"orders", "samples"}):
        assert found[name] == alone[name], name


def children(process: int) -> list[int]:
    """The processes that a process began, as they are now."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]
    except FileNotFoundError:
        return []


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
@pytest.mark.parametrize("later", [0.0, *(pytest.param(one, marks=pytest.mark.slow) for one in moments(6))])
def test_a_worker_killed_at_any_moment_loses_nothing(
    pile: Path, installation: Make, alone: dict[str, list[str]], database: str, later: float
) -> None:
    state = installation(database, 2)
    process = subprocess.Popen(
        command("ingest", pile, state=state), env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    while process.poll() is None and not (workers := children(process.pid)):
        time.sleep(0.005)
    time.sleep(2 * later)
    for worker in workers[:1]:
        os.kill(worker, signal.SIGKILL)
    assert process.wait(timeout=200) == 0
    assert not [one for one in workers if Path(f"/proc/{one}").exists()]
    same_but_counted_again(state, alone)


def test_workers_end_with_whoever_began_them(pile: Path, installation: Make) -> None:
    process = subprocess.Popen(
        command("ingest", pile, state=installation("sqlite", 2)),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None and len(workers := children(process.pid)) < 2:
        time.sleep(0.005)
    process.kill()
    assert process.wait() == KILLED
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{one}").exists() for one in workers) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [one for one in workers if Path(f"/proc/{one}").exists()]
