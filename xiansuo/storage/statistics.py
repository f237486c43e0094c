"""What a database knows of itself: its size, and of its own tables, by which it chooses an index."""

from pathlib import Path

from sqlalchemy import Engine

from xiansuo.storage.address import DATABASE_FILE

_ROWS = 1_000
"""So many rows of an index are looked at: a fifth of a second for 100,000 letters, and enough to tell a good index from a bad one."""


def refresh(engine: Engine) -> None:
    """Let the database look at its tables again. Without this SQLite takes an index it knows nothing of for the best and reads whole tables."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA analysis_limit={_ROWS}")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def size(engine: Engine, state_dir: Path) -> int:
    """Return the bytes of the database, with its log where it is a file of the state directory."""
    if engine.dialect.name == "sqlite":
        return sum(file.stat().st_size for file in state_dir.glob(f"{DATABASE_FILE}*"))
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
