"""Letters moved between clues by hand: the places they leave and take, and the record an undo needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Update, delete, func, or_, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState
from xiansuo.storage.repositories import clues
from xiansuo.storage.repositories.clues import FOUND, ClueLetter
from xiansuo.storage.session import now
from xiansuo.storage.tables import Accounts, ClueLetters, Clues, Letters, LinkChanges
from xiansuo.storage.tables.base import Json

_DONE_WITH = (ClueState.POSTPONED, ClueState.SECOND, ClueState.DISPUTED, ClueState.DECIDED, ClueState.CLOSED)


@dataclass(frozen=True, slots=True)
class NewChange:
    """One letter moved by one act. `before` are the places, main letters and standings of both clues as they were."""

    account: int
    letter_id: int
    from_clue: int
    to_clue: int
    request: str
    before: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change(NewChange):
    """A move as stored."""

    id: int = field(kw_only=True)
    letter: str = field(kw_only=True)
    by: str = field(kw_only=True)
    created: datetime = field(kw_only=True)
    undone: datetime | None = field(kw_only=True)


def lock(session: Session, clue_ids: Iterable[int]) -> None:
    """Hold clues until the transaction ends, so that two people do not move the same letters at once."""
    wanted = select(Clues.id).where(Clues.id.in_(sorted(set(clue_ids)))).order_by(Clues.id)
    session.execute(wanted.with_for_update())


def standing(session: Session, clue_id: int) -> Json:
    """Return what people found about a clue, its main letter and how its letters relate, as JSON."""
    placed = clues.letters_of(session, [clue_id]).get(clue_id, [])
    row = session.get_one(Clues, clue_id, populate_existing=True)
    until = row.postponed_until
    return {
        "state": row.state,
        "outcome": row.outcome,
        "final_labels": row.final_labels,
        "final_category": row.final_category,
        "postponed_until": until.isoformat() if until else None,
        "first_reader": row.first_reader,
        "main_letter": row.main_letter,
        "relations": [[one.letter_id, one.relation.value, list(one.adds)] for one in placed],
    }


def detach(session: Session, place: ClueLetter) -> None:
    """Take a letter out of a clue and count it no longer there."""
    here = ClueLetters.clue_id == place.clue_id, ClueLetters.letter_id == place.letter_id
    session.execute(delete(ClueLetters).where(*here))
    counted = {"letters_count": Clues.letters_count - 1, "version": Clues.version + 1, "screened": False}
    session.execute(_of(place.clue_id).values(counted))


def settle(session: Session, clue_id: int) -> None:
    """Give a clue that lost or gained letters a main letter among its own, or mark it as merged where none is left.

    A clue that people were done with waits for a look again; their decisions stay on record.
    """
    placed = clues.letters_of(session, [clue_id]).get(clue_id, [])
    row = session.get_one(Clues, clue_id, populate_existing=True)
    if not placed:
        session.execute(_of(clue_id).values(state=ClueState.MERGED, **dict.fromkeys(FOUND)))
        return
    if row.state in {*_DONE_WITH, ClueState.MERGED}:
        session.execute(_of(clue_id).values(state=ClueState.OPEN, **dict.fromkeys(FOUND)))
    if row.main_letter not in {one.letter_id for one in placed}:
        first = min(placed, key=lambda one: (not one.main, one.letter_id)).letter_id
        session.execute(_of(clue_id).values(main_letter=first))
        set_relation(session, clue_id, first, "original", [])


def set_relation(session: Session, clue_id: int, letter_id: int, relation: str, adds: Sequence[str]) -> None:
    """Say anew how a letter relates to the earlier ones of its clue."""
    here = ClueLetters.clue_id == clue_id, ClueLetters.letter_id == letter_id
    session.execute(update(ClueLetters).where(*here).values(relation=relation, adds=list(adds)))


def restore(session: Session, clue_id: int, before: Json) -> None:
    """Put back what people had found, the main letter, and how the letters related."""
    values = {name: before[name] for name in (*FOUND, "state", "main_letter") if name != "postponed_until"}
    until = before["postponed_until"]
    day = datetime.fromisoformat(until).date() if until else None
    session.execute(_of(clue_id).values(**values, postponed_until=day))
    for letter, relation, adds in before["relations"]:
        set_relation(session, clue_id, letter, relation, adds)


def add(session: Session, changes: Iterable[NewChange]) -> None:
    """Record moves."""
    at = now()
    for one in changes:
        session.add(
            LinkChanges(
                account_id=one.account,
                letter_id=one.letter_id,
                from_clue=one.from_clue,
                to_clue=one.to_clue,
                request=one.request,
                before=one.before,
                created=at,
                undone=None,
            )
        )
    session.flush()


def by_request(session: Session, request: str) -> list[Change]:
    """Return the moves of one act, in the order in which they were made."""
    return _changes(session, LinkChanges.request == request)


def of_clue(session: Session, clue_id: int, limit: int = 20) -> list[Change]:
    """Return the latest moves into and out of a clue, newest first."""
    touching = or_(LinkChanges.from_clue == clue_id, LinkChanges.to_clue == clue_id)
    latest = select(LinkChanges.id).where(touching).order_by(LinkChanges.id.desc()).limit(limit)
    return list(reversed(_changes(session, LinkChanges.id.in_(latest))))


def later(session: Session, changes: Sequence[Change]) -> bool:
    """Tell whether any clue of these moves was changed by a later move that still stands."""
    touched = {id_ for one in changes for id_ in (one.from_clue, one.to_clue)}
    found = select(func.count()).where(
        LinkChanges.id > max(one.id for one in changes),
        LinkChanges.undone.is_(None),
        or_(LinkChanges.from_clue.in_(touched), LinkChanges.to_clue.in_(touched)),
    )
    return bool(session.scalar(found))


def mark_undone(session: Session, request: str) -> None:
    """Note that the moves of one act were taken back."""
    session.execute(update(LinkChanges).where(LinkChanges.request == request).values(undone=now()))


def _changes(session: Session, condition: ColumnElement[bool]) -> list[Change]:
    wanted = (
        select(LinkChanges, Letters.number, Accounts.name)
        .join(Letters, Letters.id == LinkChanges.letter_id)
        .join(Accounts, Accounts.id == LinkChanges.account_id)
        .where(condition)
        .order_by(LinkChanges.id)
        .execution_options(populate_existing=True)
    )
    return [
        Change(
            row.account_id,
            row.letter_id,
            row.from_clue,
            row.to_clue,
            row.request,
            row.before,
            id=row.id,
            letter=number,
            by=name,
            created=row.created,
            undone=row.undone,
        )
        for row, number, name in session.execute(wanted).tuples()
    ]


def _of(clue_id: int) -> Update:
    return update(Clues).where(Clues.id == clue_id).execution_options(synchronize_session=False)
