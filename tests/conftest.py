import pytest

from tests.servers.state import ON_POSTGRES


def pytest_configure(config: pytest.Config) -> None:
    if ON_POSTGRES:
        # What a test leaves open costs a server nothing; SQLite's connections say nothing of it either.
        config.addinivalue_line("filterwarnings", r"ignore:.*psycopg\.Connection.* was deleted:ResourceWarning")
