"""How far each mail folder of a source has been committed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.storage.tables import Cursors


def get(session: Session, source_id: int) -> dict[str, tuple[int, int]]:
    """Return (UIDVALIDITY, last committed UID) of every folder read so far."""
    rows = session.scalars(select(Cursors).where(Cursors.source_id == source_id))
    return {row.folder: (row.uidvalidity, row.last_uid) for row in rows}


def advance(session: Session, source_id: int, folder: str, *, uidvalidity: int, uid: int) -> None:
    """Note that `folder` is committed up to `uid`. Within one UIDVALIDITY a cursor never goes back; a new one starts over."""
    row = session.get(Cursors, (source_id, folder))
    if row is None:
        session.add(Cursors(source_id=source_id, folder=folder, uidvalidity=uidvalidity, last_uid=uid))
    elif row.uidvalidity != uidvalidity:
        row.uidvalidity, row.last_uid = uidvalidity, uid
    else:
        row.last_uid = max(row.last_uid, uid)
    session.flush()
