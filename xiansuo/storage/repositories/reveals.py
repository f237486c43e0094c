"""Requests to see an identity or an original, and their answers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.reveal import Reveal, Secret
from xiansuo.storage.session import add_missing
from xiansuo.storage.tables import Accounts, ClueLetters, Clues, Letters, Reveals

_Asker, _Answerer = aliased(Accounts), aliased(Accounts)


@dataclass(frozen=True, slots=True)
class NewReveal:
    """A request to be stored."""

    account: int
    letter_id: int
    clue_id: int
    request: str
    what: Secret
    reason: str = field(repr=False)
    created: datetime


def place(session: Session, clue: str, letter: str, allowed: ColumnElement[bool]) -> tuple[int, int] | None:
    """Return the ids of a clue and of a letter in it, by their numbers, where the clue is `allowed`."""
    found = (
        select(Clues.id, Letters.id)
        .join(ClueLetters, ClueLetters.clue_id == Clues.id)
        .join(Letters, Letters.id == ClueLetters.letter_id)
        .where(Clues.number == clue, Letters.number == letter, allowed)
    )
    row = session.execute(found).first()
    return None if row is None else (row[0], row[1])


def add(session: Session, new: NewReveal) -> int:
    """Store a request and return its id; one with the same key is stored once."""
    row = {
        "account_id": new.account,
        "letter_id": new.letter_id,
        "clue_id": new.clue_id,
        "request": new.request,
        "what": new.what.value,
        "reason": new.reason,
        "created": new.created,
        "answer": "",
        "views": 0,
    }
    add_missing(session, Reveals, [row])
    return session.scalars(select(Reveals.id).where(Reveals.request == new.request)).one()


def waiting_like(session: Session, new: NewReveal) -> int | None:
    """Return the request with the same key, or one of the same person for the same that still waits."""
    same = and_(
        Reveals.account_id == new.account,
        Reveals.letter_id == new.letter_id,
        Reveals.clue_id == new.clue_id,
        Reveals.what == new.what.value,
        Reveals.answered.is_(None),
    )
    known = select(Reveals.id).where(Reveals.request == new.request, Reveals.account_id == new.account)
    return session.scalar(known) or session.scalar(select(Reveals.id).where(same))


def get(session: Session, id_: int, allowed: ColumnElement[bool]) -> Reveal | None:
    """Return a request whose clue is `allowed` and still holds the letter."""
    row = session.execute(_wanted(allowed).where(Reveals.id == id_)).first()
    return None if row is None else _to_reveal(row)


def of(session: Session, account: int, allowed: ColumnElement[bool], *, limit: int) -> list[Reveal]:
    """Return a person's own requests, newest first."""
    wanted = _wanted(allowed).where(Reveals.account_id == account).order_by(Reveals.id.desc()).limit(limit)
    return [_to_reveal(row) for row in session.execute(wanted)]


def waiting_for(session: Session, account: int, allowed: ColumnElement[bool], *, limit: int) -> list[Reveal]:
    """Return the requests of others that wait for an answer, oldest first."""
    wanted = _wanted(allowed).where(*_waiting(account)).order_by(Reveals.id).limit(limit)
    return [_to_reveal(row) for row in session.execute(wanted)]


def count_waiting(session: Session, account: int, allowed: ColumnElement[bool]) -> int:
    """Return how many requests of others wait for an answer."""
    wanted = _wanted(allowed).where(*_waiting(account)).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(wanted) or 0


def history(session: Session, allowed: ColumnElement[bool], *, limit: int) -> list[Reveal]:
    """Return all requests that were answered, newest first."""
    wanted = _wanted(allowed).where(Reveals.answered.is_not(None)).order_by(Reveals.id.desc()).limit(limit)
    return [_to_reveal(row) for row in session.execute(wanted)]


def answer(  # noqa: PLR0913 - the parts of an answer
    session: Session, id_: int, *, by: int, at: datetime, granted: bool, expires: datetime | None, reason: str
) -> bool:
    """Answer a request that waits; tell whether it still did."""
    values = {"answered_by": by, "answered": at, "granted": granted, "expires": expires, "answer": reason}
    waits = update(Reveals).where(Reveals.id == id_, Reveals.answered.is_(None), Reveals.account_id != by)
    return session.connection().execute(waits.values(values)).rowcount == 1


def count_view(session: Session, id_: int, *, account: int, at: datetime) -> bool:
    """Count a look through a window that is open for `account` at the instant `at`; tell whether it is."""
    is_open = (Reveals.id == id_, Reveals.account_id == account, Reveals.granted.is_(True), Reveals.expires > at)
    return session.connection().execute(update(Reveals).where(*is_open).values(views=Reveals.views + 1)).rowcount == 1


def close(session: Session, id_: int, *, at: datetime) -> bool:
    """End a window that is open; tell whether it was."""
    is_open = (Reveals.id == id_, Reveals.granted.is_(True), Reveals.expires > at)
    return session.connection().execute(update(Reveals).where(*is_open).values(expires=at)).rowcount == 1


def _waiting(account: int) -> tuple[ColumnElement[bool], ...]:
    return (Reveals.answered.is_(None), Reveals.account_id != account)


def _wanted(allowed: ColumnElement[bool]) -> Select[Any]:
    # A letter that was moved to another clue may stand under other recusals, so the request is void.
    in_clue = exists().where(ClueLetters.clue_id == Reveals.clue_id, ClueLetters.letter_id == Reveals.letter_id)
    return (
        select(
            Reveals,
            Letters.number.label("letter"),
            Clues.number.label("clue"),
            _Asker.name.label("asker"),
            _Answerer.name.label("answerer"),
        )
        .join(Clues, Clues.id == Reveals.clue_id)
        .join(Letters, Letters.id == Reveals.letter_id)
        .join(_Asker, _Asker.id == Reveals.account_id)
        .outerjoin(_Answerer, _Answerer.id == Reveals.answered_by)
        .where(allowed, in_clue)
    )


def _to_reveal(row: Row[Any]) -> Reveal:
    one: Reveals = row.Reveals
    return Reveal(
        id=one.id,
        account=one.account_id,
        asker=row.asker,
        letter_id=one.letter_id,
        letter=row.letter,
        clue_id=one.clue_id,
        clue=row.clue,
        what=Secret(one.what),
        reason=one.reason,
        created=one.created,
        answered_by=one.answered_by,
        answerer=row.answerer or "",
        answer=one.answer,
        answered=one.answered,
        granted=one.granted,
        expires=one.expires,
        views=one.views,
    )
