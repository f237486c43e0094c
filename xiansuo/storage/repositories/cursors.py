"""How far each mail folder of a source has been committed, and how far its mails were marked or moved on the server."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xiansuo.storage.tables import Cursors


def get(session: Session, source_id: int) -> dict[str, tuple[int, int]]:
    """Return (UIDVALIDITY, last committed UID) of every folder read so far."""
    rows = session.scalars(select(Cursors).where(Cursors.source_id == source_id))
    return {row.folder: (row.uidvalidity, row.last_uid) for row in rows}


def advance(
    session: Session, source_id: int, folder: str, *, uidvalidity: int, uid: int, acknowledged: bool = True
) -> None:
    """Note that `folder` is committed up to `uid`. Within one UIDVALIDITY a cursor never goes back; a new one starts over.

    `acknowledged` where nothing remains to be done on the server.
    """
    row = session.get(Cursors, (source_id, folder))
    if row is None:
        row = Cursors(source_id=source_id, folder=folder, uidvalidity=uidvalidity, last_uid=0, acknowledged_uid=0)
        session.add(row)
    elif row.uidvalidity != uidvalidity:
        row.uidvalidity, row.last_uid, row.acknowledged_uid = uidvalidity, 0, 0
    row.last_uid = max(row.last_uid, uid)
    if acknowledged:
        row.acknowledged_uid = row.last_uid
    session.flush()


def unacknowledged(session: Session, source_id: int) -> dict[str, tuple[int, int, int]]:
    """Return (UIDVALIDITY, last acknowledged UID, last committed UID) of every folder where the two differ."""
    behind = Cursors.acknowledged_uid < Cursors.last_uid
    rows = session.scalars(select(Cursors).where(Cursors.source_id == source_id, behind).order_by(Cursors.folder))
    return {row.folder: (row.uidvalidity, row.acknowledged_uid, row.last_uid) for row in rows}


def acknowledge(session: Session, source_id: int, folder: str, *, uidvalidity: int, uid: int) -> None:
    """Note that the committed mails of `folder` were marked or moved up to `uid`."""
    same = Cursors.source_id == source_id, Cursors.folder == folder, Cursors.uidvalidity == uidvalidity
    session.execute(update(Cursors).where(*same, Cursors.acknowledged_uid < uid).values(acknowledged_uid=uid))
