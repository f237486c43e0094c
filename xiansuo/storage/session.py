"""Opens the database and gives sessions: one transaction each, committed once, by the caller."""

import atexit
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any, TypeVar, cast
from weakref import WeakSet

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.orm import Session

from xiansuo.domain.times import CHINA
from xiansuo.errors import (
    DATABASE_AWAY,
    DATABASE_BUSY,
    DATABASE_DAMAGED,
    DISK_FAULT,
    DISK_FULL,
    NOT_WRITABLE,
    StorageError,
    system_sentence,
)
from xiansuo.storage.address import DATABASE_FILE, address_of
from xiansuo.storage.bulk import insert_tuples
from xiansuo.storage.tables.base import Base, table_of

__all__ = [
    "CHINA",
    "DATABASE_FILE",
    "add_missing",
    "add_rows",
    "chunks",
    "now",
    "open_engine",
    "reach",
    "reading",
    "rewrite",
    "table_of",
    "transaction",
]

T = TypeVar("T")

# FULL: a mail counts as fetched once its letter is committed, and in WAL mode NORMAL may lose the last commits with the power.
# Measured over 50 batches of 200 letters, FULL costs about one disk flush more per batch, not per letter.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
    "mmap_size=0",
)
_CHUNK = 1000
# The names of SQLite's codes begin so. SQLITE_READONLY alone is seldom trouble of the disk: it refuses a change while reading.
_REFUSALS = {
    "SQLITE_FULL": DISK_FULL,
    "SQLITE_READONLY_": NOT_WRITABLE,
    "SQLITE_CANTOPEN": NOT_WRITABLE,
    "SQLITE_IOERR": DISK_FAULT,
    "SQLITE_BUSY": DATABASE_BUSY,
    "SQLITE_CORRUPT": DATABASE_DAMAGED,
    "SQLITE_NOTADB": DATABASE_DAMAGED,
}


def open_engine(where: Path | str) -> Engine:
    """Open the database of the state directory `where`, or the one at the URL `where`. Raises StorageError."""
    if isinstance(where, Path):
        address = address_of(where)
        return open_engine(address) if address else _open_sqlite(where)
    url = make_url(where)
    if url.get_backend_name() != "postgresql":
        raise StorageError("数据库地址只支持 postgresql://；使用 SQLite 时请给出状态目录。")
    try:
        # A server that was restarted ends the pool's connections; whoever works on finds out before, not in the middle.
        engine = _create(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StorageError("缺少 PostgreSQL 驱动。请安装附加组件 postgres 后重试。") from error
    event.listen(engine, "connect", _prepare_postgres)
    event.listen(engine, "handle_error", _silence_postgres)
    return engine


def reach(address: str) -> None:
    """Raise StorageError where no database answers at the URL `address`."""
    engine = open_engine(address)
    engine.connect().close()
    engine.dispose()


def _prepare_postgres(connection: Any, _record: object) -> None:
    # Compiling a statement costs more than running it: none of the program's reads millions of rows.
    connection.execute("SET jit = off")
    connection.commit()


def _open_sqlite(state_dir: Path) -> Engine:
    file = state_dir / DATABASE_FILE
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its side files the mode of the database file, so it is made before SQLite would make it. One that
        # is there is not even opened: closing it would drop this process's locks on it, and then another process takes
        # the write-ahead log for abandoned and deletes it, with everything committed later.
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StorageError(f"{file} 打不开。{system_sentence(error)}") from error
    if file.is_symlink():
        raise StorageError(f"{file} 是一个链接。请把数据库文件本身放在状态目录里。")
    if file.stat().st_mode & 0o077:
        raise StorageError(f"数据库文件 {file} 对其他用户开放。请执行 chmod 600 后重试。")
    engine = _create(make_url("sqlite://").set(database=str(file)))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "handle_error", _explain_sqlite)
    return engine


def _create(url: Any, **options: Any) -> Engine:
    # Parameters hold letter text; they must not enter an exception's message.
    engine = create_engine(
        url, hide_parameters=True, json_serializer=_to_json, json_deserializer=orjson.loads, **options
    )
    _opened.add(engine)
    return engine


_opened = WeakSet[Engine]()


@atexit.register
def _close_all() -> None:
    # What is out of garbage collection closes nothing at the end, and SQLite would leave its write-ahead log behind.
    for engine in _opened:
        engine.dispose()


def _to_json(value: object) -> str:
    # Spans are named tuples, which orjson leaves to `default`.
    try:
        return orjson.dumps(value, default=list).decode()
    except TypeError:
        return orjson.dumps(_encodable(value), default=list).decode()


def _encodable(value: object) -> object:
    """Put U+FFFD in the place of lone surrogates, which no database holds."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_encodable(name): _encodable(one) for name, one in value.items()}
    return [_encodable(one) for one in value] if isinstance(value, list | tuple) else value


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver would begin a transaction only at the first change, too late for a consistent read.
    cast("Any", connection).isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = bool(connection.get_execution_options().get("postgresql_readonly"))
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
    # A write lock taken late fails at once when another writer came first; taken at the start it waits.
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _explain_sqlite(context: ExceptionContext) -> None:
    _explain(context.original_exception, context.engine)


def _explain(error: BaseException, engine: Engine | None) -> None:
    # Nobody at the screen can mend what the driver calls a disk I/O error; a full disk they can.
    code = getattr(error, "sqlite_errorname", "")
    if code == "SQLITE_READONLY" and engine and not os.access(str(engine.url.database), os.W_OK):
        raise StorageError(NOT_WRITABLE) from error
    for start, sentence in _REFUSALS.items():
        if code.startswith(start):
            raise StorageError(sentence) from error


def _silence_postgres(context: ExceptionContext) -> None:
    if context.is_pre_ping:
        # The pool opens another connection, and what that says is heard.
        return
    # The server quotes the row it refuses. What stays is the kind of error and the names of table, column and constraint.
    if context.is_disconnect or context.connection is None:
        away = StorageError(DATABASE_AWAY)
        away.passing = True
        # Not chained: the driver's message holds the address.
        raise away from None
    diagnosis = getattr(context.original_exception, "diag", None)
    if diagnosis is None or diagnosis.sqlstate is None or context.sqlalchemy_exception is None:
        return
    places = (diagnosis.table_name, diagnosis.column_name, diagnosis.constraint_name)
    message = " ".join(filter(None, (type(context.original_exception).__name__, diagnosis.sqlstate, *places)))
    context.original_exception.args = (message,)
    context.sqlalchemy_exception.args = (message,)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Give a session that may write; commit when the block ends, roll back when it raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session on which every change fails."""
    with Session(engine.execution_options(postgresql_readonly=True)) as session:
        yield session


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """Give a session that sees the database as it was at its first question, however long it reads and whatever others write."""
    options: dict[str, Any] = {"postgresql_readonly": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with Session(engine.execution_options(**options)) as session:
        yield session


def rewrite(engine: Engine) -> bool:
    """Write the database anew without what was taken out; tell whether the write-ahead log could be emptied as well. Raises StorageError."""
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (FULL)"))
        return True
    # Past SQLAlchemy, which would begin a transaction, and no database is written anew within one.
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        try:
            # Whoever had this connection last may only have been reading.
            cursor.execute("PRAGMA query_only=OFF")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (blocked, *_pages), *_ = cursor.fetchall()
        except DatabaseError as error:
            _explain(error, engine)
            raise
        return not blocked


def add_rows(session: Session, entity: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert `rows`, all with the same keys, in one statement."""
    _insert(session, entity, rows, missing=False)


def add_missing(session: Session, entity: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert those of `rows` that break no unique constraint, and leave the others out."""
    _insert(session, entity, rows, missing=True)


def _insert(session: Session, entity: type[Base], rows: Sequence[Mapping[str, object]], *, missing: bool) -> None:
    names = tuple(rows[0]) if rows else ()
    insert_tuples(session, entity, names, [tuple(row[name] for name in names) for row in rows], missing=missing)


def chunks(values: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    """Cut `values` into lists short enough for one statement's parameters."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)
