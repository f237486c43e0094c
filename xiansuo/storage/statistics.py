"""Keeps what the database knows of its own tables up to date, since it chooses an index by that."""

from sqlalchemy import Engine

_ROWS = 1_000
"""So many rows of an index are looked at: a fifth of a second for 100,000 letters, and enough to tell a good index from a bad one."""


def refresh(engine: Engine) -> None:
    """Let the database look at its tables again. Without this SQLite takes an index it knows nothing of for the best and reads whole tables."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA analysis_limit={_ROWS}")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
