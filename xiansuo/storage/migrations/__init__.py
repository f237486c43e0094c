"""Brings a database to the revision this program needs."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from xiansuo.errors import StorageError
from xiansuo.storage.statistics import refresh

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).parent


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision in one transaction. Raises StorageError for one of a newer program."""
    if pending(engine):
        from alembic import command  # noqa: PLC0415 - slow to import, and most databases lack nothing

        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
        # New indexes are unknown until then.
        refresh(engine)


def migrate_to(connection: Connection, revision: str) -> None:
    """Bring an empty database to an earlier revision within the transaction at hand. Raises StorageError for one of a newer program."""
    from alembic import command  # noqa: PLC0415 - slow to import, and most databases lack nothing
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    known = ScriptDirectory.from_config(_config(None))
    if revision not in {script.revision for script in known.walk_revisions()}:
        raise StorageError(f"数据库版本 {revision} 比本程序新。请使用写入该数据库的程序版本，或更新的版本。")
    command.upgrade(_config(connection), revision)


def current_revision(engine: Engine) -> str | None:
    """Return the database's revision, or nothing for an empty database."""
    with engine.connect() as connection:
        return revision_in(connection)


def revision_in(connection: Connection) -> str | None:
    """Return the revision as a connection sees it, or nothing for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def newest_revision() -> str:
    """Return the revision this program needs: the number that the last of the files begins with."""
    return max(path.name for path in (_HERE / "versions").glob("[0-9]*.py")).partition("_")[0]


def pending(engine: Engine) -> list[str]:
    """Return the revisions the database still lacks, oldest first. Raises StorageError for one of a newer program."""
    current = current_revision(engine)
    if current == newest_revision():
        return []
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to import, and most databases lack nothing

    scripts = ScriptDirectory.from_config(_config(None))
    if current not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise StorageError(f"数据库版本 {current} 比本程序新。请使用写入该数据库的程序版本，或从备份恢复。")
    return [script.revision for script in scripts.iterate_revisions("head", current or "base")][::-1]


def _config(connection: Connection | None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - slow to import, and most databases lack nothing

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
