"""Receipts of sealed letters: that one came, when, by which way, and which rule sealed it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.domain.letter import Channel
from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import CHINA, now
from xiansuo.storage.tables import SealedReceipts


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """A receipt to be stored; `file` is the random name of the envelope in the sealed folder, `source_id` where the letter came from."""

    received_on: date | None
    channel: Channel
    rule: str
    file: str
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt(NewReceipt):
    """A receipt as stored, with its number, such as MF-2026-0001."""

    id: int = field(kw_only=True)
    number: str = field(kw_only=True)
    created: datetime = field(kw_only=True)


def add(session: Session, receipt: NewReceipt, *, at: datetime | None = None) -> Receipt:
    """Store a receipt under the next number of the year."""
    at = at or now()
    year = at.astimezone(CHINA).year
    (number,) = numbers.take(session, f"sealed-{year}")
    row = SealedReceipts(
        number=f"MF-{year}-{number:04d}",
        received_on=receipt.received_on,
        channel=receipt.channel,
        rule=receipt.rule,
        file=receipt.file,
        created=at,
        source_id=receipt.source_id,
    )
    session.add(row)
    session.flush()
    return _from_row(row)


def list_all(session: Session) -> list[Receipt]:
    """Return all receipts, oldest first."""
    return [_from_row(row) for row in session.scalars(select(SealedReceipts).order_by(SealedReceipts.id))]


def _from_row(row: SealedReceipts) -> Receipt:
    return Receipt(
        id=row.id,
        number=row.number,
        received_on=row.received_on,
        channel=Channel(row.channel),
        rule=row.rule,
        file=row.file,
        source_id=row.source_id,
        created=row.created,
    )
