"""A PostgreSQL server for tests, without durability, in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
_MISSING = "PostgreSQL is not installed; install Debian's package postgresql"
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
}


def _not_ours() -> None:
    raise RuntimeError("a server is restarted by who started it")


@dataclass(frozen=True)
class PostgresServer:
    """A running server. `restart` ends it at once, as a crash does, and returns when it answers again; only who started it can."""

    port: int
    restart: Callable[[], None] = field(default=_not_ours, repr=False, compare=False)

    def url(self, database: str) -> str:
        """Address of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> None:
        """Make an empty database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def require_postgres() -> Path:
    """Return the folder of the server's programs. Skips the test where there is none, except on the build machine."""
    if _BINARIES:
        return _BINARIES[-1]
    if os.environ.get("CI") == "true":
        pytest.fail(_MISSING)
    pytest.skip(_MISSING)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server and stop it at the end. The server refuses to run as root, so root lends it the user postgres."""
    programs = require_postgres()
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="xiansuo-postgres-"))
    if user:
        shutil.chown(folder, user)
    try:
        with _serving(programs, folder / "data", user) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def _serving(programs: Path, data: Path, user: str | None) -> Iterator[PostgresServer]:
    initdb = [
        programs / "initdb",
        "--pgdata",
        data,
        "--no-sync",
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run(initdb, check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")
    port = _free_port()
    settings = [f"--{name.replace('_', '-')}={value}" for name, value in _SETTINGS.items()]
    command = [programs / "postgres", "-D", data, "-p", str(port), "-k", data, *settings]

    def start() -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(command, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        _wait_for(server, process)
        return process

    def restart() -> None:
        running[0].send_signal(signal.SIGQUIT)
        running[0].wait(timeout=30)
        running[0] = start()

    server = PostgresServer(port, restart)
    running = [start()]
    try:
        yield server
    finally:
        # The "fast" way: SIGTERM would wait for every pool that somebody left open.
        running[0].send_signal(signal.SIGINT)
        running[0].wait(timeout=30)


def _wait_for(server: PostgresServer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(server.url("postgres")).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("PostgreSQL did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
