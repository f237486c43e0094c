"""Brings a backup back into an empty place, and says that everything is there only after comparing every table and vault record."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, Table

from xiansuo.errors import BackupError, OfficeError, system_sentence
from xiansuo.services.backup import opened, opened_with
from xiansuo.services.backup_check import TRAIL, Contents, locked_in, read_through, trail_in
from xiansuo.services.backup_key import Unlock
from xiansuo.services.durable import write_new
from xiansuo.services.erased_again import erase_again
from xiansuo.services.keys import load_keyring
from xiansuo.services.office import open_office
from xiansuo.settings import Settings
from xiansuo.storage import portable
from xiansuo.storage.address import ADDRESS_FILE, DATABASE_FILE, keep_address
from xiansuo.storage.archive import ArchiveReader
from xiansuo.storage.migrations import current_revision, migrate, migrate_to, pending
from xiansuo.storage.portable import Tally
from xiansuo.storage.repositories import audit, search
from xiansuo.storage.session import open_engine, transaction
from xiansuo.storage.statistics import refresh
from xiansuo.storage.vault import Vault

_DRAFT = ".restoring"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back and compared; `migrated` where the backup was of an earlier program.

    `erased` is how many certificates of erasure were applied that are newer than the backup.
    """

    contents: Contents
    migrated: bool
    erased: int = 0


@dataclass(slots=True)
class _Taking:
    """Puts files into a folder and rows into tables, which are made as they were when the backup was made."""

    folder: Path
    connection: Connection
    tables: Mapping[str, Table] = field(default_factory=dict)

    def begin(self, revision: str) -> None:
        migrate_to(self.connection, revision)
        self.tables = portable.reflected(self.connection, (table.name for table in portable.tables()))

    def file(self, name: str, data: bytes) -> None:
        place = self.folder / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(place, data)

    def block(self, table: str, block: bytes) -> None:
        if table not in self.tables:
            raise BackupError("备份里有这一版程序不认识的表。请用做备份时的程序版本，或更新的版本恢复。")
        portable.load(self.connection, self.tables[table], block)


def restore(file: Path, unlock: Unlock, to: Path, *, actor: str, database: str = "", tell: Tell) -> Restored:
    """Bring a backup back into an empty folder, or its tables into the empty PostgreSQL database at a URL.

    What does not compare is taken away again: nothing stands under its name before everything was compared. Raises XiansuoError.
    """
    _require_empty(to)
    with opened(file, unlock) as archive:
        restored = _restored(archive, to, database, tell, beside=file.parent)
    with _engine(to) as engine:
        # What a database knows of its tables is not in a backup.
        refresh(engine)
        with transaction(engine) as session:
            audit.append(
                session, actor=actor, action="backup.restored", object_kind="backup", object_id=archive.digest.hex()
            )
    return restored


def drill(file: Path, key: bytes | Unlock, beside: Path, *, tell: Tell) -> Contents:
    """Bring a backup back into a folder in `beside` that nobody else can enter, compare everything, and remove it again."""
    folder = beside / ".restore-drill"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        with opened_with(file, key) if isinstance(key, bytes) else opened(file, key) as archive:
            return _restored(archive, folder, "", tell).contents
    finally:
        shutil.rmtree(folder)


def _restored(archive: ArchiveReader, to: Path, database: str, tell: Tell, *, beside: Path | None = None) -> Restored:
    draft = to / _DRAFT
    try:
        draft.mkdir(mode=0o700, parents=True)
        if database:
            keep_address(draft, database)
        with _engine(draft) as engine:
            _require_no_tables(engine)
            restored = _loaded(archive, draft, engine, tell)
        if beside is not None:
            restored = replace(restored, erased=_erased_again(draft, beside))
        # The database comes last: without it there is no installation, with it there is a whole one.
        for one in sorted(
            draft.iterdir(), key=lambda one: (one.name.startswith((DATABASE_FILE, ADDRESS_FILE)), one.name)
        ):
            one.rename(to / one.name)
        draft.rmdir()
    except OSError as error:
        raise BackupError(f"没有恢复成，已撤掉恢复了一半的内容。{system_sentence(error)}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return restored


def _erased_again(draft: Path, beside: Path) -> int:
    """Erase what was erased since, while what was restored has no name yet under which anybody could work with it."""
    office = open_office(Settings(state_dir=draft))
    try:
        return erase_again(office, beside)
    finally:
        office.engine.dispose()


def _loaded(archive: ArchiveReader, draft: Path, engine: Engine, tell: Tell) -> Restored:
    """Load everything in one transaction, which ends only after everything was compared."""
    tell("正在读出并核对……")
    with engine.begin() as connection:
        taking = _Taking(draft, connection)
        contents = read_through(archive, taking)
        portable.renumber(connection, taking.tables.values())
        tell("正在逐表比较……")
        _compare(connection, taking.tables, contents)
        _compare_vault(connection, draft, taking.tables, contents)
    older = bool(pending(engine))
    migrate(engine)
    with transaction(engine) as session:
        search.rebuild(session)
    return Restored(contents, older)


def _compare(connection: Connection, tables: Mapping[str, Table], contents: Contents) -> None:
    for name, expected in contents.tables.items():
        found = portable.tally_of(connection, tables[name])
        if found.as_json() != expected.as_json():
            raise BackupError(f"恢复后的表 {name} 与备份不一致，已撤掉。请报给维护人员。")


def _compare_vault(connection: Connection, draft: Path, tables: Mapping[str, Table], contents: Contents) -> None:
    locked = locked_in(connection, Vault(load_keyring(draft)))
    # As the table was then: the trail's own repository knows only how it is now.
    trail = trail_in(portable.blocks(connection, tables[TRAIL], Tally()))
    if locked != contents.locked:
        raise BackupError("恢复后的身份库有记录打不开，已撤掉。请报给维护人员。")
    if contents.trail is not None and trail.holds != contents.trail.holds:
        raise BackupError("恢复后的审计日志与备份不一致，已撤掉。请报给维护人员。")


@contextmanager
def _engine(folder: Path) -> Iterator[Engine]:
    engine = open_engine(folder)
    try:
        yield engine
    finally:
        engine.dispose()


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OfficeError(f"{folder} 不是空目录，没有恢复。请另选一个空目录，或先移走里面的内容；程序不会覆盖。")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _require_no_tables(engine: Engine) -> None:
    if current_revision(engine) is not None:
        raise OfficeError("给出的数据库里已有本程序的表，没有恢复。请给一个空的数据库。")
