"""A PostgreSQL server for one run of a benchmark."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_server(database: str) -> Iterator[str]:
    """Start a server that does not wait for the disk in a temporary folder, and yield the address of a new, empty database. All is gone at the end."""
    from tests.servers.postgres import running_postgres  # noqa: PLC0415 - needs psycopg, an extra

    with running_postgres() as server:
        server.create_database(database)
        yield server.url(database)
