"""Makes backups: everything needed to go on elsewhere, closed for the holder of the backup key, whole or not there at all."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from xiansuo import __version__
from xiansuo.domain.audit import Anchor, anchor_text, read_anchors
from xiansuo.domain.times import minute
from xiansuo.errors import BackupError, XiansuoError, system_sentence
from xiansuo.intake.backup_settings import DEFAULT_FOLDER, read_backup_settings
from xiansuo.services import backup_files, backup_key, erasure_record
from xiansuo.services.backup_check import (
    BEGINNING,
    FILES,
    TABLES,
    Contents,
    Nobody,
    is_sound,
    read_through,
    told,
)
from xiansuo.services.backup_kept import SUFFIX, drop_old, installation, new_name
from xiansuo.services.backup_key import Made, Recipient, Unlock
from xiansuo.services.durable import flush_folder
from xiansuo.services.office import Office, open_office
from xiansuo.services.only_one import only_one
from xiansuo.settings import Settings
from xiansuo.storage import portable
from xiansuo.storage.archive import ArchiveReader, ArchiveWriter
from xiansuo.storage.migrations import pending, revision_in
from xiansuo.storage.portable import Tally
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import CHINA, reading, snapshot, transaction
from xiansuo.storage.stream import digest_of, header_of

_LOCK = ".backup.lock"
_BUSY = "另一次备份正在进行，没有再做一份。请等它做完。"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made and read back: its file, digest and contents, what it lacks, and how many older ones went."""

    file: Path
    digest: bytes
    key: bytes
    contents: Contents
    new_key: Made | None
    unknown: int
    elsewhere: int
    dropped: int

    @property
    def sound(self) -> bool:
        """Tell whether what was backed up was itself whole; where not, nothing older was removed."""
        return is_sound(self.contents)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.file.stat().st_size


def back_up(office: Office, *, actor: str, tell: Tell = lambda _sentence: None) -> BackedUp:
    """Make a backup of one instant while others work, read it back, write that down, and drop what is beyond the number kept.

    Raises BackupError, and leaves nothing that could be taken for a backup, where it cannot be brought to its end.
    """
    settings = read_backup_settings(office.sources_file)
    with only_one(office.state_dir / _LOCK, BackupError(_BUSY)):
        made = None
        try:
            _make_folder(office, settings.folder)
            recipient = backup_key.known_recipient(office.state_dir)
            if recipient is None:
                made = backup_key.make_key(office.state_dir)
                recipient = made.recipient
            key, owner = secrets.token_bytes(32), installation(office)
            file, digest, contents = _written(office, settings.folder / new_name(owner), recipient, key, tell)
        except OSError as error:
            raise BackupError(f"没有备份成，不留半份文件。{system_sentence(error)}") from error
        with transaction(office.engine) as session:
            audit.append(session, actor=actor, action="backup.made", object_kind="backup", object_id=digest.hex())
        dropped = drop_old(settings, owner, file) if is_sound(contents) else 0
        if not pending(office.engine):
            # The tables of an earlier program, backed up before an upgrade, may know of no erasures.
            erasure_record.keep(office)
    left = backup_files.unknown(office.state_dir), backup_files.elsewhere(office.state_dir)
    return BackedUp(file, digest, key, contents, made, *left, dropped)


def back_up_by_itself(office: Office, *, actor: str) -> dict[str, int]:
    """Make the nightly backup and return what it holds. Raises BackupError, after the backup is made, where what it holds is damaged."""
    done = back_up(office, actor=actor)
    if not done.sound:
        raise BackupError("备份做成了，但被备份的内容本身有损，旧备份一份没删：" + "".join(told(done.contents)[1:]))
    return {"letters": done.contents.letters, "megabytes": -(-done.size // (1 << 20)), "dropped": done.dropped}


@contextmanager
def opened(file: Path, unlock: Unlock) -> Iterator[ArchiveReader]:
    """Open a backup, the outside of which is checked first. Raises BackupError, UsageError, KeyFileError."""
    with _open(file) as source:
        digest = digest_of(source)
        yield ArchiveReader(source, backup_key.key_in(header_of(source), unlock), digest)


@contextmanager
def opened_with(file: Path, key: bytes) -> Iterator[ArchiveReader]:
    """Open a backup that was just made with the key it was made with."""
    with _open(file) as source:
        yield ArchiveReader(source, key, digest_of(source))


def verify(file: Path, unlock: Unlock | None) -> tuple[bytes, Contents | None]:
    """Return the digest of a backup after checking it: all of it with a key, without one only that no byte is missing or changed."""
    with _open(file) as source:
        digest = digest_of(source)
    if unlock is None:
        return digest, None
    with opened(file, unlock) as archive:
        return digest, read_through(archive, Nobody())


def recipient_of(file: Path) -> Recipient:
    """Return for whom a backup is closed. Raises BackupError."""
    with _open(file) as source:
        return backup_key.recipient_in(header_of(source))


def change_key(office: Office, *, actor: str, passphrase: str = "") -> Made:
    """Close the backups to come for a new key, or for a passphrase. Raises UsageError for words too easy to guess."""
    made = backup_key.make_key(office.state_dir, passphrase)
    with transaction(office.engine) as session:
        audit.append(session, actor=actor, action="backup.key", object_kind="backup_key", object_id=made.recipient.id)
    return made


def known_here(settings: Settings, digest: bytes) -> str:
    """Say whether the audit trail of the installation at hand knows a backup of this digest; nothing where there is no installation."""
    try:
        office = open_office(settings)
    except XiansuoError:
        return ""
    sought = audit.Sought(action="backup.made", objects=(("backup", digest.hex()),))
    with reading(office.engine) as session:
        found = audit.search(session, sought, limit=1)
    if found:
        return f"本机审计日志第 {found[0].id} 条记着这份备份，是本机在 {minute(found[0].at)} 做的。"
    return "本机审计日志里没有这份备份：不是本机做的，做完那一刻断了电，或在那之后恢复过。"


def trail_here(settings: Settings, contents: Contents) -> str:
    """Say whether the trail of the installation at hand still holds what it held when a backup was made; nothing where it is of another one."""
    told = contents.manifest.get("trail", {})
    anchor = Anchor(int(told.get("events", 0)), bytes.fromhex(told.get("head", "")))
    try:
        office = open_office(settings)
    except XiansuoError:
        return ""
    if (
        not anchor.id
        or contents.files.get("signing.key", b"").decode("ascii", "replace").strip() != office.keyring.signing.hex()
    ):
        return ""
    with reading(office.engine) as session:
        state = audit.verify(session, [anchor])
    if state.fault is None:
        return f"本机审计日志与备份时的锚点（{anchor_text(anchor)}）相符：备份以后没有被截短或改写。"
    return (
        f"本机审计日志与备份时的锚点（{anchor_text(anchor)}）不符：第 {state.first_bad} 条{state.fault.chinese}。"
        "若没有从更早的备份恢复过，请停止使用，保全现状并报告主要负责人。"
    )


def _written(office: Office, file: Path, recipient: Recipient, key: bytes, tell: Tell) -> tuple[Path, bytes, Contents]:
    draft = file.with_name(f".{file.name}.part")
    try:
        tell("正在写入……")
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w+b") as stream:
            digest = _write(office, ArchiveWriter(stream, backup_key.header_for(recipient, key), key))
            stream.flush()
            os.fsync(stream.fileno())
            # So that it is read back from the medium and not from memory.
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        tell("正在从头读回核对……")
        with opened_with(draft, key) as archive:
            contents = read_through(archive, Nobody())
        draft.rename(file)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    flush_folder(file.parent)
    return file, digest, contents


def _write(office: Office, out: ArchiveWriter) -> bytes:
    # A key may be put in use or dropped meanwhile: those from before and those from after open every record in between.
    keys = backup_files.keys(office.state_dir)
    with snapshot(office.engine) as session:
        # The first question fixes the instant.
        head, revision = audit.head(session), revision_in(session.connection()) or ""
        out.add(f"{BEGINNING}/revision", revision.encode())
        for name, data in {**keys, **backup_files.keys(office.state_dir)}.items():
            out.add(f"{FILES}/{name}", data)
            keys[name] = data
        tables = _tables(session, out)
    # Files come last: an envelope or a model is on disk before the database speaks of it.
    count = len(keys)
    for name, data in backup_files.others(office.state_dir):
        if name.startswith(f"{backup_files.ANCHORS}/") and _is_later(data, head):
            continue
        out.add(f"{FILES}/{name}", data)
        count += 1
    return out.finish(
        {
            "made": datetime.now(CHINA).isoformat(timespec="seconds"),
            "program": __version__,
            "revision": revision,
            "tables": {name: tally.as_json() for name, tally in tables.items()},
            "files": count,
            "trail": {"events": head.id, "head": head.hash.hex()},
        }
    )


def _is_later(anchor: bytes, head: Anchor) -> bool:
    """Tell whether an anchor was taken after the instant of the backup; restored beside the trail of then, it would call that cut off."""
    return any(one.id > head.id for one in read_anchors(anchor.decode(errors="replace")))


def _tables(session: Session, out: ArchiveWriter) -> dict[str, Tally]:
    connection, found = session.connection(), dict[str, Tally]()
    names = [table.name for table in portable.tables()]
    # As they are: an upgrade makes its backup while they are still those of the earlier program.
    there = portable.reflected(connection, names)
    for table in (there[name] for name in names if name in there):
        tally = found[table.name] = Tally()
        for number, block in enumerate(portable.blocks(connection, table, tally), 1):
            out.add(f"{TABLES}/{table.name}/{number:06}", block)
        if not tally.rows:
            out.add(f"{TABLES}/{table.name}/000001", portable.no_rows(table))
    return found


def _make_folder(office: Office, folder: Path) -> None:
    """Make the folder of backups where it is the state directory's own; another has to be there, lest a medium that is not plugged in be missed."""
    if folder == office.state_dir / DEFAULT_FOLDER:
        folder.mkdir(mode=0o700, exist_ok=True)
    elif not folder.is_dir():
        raise BackupError(
            f"备份文件夹 {folder} 不存在，没有备份。请接好备份介质，或核对 xiansuo.toml 的 [backup] folder。"
        )
    for left in folder.glob(f".xiansuo-{installation(office)}-*{SUFFIX}.part"):
        left.unlink()


@contextmanager
def _open(file: Path) -> Iterator[BinaryIO]:
    try:
        source = file.open("rb")
    except OSError as error:
        raise BackupError(f"无法读取备份 {file}。{system_sentence(error)}") from error
    with source:
        yield source
