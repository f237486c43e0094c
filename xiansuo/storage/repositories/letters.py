"""Masked letters: adding them in bulk, taking those a stage has still to work on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.letter import Channel, HandOver, Kind, Part, PartRole, Signed
from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import CHINA, add_rows, chunks, now, table_of
from xiansuo.storage.tables import Letters
from xiansuo.storage.tables.base import Json


class LetterState(StrEnum):
    """How far a letter got; every stage takes the letters of one state and leaves them in the next."""

    STORED = "stored"
    ANALYSED = "analysed"
    LINKED = "linked"
    RANKED = "ranked"
    ERASED = "erased"


AT_REST = frozenset({LetterState.RANKED, LetterState.ERASED})
"""The states in which nothing more is to be done with a letter: it is in the queue, or two people had it erased and only its place is left."""


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to be stored. Subject, text and named respondents are masked; spans of `parts` count characters of `text`.

    `message_key` is the keyed digest of the Message-ID.
    """

    source_id: int
    kind: Kind
    channel: Channel
    received: date | None
    subject: str = field(repr=False)
    text: str = field(repr=False)
    parts: tuple[Part, ...] = ()
    signed: Signed = Signed.ANONYMOUS
    run_id: int | None = None
    message_key: bytes | None = None
    hand_over: HandOver | None = None
    named_unit: str = field(default="", repr=False)
    named_respondents: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class StoredLetter(NewLetter):
    """A letter as stored. `number` is the one of the office's register; names of parts are not kept."""

    id: int = field(kw_only=True)
    number: str = field(kw_only=True)
    state: LetterState = field(kw_only=True)
    ingested_at: datetime = field(kw_only=True)


def next_number(session: Session, count: int = 1, *, year: int) -> list[str]:
    """Return the next `count` register numbers of `year`, such as 2026-000123."""
    return [f"{year}-{number:06d}" for number in numbers.take(session, f"letters-{year}", count)]


def add(session: Session, letters: Sequence[NewLetter], *, at: datetime | None = None) -> list[int]:
    """Store letters in the order given and return their ids; ids and numbers follow the order of commits."""
    at = at or now()
    ids = list(numbers.take(session, "letters", len(letters)))
    registered = next_number(session, len(letters), year=at.astimezone(CHINA).year)
    rows = [
        {"id": id_, "number": number, "ingested_at": at, "state": LetterState.STORED, **_to_row(letter)}
        for id_, number, letter in zip(ids, registered, letters, strict=True)
    ]
    add_rows(session, Letters, rows)
    return ids


def get(session: Session, ids: Iterable[int]) -> list[StoredLetter]:
    """Return the letters with these ids, in order of intake."""
    rows = [row for chunk in chunks(ids) for row in session.execute(_WHOLE.where(Letters.id.in_(chunk)))]
    return sorted((_from_row(row) for row in rows), key=lambda letter: letter.id)


def wordings(session: Session, letter_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return the subject and the text of each letter."""
    stored = table_of(Letters).c
    wanted = select(stored.id, stored.subject, stored.text)
    return {
        id_: (subject, text)
        for chunk in chunks(letter_ids)
        for id_, subject, text in session.connection().execute(wanted.where(stored.id.in_(chunk)))
    }


def take(session: Session, state: LetterState, *, after_id: int = 0, limit: int = 200) -> list[StoredLetter]:
    """Return up to `limit` letters in `state`, in order of intake, after `after_id`."""
    wanted = _WHOLE.where(Letters.state == state, Letters.id > after_id).order_by(Letters.id).limit(limit)
    return [_from_row(row) for row in session.execute(wanted)]


def ids(session: Session, *, after_id: int = 0, limit: int = 200) -> list[int]:
    """Return up to `limit` letters that were not erased, in order of intake, after `after_id`."""
    there = select(Letters.id).where(Letters.id > after_id, Letters.state != LetterState.ERASED)
    return list(session.scalars(there.order_by(Letters.id).limit(limit)))


def claim(session: Session, state: LetterState, *, limit: int, before: int | None = None) -> list[StoredLetter]:
    """Return up to `limit` letters in `state` that nobody else has claimed, in order of intake; of those before the letter `before`.

    On PostgreSQL they are claimed until the transaction ends, however it ends: a claim dies with its connection. In SQLite
    whoever writes has claimed everything, and nothing is claimed by reading.
    """
    place = [Letters.state == state] if before is None else [Letters.state == state, Letters.id < before]
    wanted = _WHOLE.where(*place).order_by(Letters.id).limit(limit)
    # Others may go on referring to these letters meanwhile, as a person does who moves one to another clue.
    return [_from_row(row) for row in session.execute(wanted.with_for_update(skip_locked=True, key_share=True))]


def any_in(session: Session, state: LetterState, *, before: int | None = None) -> bool:
    """Tell whether a letter is in `state`, claimed or not; of those before the letter `before`."""
    wanted = select(Letters.id).where(Letters.state == state).limit(1)
    return session.scalar(wanted if before is None else wanted.where(Letters.id < before)) is not None


def ids_between(session: Session, state: LetterState, first: int, last: int) -> set[int]:
    """Return the ids of letters in `state` from `first` to `last`, claimed or not."""
    return set(session.scalars(select(Letters.id).where(Letters.state == state, Letters.id.between(first, last))))


def in_state(session: Session, letter_ids: Iterable[int], state: LetterState) -> set[int]:
    """Return those of `letter_ids` that are in `state`."""
    return {
        id_
        for chunk in chunks(letter_ids)
        for id_ in session.scalars(select(Letters.id).where(Letters.id.in_(chunk), Letters.state == state))
    }


def erased(session: Session) -> frozenset[int]:
    """Return the letters that were erased."""
    return frozenset(session.scalars(select(Letters.id).where(Letters.state == LetterState.ERASED)))


def rewrite(session: Session, letter_id: int, letter: NewLetter) -> None:
    """Put a letter that was read and masked anew in the place of the one stored; it waits for analysis again."""
    row = _to_row(letter)
    read = {
        name: row[name] for name in ("kind", "signed", "named_unit", "named_respondents", "parts", "subject", "text")
    }
    session.execute(update(Letters).where(Letters.id == letter_id).values(**read, state=LetterState.STORED))


def set_back(session: Session, chosen: Select[tuple[int]]) -> int:
    """Let the chosen letters wait for analysis again and return how many did not wait yet."""
    again = update(Letters).where(Letters.id.in_(chosen), Letters.state.not_in(_SETTLED))
    result = session.connection().execute(again.values(state=LetterState.STORED))
    return result.rowcount


def count_of(session: Session, chosen: Select[tuple[int]]) -> int:
    """Return how many of the chosen letters have been analysed."""
    ready = select(func.count()).select_from(Letters).where(Letters.id.in_(chosen), Letters.state.not_in(_SETTLED))
    return session.scalar(ready) or 0


def ids_in(session: Session, state: LetterState, *, after_id: int = 0, limit: int) -> list[int]:
    """Return the ids of up to `limit` letters in `state`, in order of intake, after `after_id`, without reading their text."""
    wanted = select(Letters.id).where(Letters.state == state, Letters.id > after_id).order_by(Letters.id).limit(limit)
    return list(session.scalars(wanted))


def advance(session: Session, ids: Iterable[int], state: LetterState) -> None:
    """Note that letters have reached `state`."""
    for chunk in chunks(ids):
        session.execute(update(Letters).where(Letters.id.in_(chunk)).values(state=state))


def with_message(session: Session, message_keys: Iterable[bytes]) -> dict[bytes, int]:
    """Return the first letter that came with each of these Message-IDs."""
    found: dict[bytes, int] = {}
    for chunk in chunks(message_keys):
        first = select(Letters.message_key, func.min(Letters.id)).where(Letters.message_key.in_(chunk))
        found |= {key: id_ for key, id_ in session.execute(first.group_by(Letters.message_key)) if key is not None}
    return found


def count(session: Session) -> dict[LetterState, int]:
    """Return the number of letters in each state that has any."""
    rows = session.execute(select(Letters.state, func.count()).group_by(Letters.state))
    return {LetterState(state): total for state, total in rows}


def _to_row(letter: NewLetter) -> dict[str, object]:
    hand_over = letter.hand_over
    return {
        "source_id": letter.source_id,
        "run_id": letter.run_id,
        "kind": letter.kind,
        "channel": letter.channel,
        "received": letter.received,
        "signed": letter.signed,
        "message_key": letter.message_key,
        "hand_over": hand_over and [hand_over.sender, hand_over.list_number, hand_over.position],
        "named_unit": letter.named_unit,
        "named_respondents": list(letter.named_respondents),
        # A part's name is a file name, and file names hold names of people.
        "parts": [[part.role, part.start, part.end, part.media_type, part.note] for part in letter.parts],
        "subject": letter.subject,
        "text": letter.text,
    }


_SETTLED = (LetterState.STORED, LetterState.ERASED)
# Plain columns, not mapped objects, which take several times as long to build.
_WHOLE = select(*table_of(Letters).c)


def _from_row(row: Row[Any]) -> StoredLetter:
    return StoredLetter(
        id=row.id,
        number=row.number,
        source_id=row.source_id,
        run_id=row.run_id,
        kind=Kind(row.kind),
        channel=Channel(row.channel),
        received=row.received,
        subject=row.subject,
        text=row.text,
        parts=tuple(_to_part(part) for part in row.parts),
        signed=Signed(row.signed),
        message_key=row.message_key,
        hand_over=HandOver(*row.hand_over) if row.hand_over else None,
        named_unit=row.named_unit,
        named_respondents=tuple(row.named_respondents),
        state=LetterState(row.state),
        ingested_at=row.ingested_at,
    )


def _to_part(part: Json) -> Part:
    role, start, end, media_type, note = part
    return Part(PartRole(role), start, end, media_type, note=note)


def by_source(session: Session) -> dict[int, tuple[int, datetime]]:
    """Return how many letters came from each source and when the last one did."""
    # Ids follow the order of intake, so the index on the source tells the last letter without reading one.
    counted = select(Letters.source_id, func.count().label("total"), func.max(Letters.id).label("last"))
    last = counted.group_by(Letters.source_id).subquery()
    rows = session.execute(
        select(last.c.source_id, last.c.total, Letters.ingested_at).join(Letters, Letters.id == last.c.last)
    )
    return {row.source_id: (row.total, row.ingested_at) for row in rows}
