"""Which source bytes and which mailbox positions have been taken in, as keyed digests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xiansuo.errors import StorageError
from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import add_missing, add_rows, chunks
from xiansuo.storage.tables import Seen, SeenMail


class Outcome(StrEnum):
    """What became of a letter at intake; ERASED: it was erased before, as a certificate says that came with a restored backup."""

    STORED = "stored"
    SEALED = "sealed"
    QUARANTINED = "quarantined"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class SeenLetter:
    """The digest of a letter's bytes, its outcome, and the id of the letter, receipt or quarantine entry.

    `mailbox_key` is the digest of its place in a mailbox, if it has one.
    """

    key: bytes
    outcome: Outcome
    ref: int
    mailbox_key: bytes | None = None


def take_turn(session: Session) -> None:
    """Wait until nobody else takes letters in; they wait until this transaction ends, so that what is not known now is new."""
    numbers.take_turn(session, "intake")


def add(session: Session, letters: Sequence[SeenLetter]) -> None:
    """Remember new letters. Raises StorageError when one of them is known, so that no letter is stored twice."""
    try:
        add_rows(session, Seen, [{"key": one.key, "outcome": one.outcome, "ref": one.ref} for one in letters])
    except IntegrityError:
        raise StorageError("另一个进程刚刚导入了同一信访件，本批没有写入任何内容。请重新运行。") from None
    add_mail(session, {one.mailbox_key: one.key for one in letters if one.mailbox_key is not None})


def add_mail(session: Session, places: Mapping[bytes, bytes]) -> None:
    """Remember mailbox positions (their digests) and the letters (keys) that lie there; known ones stay as they are."""
    add_missing(session, SeenMail, [{"mailbox_key": place, "key": key} for place, key in places.items()])


def known(session: Session, keys: Iterable[bytes]) -> dict[bytes, Outcome]:
    """Return the outcome of each of `keys` that came in before."""
    return {
        row.key: Outcome(row.outcome)
        for chunk in chunks(keys)
        for row in session.execute(select(Seen.key, Seen.outcome).where(Seen.key.in_(chunk)))
    }


def known_mail(session: Session, mailbox_digests: Iterable[bytes]) -> set[bytes]:
    """Return those mailbox positions that were fetched and committed before."""
    return {
        key
        for chunk in chunks(mailbox_digests)
        for key in session.scalars(select(SeenMail.mailbox_key).where(SeenMail.mailbox_key.in_(chunk)))
    }


def forget(session: Session, key: bytes) -> None:
    """Forget a letter of which nothing but its place was known, so that what lies at that place next is new."""
    session.execute(delete(Seen).where(Seen.key == key))


def change(session: Session, key: bytes, *, outcome: Outcome, ref: int) -> None:
    """Note what became of a letter that was quarantined."""
    session.execute(update(Seen).where(Seen.key == key).values(outcome=outcome, ref=ref))


def ref_of(session: Session, key: bytes) -> tuple[Outcome, int] | None:
    """Return the outcome of a letter and the id of the letter, receipt or quarantine entry; nothing for an unknown one."""
    row = session.execute(select(Seen.outcome, Seen.ref).where(Seen.key == key)).first()
    return None if row is None else (Outcome(row.outcome), row.ref)
