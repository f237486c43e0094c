"""The declarative base and the column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime
from typing import Any, ClassVar, TypeAlias, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase

Json: TypeAlias = Any
"""A JSON value; the repositories turn it into domain values before anyone else sees it."""

# SQLite numbers rows by itself only in a column declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC. SQLite forgets time zones, so they are dropped on the way in and set on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse an instant without a time zone, which would be read back as another one."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text of letters. One NUL or lone surrogate would fail the commit of a whole batch, so each becomes U+FFFD; the length stays."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what a database cannot hold."""
        del dialect
        if value is None:
            return None
        try:
            value.encode()
        except UnicodeEncodeError:
            value = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in value)
        return value.replace("\0", "\ufffd")


class Base(DeclarativeBase):
    """Base of all tables. Constraints have names, so a migration can change them on either database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        bytes: LargeBinary(),
        date: Date(),
        datetime: UtcDateTime(),
        Json: JSON(none_as_null=True),
    }


def table_of(entity: type[Base]) -> Table:
    """Return the table behind a mapped class, for bulk statements."""
    return cast("Table", entity.__table__)
