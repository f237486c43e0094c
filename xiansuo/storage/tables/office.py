"""Tables of the office itself: its organisation register and its audit trail."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from xiansuo.storage.tables.base import Base, Id, Json


class OrgUnits(Base):
    """A unit of the organisation register; ids keep the order of the imported list."""

    __tablename__ = "org_units"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(index=True)
    parent: Mapped[str]
    type: Mapped[str]
    level: Mapped[int]
    aliases: Mapped[Json]


class OrgHeads(Base):
    """A leading cadre of a unit."""

    __tablename__ = "org_heads"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str]
    unit: Mapped[str]
    position: Mapped[str]
    level: Mapped[int]
    principal: Mapped[bool]


class OrgStaff(Base):
    """A member of the office itself."""

    __tablename__ = "org_staff"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str]
    position: Mapped[str]
    principal: Mapped[bool]


class OrgSettings(Base):
    """The office's name and the highest cadre level whose letters it may hold: one row."""

    __tablename__ = "org_settings"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    office: Mapped[str]
    ceiling: Mapped[int]


class AuditEvents(Base):
    """Who did what to which object and how it ended ('' is done), each row holding the hash of the one before."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "actor", "id"),
        Index(None, "action", "id"),
        Index(None, "object_kind", "object_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(80))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str]
    result: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
