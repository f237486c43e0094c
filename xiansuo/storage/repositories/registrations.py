"""Entries made by hand (来访、来电登记): who made them and what became of them. Nothing of what was said."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.letter import Channel
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.seen import Outcome
from xiansuo.storage.session import CHINA
from xiansuo.storage.tables import ClueLetters, Clues, Letters, Registrations, SealedReceipts


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """An entry to be stored. `digest` is the keyed digest of all that was typed, `ref` the letter, receipt or quarantine entry."""

    request: str
    digest: bytes
    account: int
    channel: Channel
    received: date
    outcome: Outcome
    ref: int
    visitors: int
    claimed: bool
    attachments: int
    created: datetime


@dataclass(frozen=True, slots=True)
class Registration(NewRegistration):
    """An entry as stored. `number` is that of the letter or of the receipt; `handed_on` once reviewers have the letter."""

    id: int
    number: str
    handed_on: bool

    @property
    def receipt(self) -> str:
        """The number on the visitor's receipt: one series for all entries, so that none tells what became of the letter."""
        return f"HZ-{self.created.astimezone(CHINA).year}-{self.id:05d}"


def add(session: Session, new: NewRegistration) -> int:
    """Store an entry and return its id. Raises IntegrityError for a key that is there already."""
    row = Registrations(
        request=new.request,
        digest=new.digest,
        account_id=new.account,
        channel=new.channel.value,
        received=new.received,
        outcome=new.outcome.value,
        ref=new.ref,
        visitors=new.visitors,
        claimed=new.claimed,
        attachments=new.attachments,
        created=new.created,
    )
    session.add(row)
    session.flush()
    return row.id


def sign(session: Session, letter_id: int, account: int) -> str:
    """Note who entered a letter and return its register number."""
    session.execute(update(Letters).where(Letters.id == letter_id).values(registrar_id=account))
    return session.scalars(select(Letters.number).where(Letters.id == letter_id)).one()


def receipt_number(session: Session, receipt_id: int) -> str:
    """Return the number of a sealed letter's receipt."""
    return session.scalars(select(SealedReceipts.number).where(SealedReceipts.id == receipt_id)).one()


def by_request(session: Session, request: str) -> Registration | None:
    """Return the entry that was made under a form's key."""
    row = session.execute(_wanted().where(Registrations.request == request)).first()
    return None if row is None else _to_registration(row)


def get(session: Session, id_: int, account: int) -> Registration | None:
    """Return an entry of `account`."""
    row = session.execute(_wanted().where(Registrations.id == id_, Registrations.account_id == account)).first()
    return None if row is None else _to_registration(row)


def of(session: Session, account: int, *, before: int | None = None, limit: int = 50) -> list[Registration]:
    """Return the entries of `account`, newest first, older than the id `before`."""
    wanted = _wanted().where(Registrations.account_id == account).order_by(Registrations.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(Registrations.id < before)
    return [_to_registration(row) for row in session.execute(wanted)]


def _wanted() -> Select[Any]:
    stored = and_(Registrations.outcome == Outcome.STORED.value, Letters.id == Registrations.ref)
    sealed = and_(Registrations.outcome == Outcome.SEALED.value, SealedReceipts.id == Registrations.ref)
    number = func.coalesce(Letters.number, SealedReceipts.number, "").label("number")
    return (
        select(Registrations, number, _in_queue().label("handed_on"))
        .outerjoin(Letters, stored)
        .outerjoin(SealedReceipts, sealed)
    )


def _in_queue() -> ColumnElement[bool]:
    """Return the condition that reviewers may meet a clue with the letter."""
    screened = exists().where(ClueLetters.letter_id == Letters.id, Clues.id == ClueLetters.clue_id, Clues.screened)
    return and_(Letters.state == LetterState.RANKED.value, screened)


def _to_registration(row: Row[Any]) -> Registration:
    one: Registrations = row.Registrations
    return Registration(
        id=one.id,
        request=one.request,
        digest=one.digest,
        account=one.account_id,
        channel=Channel(one.channel),
        received=one.received,
        outcome=Outcome(one.outcome),
        ref=one.ref,
        visitors=one.visitors,
        claimed=one.claimed,
        attachments=one.attachments,
        created=one.created,
        number=row.number,
        handed_on=bool(row.handed_on),
    )
