"""Tables that leave the program: each gets a number, a watermark with the person's name, and a line in the audit trail."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xiansuo.domain.people import Viewer
from xiansuo.domain.times import minute
from xiansuo.services.office import Office
from xiansuo.services.sheet import Cell, Column, Sheet, write
from xiansuo.storage.repositories import audit, exports
from xiansuo.storage.session import transaction


@dataclass(frozen=True, slots=True)
class Table:
    """What is exported: `kind` a stable code, `version` that of its columns, `about` lines (name, text) that explain it."""

    kind: str
    title: str
    version: int
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]] = field(repr=False)
    about: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """A file as it left: its number, bytes, rows and the SHA-256 of the bytes."""

    number: str
    data: bytes = field(repr=False)
    rows: int
    digest: str


def export(office: Office, viewer: Viewer, table: Table) -> Exported:
    """Make a file of a table for a person. The rows are already those the person may see."""
    with transaction(office.engine) as session:
        begun = exports.begin(session, table.kind, table.version, viewer.account)
    sheet = Sheet(
        table.title,
        table.columns,
        _about(office, viewer, table, begun.number, begun.created),
        stamp(viewer, begun.number, begun.created),
    )
    data, count = write(sheet, table.rows, office.state_dir)
    digest = hashlib.sha256(data).digest()
    with transaction(office.engine) as session:
        exports.finish(session, begun, rows=count, digest=digest)
        action = f"{table.kind}.export"
        audit.append(session, actor=viewer.login, action=action, object_kind="export", object_id=begun.number)
    return Exported(begun.number, data, count, digest.hex())


def stamp(viewer: Viewer, number: str, at: datetime) -> str:
    """Return the watermark: who, when, and under which number where there is one."""
    return " ".join(filter(None, (number, viewer.name, minute(at))))


def _about(office: Office, viewer: Viewer, table: Table, number: str, at: datetime) -> list[tuple[str, str]]:
    return [
        ("名称", table.title),
        ("格式", f"{table.title}格式 第{table.version}版"),
        ("单位", office.register.office),
        ("导出编号", number),
        ("导出人", viewer.name),
        ("导出时间", minute(at)),
        *table.about,
        ("保密", "内容已脱敏，仍须保密，不得外传。不含反映人身份和来件原文。"),
    ]
