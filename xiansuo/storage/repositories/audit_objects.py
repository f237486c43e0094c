"""What the objects and actors of audit events are called: numbers and posts only, nothing of what a letter says."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from xiansuo.storage.tables import Accounts, ClueLetters, Clues, Letters, Reveals

Object = tuple[str, str]
"""Kind and id of what an event is about."""


def people(session: Session, logins: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return name and role of the accounts with these logins."""
    wanted = select(Accounts.login, Accounts.name, Accounts.role).where(Accounts.login.in_(logins))
    return {row.login: (row.name, row.role) for row in session.execute(wanted)}


def of_clue(session: Session, number: str) -> tuple[Object, ...]:
    """Return the objects that belong to the clue `number`: itself, its letters and the requests to see them; none for no clue."""
    clue = session.scalar(select(Clues.id).where(Clues.number == number))
    if clue is None:
        return ()
    in_clue = ClueLetters.clue_id == clue
    letters = select(Letters.id, Letters.number).join(ClueLetters, ClueLetters.letter_id == Letters.id).where(in_clue)
    found: list[Object] = [("clue", str(clue)), ("clue", number)]
    for row in session.execute(letters):
        found += [("letter", str(row.id)), ("letter", row.number)]
    asked = session.scalars(select(Reveals.id).where(Reveals.clue_id == clue))
    return (*found, *(("reveal", str(id_)) for id_ in asked))


def numbers_of(session: Session, objects: Collection[Object]) -> dict[Object, str]:
    """Return the register numbers of clues and letters that events name by id, and of the clue that a request is about."""
    return {
        **_numbers(session, "clue", Clues.id, Clues.number, objects),
        **_numbers(session, "letter", Letters.id, Letters.number, objects),
        **_asked(session, objects),
    }


def _numbers(
    session: Session,
    kind: str,
    id_: InstrumentedAttribute[int],
    number: InstrumentedAttribute[str],
    objects: Collection[Object],
) -> dict[Object, str]:
    wanted = _ids(kind, objects)
    rows = session.execute(select(id_, number).where(id_.in_(wanted))) if wanted else ()
    return {(kind, str(found)): named for found, named in rows}


def _asked(session: Session, objects: Collection[Object]) -> dict[Object, str]:
    wanted = select(Reveals.id, Clues.number).join(Clues, Clues.id == Reveals.clue_id)
    rows = session.execute(wanted.where(Reveals.id.in_(_ids("reveal", objects))))
    return {("reveal", str(found)): number for found, number in rows}


def _ids(kind: str, objects: Collection[Object]) -> list[int]:
    return [int(id_) for name, id_ in objects if name == kind and id_.isdecimal()]
