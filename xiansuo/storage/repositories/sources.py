"""Names of the places letters come from."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.storage.session import add_missing
from xiansuo.storage.tables import Sources


def get_or_create(session: Session, name: str, kind: str) -> int:
    """Return the id of the source `name`, noting it first if it is new."""
    if (known := id_of(session, name)) is not None:
        return known
    add_missing(session, Sources, [{"name": name, "kind": kind}])
    return session.scalars(select(Sources.id).where(Sources.name == name)).one()


def id_of(session: Session, name: str) -> int | None:
    """Return the id of a source, nothing for one that is not noted."""
    return session.scalar(select(Sources.id).where(Sources.name == name))


def names(session: Session) -> dict[int, str]:
    """Return the name of every source by id."""
    return {row.id: row.name for row in session.execute(select(Sources.id, Sources.name))}
