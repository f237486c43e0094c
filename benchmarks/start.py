"""Measures how soon the program answers: `--help`, a command's help, the first page and the first page of the queue.

usage: python -m benchmarks.start [--times 5]

Each is a process of its own, from its start, with bytecode compiled as an installed program has it; the first start after an installation
that compiled nothing costs twice to three times as much. The CPU time of a bare interpreter that imports nothing stands beside for comparison.
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TypeVar

from sqlalchemy import update

from benchmarks.baseline import children_seconds
from xiansuo.domain.people import Role
from xiansuo.services.accounts import Machine, create
from xiansuo.services.office import initialise, open_office
from xiansuo.services.sessions import open_session
from xiansuo.settings import Settings
from xiansuo.storage.tables import Accounts

Figures = TypeVar("Figures")
COMMAND = [sys.executable, "-c", "from xiansuo.cli import main; main()"]


def main() -> None:
    """Print one row for each thing that is waited for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    print(f"{'':28s} {'wall s':>8s} {'CPU s':>8s}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        _row("python -c pass", _again(times, lambda: _command([sys.executable, "-c", "pass"])))
        for words in ("--help", "queue --help", "model --help"):
            command = [*COMMAND, *words.split()]
            _row(f"xiansuo {words}", _again(times, lambda command=command: _command(command)))  # type: ignore[misc]
        state = Path(folder) / "state"
        cookie = _office(state)
        _row("xiansuo doctor", _again(times, lambda: _command([*COMMAND, "--state", str(state), "doctor"])))
        served = _again(times, lambda: _served(state, cookie))
    _row("serve: first page", [(wall, cpu) for wall, _, cpu in served])
    _row("serve: first queue page", [(wall, cpu) for _, wall, cpu in served])


def _again(times: int, step: Callable[[], Figures]) -> list[Figures]:
    """Return what `times` runs took, after one that compiles what it imports."""
    return [step() for _ in range(times + 1)][1:]


def _row(name: str, found: list[tuple[float, float]]) -> None:
    print(f"{name:28s} {median(wall for wall, _ in found):8.2f} {median(cpu for _, cpu in found):8.2f}", flush=True)


def _command(command: list[str]) -> tuple[float, float]:
    before, began = children_seconds(), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began, children_seconds() - before


def _office(state: Path) -> str:
    """Make an office with one head who is logged in and has chosen a password."""
    initialise(Settings(state_dir=state))
    office = open_office(Settings(state_dir=state))
    head = create(office, Machine(), "bench", "测量", Role.HEAD).account.id
    with office.engine.begin() as connection:
        connection.execute(update(Accounts).where(Accounts.id == head).values(must_change=False))
    cookie = open_session(office, head)
    office.engine.dispose()
    return cookie


def _served(state: Path, cookie: str) -> tuple[float, float, float]:
    """Return the seconds until the log-in page and until the queue was answered, and the CPU time of the server at its end."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    before, began = children_seconds(), time.perf_counter()
    server = subprocess.Popen(
        [*COMMAND, "--state", str(state), "serve", "--port", str(port)], stderr=subprocess.DEVNULL
    )
    try:
        _answered(port, "/login", "")
        first = time.perf_counter() - began
        _answered(port, "/queue?show=waiting", cookie)
        queue = time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(20)
    return first, queue, children_seconds() - before


def _answered(port: int, path: str, cookie: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", path, headers={"Cookie": f"xiansuo={cookie}"} if cookie else {})
            if connection.getresponse().status == 200:
                return
            raise RuntimeError(f"{path} was not answered")
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(path)


if __name__ == "__main__":
    os.environ.setdefault("LANG", "C.UTF-8")
    main()
