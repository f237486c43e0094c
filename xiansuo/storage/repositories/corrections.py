"""Corrections of entities by hand: where the same words stand as the same thing, and the rows before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, exists, func, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.people import Power, Viewer
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import add_missing, chunks, now
from xiansuo.storage.tables import Accounts, ClueLetters, Clues, Entities, EntityCorrections, Letters
from xiansuo.storage.tables.base import Json

Row = tuple[int, int, str, str]
"""An entity's row in one letter: start, end, type, value."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity as it stands in one letter: its row and the words there."""

    letter_id: int
    start: int
    end: int
    type: str
    value: str = field(repr=False)
    words: str = field(repr=False)

    @property
    def row(self) -> Row:
        """The row without the letter."""
        return self.start, self.end, self.type, self.value


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a correction takes out of a letter and puts in: rows of entities, and the respondents named by a register before and after."""

    out: tuple[Row, ...]
    into: tuple[Row, ...]
    named: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()

    @property
    def reversed(self) -> "Exchange":
        """What takes it back."""
        return Exchange(self.into, self.out, self.renamed, self.named)


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """A correction to be kept. `changed` tells for each letter what was exchanged."""

    account: int
    clue_id: int
    type: str
    value: str = field(repr=False)
    new_type: str
    new_value: str = field(repr=False)
    request: str
    changed: Mapping[int, Exchange] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Correction(NewCorrection):
    """A correction as stored."""

    id: int = field(kw_only=True)
    by: str = field(kw_only=True)
    created: datetime = field(kw_only=True)
    undone: datetime | None = field(kw_only=True)


def at(session: Session, letter_id: int, start: int, type_: str) -> Named | None:
    """Return the entity of a type that starts at a place of a letter, the longest where there are several."""
    here = Entities.letter_id == letter_id, Entities.start == start, Entities.type == type_
    found = session.execute(_named(and_(*here)).order_by(Entities.end.desc()).limit(1)).first()
    return Named(*found) if found else None


def like(session: Session, viewer: Viewer, one: Named) -> list[Named]:
    """Return every entity with the same type and value, without a value the same words, in letters the person may correct."""
    same = [Entities.value == one.value] if one.value else [Entities.value == "", one.words == _WORDS]
    wanted = _named(and_(Entities.type == one.type, *same, _seen(viewer))).order_by(Entities.letter_id, Entities.start)
    return [Named(*row) for row in session.execute(wanted)]


def registered(session: Session, viewer: Viewer, name: str) -> list[int]:
    """Return the letters the person may correct whose register names `name` as a respondent."""
    listed = cast(Letters.named_respondents, Text).contains(f'"{name}"', autoescape=True)
    return list(session.scalars(select(Letters.id).where(listed, _seen(viewer)).order_by(Letters.id)))


def clues_of(session: Session, letter_ids: Iterable[int]) -> set[int]:
    """Return the clues these letters belong to or touch."""
    found: set[int] = set()
    for chunk in chunks(letter_ids):
        found |= set(session.scalars(select(ClueLetters.clue_id).where(ClueLetters.letter_id.in_(chunk))))
    return found


def seen_clues(session: Session, viewer: Viewer, clue_ids: Iterable[int]) -> int:
    """Return how many of these clues the person may meet."""
    counts = select(func.count()).select_from(Clues)
    return sum(
        session.scalar(counts.where(Clues.id.in_(chunk), visible(viewer, Power.CORRECT_ENTITIES))) or 0
        for chunk in chunks(clue_ids)
    )


def seen_letters(session: Session, viewer: Viewer, letter_ids: Iterable[int]) -> set[int]:
    """Return those of the letters that lie in a clue the person may read."""
    place = ClueLetters.letter_id == Letters.id
    met = exists().where(place, Clues.id == ClueLetters.clue_id, visible(viewer))
    found: set[int] = set()
    for chunk in chunks(letter_ids):
        found |= set(session.scalars(select(Letters.id).where(Letters.id.in_(chunk), met)))
    return found


def exchange(session: Session, letter_id: int, change: Exchange) -> None:
    """Take rows of a letter's entities out and put others in; those that stand there already stay."""
    for start, end, type_, _ in change.out:
        here = Entities.letter_id == letter_id, Entities.start == start, Entities.end == end, Entities.type == type_
        session.execute(delete(Entities).where(*here).execution_options(synchronize_session=False))
    rows = [
        {"letter_id": letter_id, "start": start, "end": end, "type": type_, "value": value}
        for start, end, type_, value in change.into
    ]
    add_missing(session, Entities, rows)
    if change.named != change.renamed:
        named = update(Letters).where(Letters.id == letter_id).values(named_respondents=list(change.renamed))
        session.execute(named.execution_options(synchronize_session=False))


def add(session: Session, new: NewCorrection) -> None:
    """Record a correction."""
    changed = [[letter, one.out, one.into, one.named, one.renamed] for letter, one in new.changed.items()]
    row = EntityCorrections(
        account_id=new.account,
        clue_id=new.clue_id,
        type=new.type,
        value=new.value,
        new_type=new.new_type,
        new_value=new.new_value,
        request=new.request,
        changed=changed,
        created=now(),
        undone=None,
    )
    session.add(row)
    session.flush()


def by_request(session: Session, request: str) -> Correction | None:
    """Return the correction that carried this request key."""
    found = _corrections(session, EntityCorrections.request == request)
    return found[0] if found else None


def of_clue(session: Session, clue_id: int, limit: int = 20) -> list[Correction]:
    """Return the latest corrections made on a clue's page, newest first."""
    latest = select(EntityCorrections.id).where(EntityCorrections.clue_id == clue_id)
    ids = session.scalars(latest.order_by(EntityCorrections.id.desc()).limit(limit)).all()
    return list(reversed(_corrections(session, EntityCorrections.id.in_(ids))))


def mark_undone(session: Session, request: str) -> None:
    """Note that a correction was taken back."""
    session.execute(update(EntityCorrections).where(EntityCorrections.request == request).values(undone=now()))


_WORDS = func.substr(Letters.text, Entities.start + 1, Entities.end - Entities.start)


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    place = ClueLetters.letter_id == Letters.id
    return exists().where(place, Clues.id == ClueLetters.clue_id, visible(viewer, Power.CORRECT_ENTITIES))


def _named(condition: ColumnElement[bool]) -> Select[tuple[int, int, int, str, str, str]]:
    columns = (Entities.letter_id, Entities.start, Entities.end, Entities.type, Entities.value, _WORDS)
    return select(*columns).join(Letters, Letters.id == Entities.letter_id).where(condition)


def _corrections(session: Session, condition: ColumnElement[bool]) -> list[Correction]:
    wanted = select(EntityCorrections, Accounts.name).join(Accounts, Accounts.id == EntityCorrections.account_id)
    rows = session.execute(wanted.where(condition).order_by(EntityCorrections.id)).tuples()
    return [_correction(row, name) for row, name in rows]


def _correction(row: EntityCorrections, name: str) -> Correction:
    return Correction(
        row.account_id,
        row.clue_id,
        row.type,
        row.value,
        row.new_type,
        row.new_value,
        row.request,
        {
            letter: Exchange(_rows(out), _rows(into), tuple(named), tuple(renamed))
            for letter, out, into, named, renamed in row.changed
        },
        id=row.id,
        by=name,
        created=row.created,
        undone=row.undone,
    )


def _rows(stored: Json) -> tuple[Row, ...]:
    return tuple((start, end, type_, value) for start, end, type_, value in stored)
