"""Files that left the program: what, which version, for whom, how many rows, the digest of the bytes; never their content."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from xiansuo.storage.session import CHINA, now
from xiansuo.storage.tables import Exports


@dataclass(frozen=True, slots=True)
class Export:
    """An export that has its number; it is complete once its digest is noted."""

    id: int
    created: datetime

    @property
    def number(self) -> str:
        """The number printed on every page and row, such as DC-2026-0001."""
        return f"DC-{self.created.astimezone(CHINA).year}-{self.id:04d}"


def begin(session: Session, kind: str, version: int, account: int) -> Export:
    """Give an export its number before the file is made, because the number stands in it."""
    row = Exports(kind=kind, version=version, account_id=account, rows=0, digest=b"", created=now())
    session.add(row)
    session.flush()
    return Export(row.id, row.created)


def finish(session: Session, export: Export, *, rows: int, digest: bytes) -> None:
    """Note what the file came to."""
    session.execute(update(Exports).where(Exports.id == export.id).values(rows=rows, digest=digest))
