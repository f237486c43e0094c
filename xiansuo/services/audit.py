"""The audit trail for people: writes down what was read, done or refused, shows it to the auditor, and proves it whole."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from xiansuo.domain.audit import (
    Anchor,
    AuditEvent,
    ChainState,
    Link,
    Result,
    anchor_text,
    as_line,
    end_line,
    examine,
    read_anchors,
    read_lines,
)
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.times import CHINA
from xiansuo.errors import NotVisibleError, OfficeError, StorageError, UsageError
from xiansuo.services.backup_files import ANCHORS
from xiansuo.services.office import Office
from xiansuo.settings import Settings
from xiansuo.storage.address import has_database
from xiansuo.storage.migrations import pending
from xiansuo.storage.repositories import audit, audit_objects
from xiansuo.storage.repositories.audit import Sought
from xiansuo.storage.session import open_engine, reading, transaction

PAGE = 50
_ANCHOR = "audit.anchor"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the auditor looks for; what is empty does not narrow. `since` and `until` are days in China, both included."""

    since: date | None = None
    until: date | None = None
    actor: str = ""
    action: str = ""
    clue: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as the auditor reads it: who by name and post, and the object by the number people know it under."""

    event: AuditEvent
    name: str
    role: str
    object_number: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An anchor that somebody took: when, who, and the letters that the event it names has now."""

    event: AuditEvent
    anchor: Anchor | None


def record(
    office: Office, viewer: Viewer, action: str, *, kind: str = "", id_: str = "", refused: bool = False
) -> AuditEvent:
    """Add an event to the audit trail. It names objects by number only, never by what they say."""
    result = Result.REFUSED if refused or action.endswith(".refused") else Result.DONE
    with transaction(office.engine) as session:
        return audit.append(session, actor=viewer.login, action=action, object_kind=kind, object_id=id_, result=result)


def events(office: Office, viewer: Viewer, wanted: Wanted, *, before: int | None = None) -> list[Shown]:
    """Return the page of events that match, newest first, older than the event `before`. Raises NotVisibleError."""
    _require(viewer)
    with reading(office.engine) as session:
        sought = _sought(session, wanted)
        found = audit.search(session, sought, before=before, limit=PAGE) if sought else []
        people = audit_objects.people(session, {event.actor for event in found})
        named = audit_objects.numbers_of(session, {(event.object_kind, event.object_id) for event in found})
    return [
        Shown(event, *people.get(event.actor, ("", "")), named.get((event.object_kind, event.object_id), ""))
        for event in found
    ]


def choices(office: Office, viewer: Viewer) -> tuple[list[str], list[str]]:
    """Return the actors and the actions that the trail knows. Raises NotVisibleError."""
    _require(viewer)
    with reading(office.engine) as session:
        return audit.distinct(session, "actor"), audit.distinct(session, "action")


def last(office: Office, viewer: Viewer) -> Anchor:
    """Return the last event's id and hash. Raises NotVisibleError."""
    _require(viewer)
    with reading(office.engine) as session:
        return audit.head(session)


def check(office: Office, viewer: Viewer, *, against: str = "") -> ChainState:
    """Follow the whole chain, comparing it to the anchors in the text `against`. Raises NotVisibleError, UsageError."""
    _require(viewer)
    record(office, viewer, "audit.verify")
    with reading(office.engine) as session:
        return audit.verify(session, _anchors_in(against))


def take_anchor(office: Office, viewer: Viewer) -> Anchor:
    """Return the last event's id and hash to be kept elsewhere; that it was taken is an event. Raises NotVisibleError."""
    _require(viewer)
    with transaction(office.engine) as session:
        return _taken(session, viewer.login)


def anchors(office: Office, viewer: Viewer) -> list[Kept]:
    """Return the anchors taken last, newest first. Raises NotVisibleError."""
    _require(viewer)
    with reading(office.engine) as session:
        taken = audit.search(session, Sought(action=_ANCHOR), limit=PAGE)
        hashes = audit.hashes(session, [int(event.object_id) for event in taken if event.object_id.isdecimal()])
    return [Kept(one, _kept(one, hashes)) for one in taken]


def export(office: Office, viewer: Viewer) -> Iterator[str]:
    """Return the lines of the whole trail; that it was exported is its last event. Raises NotVisibleError."""
    _require(viewer)
    record(office, viewer, "audit.export")
    return _lines(office.engine)


def verify_database(settings: Settings, *, anchor: Path | None = None) -> ChainState:
    """Follow the chain in an installation's database, without its keys, past all anchors that lie on the machine and the one given.

    Raises XiansuoError where there is none.
    """
    kept = read_anchor_files(sorted((settings.state_dir / ANCHORS).glob("*.txt")))
    with _database(settings) as engine, reading(engine) as session:
        return audit.verify(session, [*kept, *_anchors_at(anchor)])


def verify_file(file: Path, *, anchor: Path | None = None) -> ChainState:
    """Follow the chain in an exported file alone. Raises UsageError where it cannot be read."""
    try:
        with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            return examine(read_lines(lines), _anchors_at(anchor))
    except OSError as error:
        raise UsageError(f"无法读取 {file}：{error.strerror}。请核对路径和权限。") from error


def export_database(settings: Settings, *, actor: str) -> Iterator[str]:
    """Yield the lines of the trail of an installation, without its keys; that it was exported is its last event."""
    with _database(settings) as engine:
        with transaction(engine) as session:
            audit.append(session, actor=actor, action="audit.export")
        yield from _lines(engine)


def anchor_of_database(settings: Settings, *, actor: str) -> tuple[Anchor, str]:
    """Return an anchor and the text to keep elsewhere; that it was taken is an event."""
    with _database(settings) as engine, transaction(engine) as session:
        taken = _taken(session, actor)
    return taken, f"{anchor_text(taken)}\n{end_line(taken)}\n"


def _taken(session: Session, actor: str) -> Anchor:
    taken = audit.head(session)
    audit.append(session, actor=actor, action=_ANCHOR, object_kind="audit", object_id=str(taken.id))
    return taken


def _kept(event: AuditEvent, hashes: dict[int, bytes]) -> Anchor | None:
    id_ = int(event.object_id) if event.object_id.isdecimal() else -1
    return Anchor(id_, hashes[id_]) if id_ in hashes else None


def _require(viewer: Viewer) -> None:
    if not viewer.may(Power.AUDIT):
        raise NotVisibleError


def _sought(session: Session, wanted: Wanted) -> Sought | None:
    """Return what to look for; nothing where no clue has the number, so that nothing is found."""
    objects = audit_objects.of_clue(session, wanted.clue) if wanted.clue else ()
    if wanted.clue and not objects:
        return None
    until = wanted.until and wanted.until + timedelta(days=1)
    return Sought(_start(wanted.since), _start(until), wanted.actor, wanted.action, objects, wanted.refused)


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, CHINA) if day else None


def read_anchor_files(files: Iterable[Path]) -> list[Anchor]:
    """Return all anchors in files. Raises UsageError for a file that holds none."""
    return [anchor for file in files for anchor in _anchors_at(file)]


def _anchors_at(file: Path | None) -> Sequence[Anchor]:
    if file is None:
        return ()
    if not file.exists() and (typed := read_anchors(str(file))):
        return typed
    try:
        return _anchors_in(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"无法读取锚点文件 {file}。请核对路径和内容。") from error


def _anchors_in(text: str) -> Sequence[Anchor]:
    found = read_anchors(text)
    if text.strip() and not found:
        raise UsageError("没有认出锚点。请按“第 128 条  7K3M-…”的样子，连条数和五组字母一起填写。")
    return found


def _lines(engine: Engine) -> Iterator[str]:
    end = Anchor(0, b"")
    with reading(engine) as session:
        for link in audit.links(session):
            # What cannot be read stays a line, so that the file breaks where the chain does.
            yield (as_line(link) if isinstance(link, Link) else "{}") + "\n"
            end = Anchor(link.event.id, link.hash) if isinstance(link, Link) else end
    yield end_line(end) + "\n"


@contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    if not has_database(settings.state_dir):
        raise OfficeError(f"{settings.state_dir} 里没有数据库。请用 --state 指明状态目录。")
    engine = open_engine(settings.state_dir)
    try:
        if pending(engine):
            raise StorageError("数据库版本较旧。请执行 xiansuo upgrade 后重试。")
        yield engine
    finally:
        engine.dispose()


def write_lines(lines: Iterable[str], file: Path) -> None:
    """Write lines to a new file (0600). Raises UsageError where it is there already or cannot be made."""
    try:
        file.touch(mode=0o600, exist_ok=False)
        with file.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(lines)
    except OSError as error:
        raise UsageError(f"无法新建 {file}：{error.strerror}。请换一个不存在的文件名。") from error
