"""Brings an installation to this program: a copy of the database first, then its tables, then its letters."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from xiansuo.errors import OfficeError, StorageError
from xiansuo.services.backup import Tell, back_up
from xiansuo.services.backup_check import told
from xiansuo.services.keys import note_keys
from xiansuo.services.model import unfit_in_use
from xiansuo.services.office import open_office
from xiansuo.services.remask import remask as mask_again
from xiansuo.services.triage import Bench, work_off
from xiansuo.settings import Settings
from xiansuo.storage.address import has_database, on_server
from xiansuo.storage.migrations import current_revision, migrate, pending
from xiansuo.storage.repositories import letters, suggestions
from xiansuo.storage.session import CHINA, open_engine, transaction

BACKUPS_FOLDER = "backups"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """Where the copy of the database lies (nowhere when the database was empty), and how many letters were analysed."""

    backup: Path | None
    analysed: int


def upgrade(settings: Settings, tell: Tell, *, actor: str = "upgrade", remask: bool = False) -> Upgraded:
    """Copy the database, migrate it, mask letters anew if asked, and analyse what other rules or another model analysed.

    Of a database on PostgreSQL the copy is a backup like any other, of which the audit trail tells that `actor` made it.

    Older suggestions and all links stay: decisions refer to them. A killed upgrade goes on where it was when run again.
    Raises XiansuoError with what is in the way; the copy is made before anything changes. A site model in use that does not fit this
    program is told first, and stands in the way once the tables are brought up to date.
    """
    state_dir = settings.state_dir
    if not has_database(state_dir):
        raise OfficeError(f"{state_dir} 里没有数据库。新装请执行 xiansuo init；已装过的请用 --state 指明状态目录。")
    engine = open_engine(state_dir)
    if name := unfit_in_use(settings, engine):
        tell(
            f"在用的本单位模型 {name} 不能用于这一版程序：数据库会先升级，来件暂不重新分析。"
            "之后请执行 xiansuo model rollback 退回以前的模型，再执行一次 xiansuo upgrade；"
            "想再用本单位模型，请执行 xiansuo train --from-decisions 重新学习和比较。"
        )
    lacking = pending(engine)
    backup = _safe_copy(settings, engine, actor, tell)
    if lacking:
        migrate(engine)
        tell(f"数据库已升级（{len(lacking)} 步）。")
    engine.dispose()
    bench = Bench.prepare(settings, tell=tell)
    note_keys(bench.office.engine, settings.state_dir)
    if remask:
        _mask_again(bench, tell)
    return Upgraded(backup, _analyse_again(bench, tell))


def _safe_copy(settings: Settings, engine: Engine, actor: str, tell: Tell) -> Path | None:
    if not on_server(settings.state_dir):
        file = copy(engine, settings.state_dir)
    elif current_revision(engine) is None:
        return None
    else:
        office = open_office(settings, outdated=True)
        done = back_up(office, actor=actor, tell=tell)
        office.engine.dispose()
        file = done.file
        for sentence in told(done.contents)[1:]:
            tell(sentence)
        if done.new_key:
            tell(f"已生成备份密钥。{done.new_key.message}")
    tell(f"数据库已备份到 {file}。")
    return file


def copy(engine: Engine, state_dir: Path) -> Path:
    """Copy a SQLite database, consistent as of one instant, into the state directory's backups (0600) and return the copy.

    The copy holds what the database holds: masked text, and originals and identities encrypted. It appears under its
    name only when it is complete. Raises StorageError.
    """
    folder = state_dir / BACKUPS_FOLDER
    file = folder / f"xiansuo-{datetime.now(CHINA):%Y%m%d-%H%M%S-%f}.db"
    draft = file.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
        _write(engine, draft)
        draft.rename(file)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            draft.unlink()
        raise StorageError(
            f"无法在 {folder} 备份数据库（{type(error).__name__}），没有改动任何内容。请检查磁盘空间和权限。"
        ) from error
    return file


def copies(state_dir: Path) -> list[Path]:
    """Return the copies that upgrades left, whole or being written."""
    folder = state_dir / BACKUPS_FOLDER
    return sorted([*folder.glob("xiansuo-*.db"), *folder.glob("xiansuo-*.part")])


def _write(engine: Engine, draft: Path) -> None:
    with closing(engine.raw_connection()) as connection, closing(sqlite3.connect(draft)) as copy:
        source = connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise StorageError("数据库不是 SQLite 的文件，不能这样复制。请用 xiansuo backup。")
        source.backup(copy)
    with draft.open("rb+") as file:
        os.fsync(file.fileno())


def _mask_again(bench: Bench, tell: Tell) -> None:
    done = mask_again(bench.office, bench.analyser.finder)
    tell(f"已重新脱敏 {done.seen} 件，其中 {done.changed} 件有变化。")
    if done.unreadable:
        tell(f"有 {len(done.unreadable)} 件无法从原件重新读取，保留原有脱敏文本：{'、'.join(done.unreadable)}。")


def _analyse_again(bench: Bench, tell: Tell) -> int:
    chosen = suggestions.outdated(bench.analyser.trained.id, bench.analyser.books.version)
    with transaction(bench.office.engine) as session:
        outdated = letters.set_back(session, chosen)
    if outdated:
        tell(f"有 {outdated} 件是用其他版本的规则或模型分析的，正在重新分析。")
    return work_off(bench)
