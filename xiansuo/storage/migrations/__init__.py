"""Brings a database to the revision this program needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from xiansuo.errors import StorageError


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision in one transaction. Raises StorageError for one of a newer program."""
    if pending(engine):
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")


def current_revision(engine: Engine) -> str | None:
    """Return the database's revision, or nothing for an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def pending(engine: Engine) -> list[str]:
    """Return the revisions the database still lacks, oldest first. Raises StorageError for one of a newer program."""
    scripts = ScriptDirectory.from_config(_config(None))
    current = current_revision(engine)
    if current not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise StorageError(f"数据库版本 {current} 比本程序新。请使用写入该数据库的程序版本，或从备份恢复。")
    return [script.revision for script in scripts.iterate_revisions("head", current or "base")][::-1]


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
