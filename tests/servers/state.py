"""Makes and copies state directories for tests, on the database that `XIANSUO_TEST_DATABASE` names: sqlite (default) or postgresql."""

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.types.string import TextLoader
from sqlalchemy import make_url, text

from tests.servers.postgres import PostgresServer, running_postgres
from xiansuo.storage.address import ADDRESS_FILE, DATABASE_FILE, address_of, keep_address
from xiansuo.storage.migrations import migrate
from xiansuo.storage.repositories import register
from xiansuo.storage.session import open_engine, reading, transaction

ON_POSTGRES = os.environ.get("XIANSUO_TEST_DATABASE") == "postgresql"
sqlite_only = pytest.mark.skipif(ON_POSTGRES, reason="about the file in which SQLite keeps everything")
_numbers = count(1)


def empty_state(state_dir: Path, *, postgres: bool = ON_POSTGRES) -> Path:
    """Return `state_dir`; on PostgreSQL an empty database waits for the installation that will be made there."""
    if postgres:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_address(state_dir, _database())
    return state_dir


def copied_state(template: Path, state_dir: Path) -> Path:
    """Copy an installation nobody works with at this moment, its database included."""
    address = address_of(template)
    ignored = shutil.ignore_patterns("database") if address else None
    shutil.copytree(template, state_dir, ignore=ignored)
    if address:
        keep_address(state_dir, _database(str(make_url(address).database)))
    return state_dir


def moved(template: Path, state_dir: Path, *, postgres: bool) -> Path:
    """Copy an installation without letters, keys included, with its database on PostgreSQL or SQLite whatever the template's is."""
    ignored = shutil.ignore_patterns(ADDRESS_FILE, f"{DATABASE_FILE}*")
    shutil.copytree(template, state_dir, ignore=ignored)
    engine, old = open_engine(empty_state(state_dir, postgres=postgres)), open_engine(template)
    migrate(engine)
    with reading(old) as source, transaction(engine) as target:
        register.replace(target, register.load(source))
    for one in (engine, old):
        one.dispose()
    return state_dir


def emptied(state_dir: Path) -> None:
    """Put an empty database in the place of the installation's."""
    if (state_dir / ADDRESS_FILE).exists():
        (state_dir / ADDRESS_FILE).unlink()
        empty_state(state_dir, postgres=True)
    else:
        (state_dir / DATABASE_FILE).write_bytes(b"")


def execute(state_dir: Path, statement: str) -> None:
    """Change the installation's database behind the back of the program."""
    engine = open_engine(state_dir)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def values_on_server(state_dir: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every value of every table of the installation's PostgreSQL database, as it is stored; none where it lies in a file."""
    if not (state_dir / ADDRESS_FILE).exists():
        return
    with psycopg.connect(address_of(state_dir)) as connection:
        connection.adapters.register_loader("json", TextLoader)
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            for row in connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))):
                for value in row:
                    yield name, value if isinstance(value, bytes) else str(value).encode()


@cache
def shared_postgres() -> PostgresServer:
    """The server of this test process, started when it is first asked for."""
    stack = ExitStack()
    server = stack.enter_context(running_postgres())
    atexit.register(stack.close)
    return server


def _database(template: str = "template0") -> str:
    server, name = shared_postgres(), f"state{next(_numbers)}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        # A pool may still hold connections to the template, and then it could not be copied.
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        connection.execute(ended, (template,))
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
    return server.url(name)
