"""Reads a backup from end to end and holds all of it against its manifest: every file, every table, every vault record, the audit trail."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any, Protocol

from sqlalchemy import Connection

from xiansuo.domain.audit import AuditEvent, ChainState, Fault, Link, Result, anchor_text
from xiansuo.domain.audit import examine as follow
from xiansuo.errors import BackupError
from xiansuo.services.backup_files import KEYS
from xiansuo.services.keys import keyring_of
from xiansuo.storage import portable
from xiansuo.storage.archive import ArchiveReader
from xiansuo.storage.portable import Tally
from xiansuo.storage.vault import RECORDS, Vault

BEGINNING, FILES, TABLES = "beginning", "files", "tables"
TRAIL = "audit_events"
_OTHERWISE = "备份的内容与清单不符（{}），不能使用。请换另一份备份。"


class Taker(Protocol):
    """What takes the contents of a backup as they are read."""

    def begin(self, revision: str) -> None:
        """Hear of which revision the tables are that will come."""

    def file(self, name: str, data: bytes) -> None:
        """Take a file by its place in the state directory."""

    def block(self, table: str, block: bytes) -> None:
        """Take rows of a table."""


class Nobody:
    """Takes nothing: the backup is only checked."""

    def begin(self, revision: str) -> None:
        """Let it pass."""

    def file(self, name: str, data: bytes) -> None:
        """Let the file pass."""

    def block(self, table: str, block: bytes) -> None:
        """Let the rows pass."""


@dataclass(slots=True)
class Contents:
    """What a backup holds, as it was found and held against its manifest."""

    manifest: Mapping[str, Any] = field(default_factory=dict)
    tables: dict[str, Tally] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    counted: int = 0
    locked: int = 0
    trail: ChainState | None = None

    @property
    def rows(self) -> int:
        """How many rows all tables have."""
        return sum(one.rows for one in self.tables.values())

    @property
    def records(self) -> int:
        """How many vault records there are."""
        return self.tables[RECORDS].rows

    @property
    def letters(self) -> int:
        """How many letters there are."""
        return self.tables["letters"].rows

    @property
    def made(self) -> datetime:
        """When the backup was made."""
        return datetime.fromisoformat(self.manifest["made"])


def read_through(archive: ArchiveReader, taker: Taker) -> Contents:
    """Read every member, hand it to `taker` and check it. Raises BackupError where anything is not as the manifest has it."""
    found = Contents()
    for (sort, what), members in groupby(archive.members(), key=_place):
        if sort == BEGINNING:
            taker.begin(b"".join(data for _, data in members).decode("ascii", "replace"))
        elif sort == FILES:
            _files(found, members, taker)
        else:
            _table(found, what, members, taker)
    found.manifest = archive.manifest
    _compare(found)
    return found


def told(contents: Contents) -> list[str]:
    """Say what was checked, in sentences."""
    made = f"备份于 {contents.made:%Y-%m-%d %H:%M} 作出，内容逐字节核对相符："
    held = f"{len(contents.tables)} 张表共 {contents.rows} 行，来件 {contents.letters} 件，文件 {contents.counted} 个。"
    said = [made + held]
    if contents.locked:
        locked = f"有 {contents.locked} 条打不开：备份时就已如此，密钥缺失或数据损坏。请用 xiansuo doctor 检查原机器。"
        said.append(f"身份库 {contents.records} 条记录，{locked}")
    else:
        said.append(f"身份库 {contents.records} 条记录，条条能解密。")
    trail = contents.trail
    if trail is not None and trail.fault is None:
        said.append(f"审计日志 {trail.fine} 条，首尾相接。锚点 {anchor_text(trail.head)}，请抄在本机以外。")
    elif trail is not None:
        said.append(f"审计日志不完整：第 {trail.first_bad} 条{trail.fault.chinese if trail.fault else ''}。")
    return said


def locked_in(connection: Connection, vault: Vault) -> int:
    """Return how many vault records of a database do not open with the vault's keys."""
    (table,) = (one for one in portable.tables() if one.name == RECORDS)
    return sum(not vault.opens(row) for row in portable.rows(connection, table))


def is_sound(contents: Contents) -> bool:
    """Tell whether what was backed up was itself whole."""
    return not contents.locked and (contents.trail is None or contents.trail.holds)


def _place(member: tuple[str, bytes]) -> tuple[str, str]:
    parts = PurePosixPath(member[0]).parts
    if len(parts) < 2 or parts[0] not in {BEGINNING, FILES, TABLES}:
        raise BackupError(_OTHERWISE.format("有不认识的内容"))
    return parts[0], parts[1]


def _files(found: Contents, members: Iterable[tuple[str, bytes]], taker: Taker) -> None:
    for member, data in members:
        name = member.removeprefix(f"{FILES}/")
        found.counted += 1
        if PurePosixPath(name).parts[0] == KEYS:
            found.files[PurePosixPath(name).name] = data
        taker.file(name, data)


def _table(found: Contents, name: str, members: Iterable[tuple[str, bytes]], taker: Taker) -> None:
    tally = found.tables.setdefault(name, Tally())
    blocks = _counted(name, members, tally, taker)
    if name == RECORDS:
        vault = Vault(keyring_of(found.files, Path(KEYS)))
        found.locked = sum(not vault.opens(_record(row)) for block in blocks for row in portable.rows_of(block))
    elif name == TRAIL:
        found.trail = trail_in(blocks)
    for _ in blocks:
        pass


def _counted(name: str, members: Iterable[tuple[str, bytes]], tally: Tally, taker: Taker) -> Iterator[bytes]:
    for _, block in members:
        tally.add(block.split(b"\n")[1:])
        taker.block(name, block)
        yield block


def _record(row: Mapping[str, Any]) -> SimpleNamespace:
    closed = {name: portable.to_bytes(row[name]) for name in ("nonce", "ciphertext")}
    return SimpleNamespace(**{**row, **closed})


def trail_in(blocks: Iterable[bytes]) -> ChainState:
    """Follow the audit trail in the blocks of its table, of whichever program they are."""
    return follow(_links(blocks))


def _links(blocks: Iterable[bytes]) -> Iterator[Link | Fault]:
    for block in blocks:
        for row in portable.rows_of(block):
            try:
                yield _link(row)
            except (KeyError, TypeError, ValueError):
                yield Fault.UNREADABLE


def _link(row: Mapping[str, Any]) -> Link:
    named = {name: row[name] for name in ("actor", "action", "object_kind", "object_id")}
    at, result = datetime.fromisoformat(row["at"]), Result(row.get("result", ""))
    # Programs before results were kept have no column for them.
    event = AuditEvent(row["id"], at, **named, result=result)
    return Link(event, portable.to_bytes(row["previous"]), portable.to_bytes(row["hash"]))


def _compare(found: Contents) -> None:
    manifest = found.manifest
    tables = {name: tally.as_json() for name, tally in found.tables.items()}
    for what, one, other in (
        ("表", tables, manifest.get("tables")),
        ("文件数", found.counted, manifest.get("files")),
        # Backups of earlier programs state it; what is read here was written as it lay there, so it need not.
        ("打不开的身份库记录", found.locked, manifest.get("locked", found.locked)),
    ):
        if one != other:
            raise BackupError(_OTHERWISE.format(what))
