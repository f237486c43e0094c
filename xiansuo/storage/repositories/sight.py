"""Clues and letters as far as a person may see them; what the person may not see is not there."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.domain.people import Power, Viewer
from xiansuo.storage.repositories import clues
from xiansuo.storage.repositories.clues import StoredClue
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import ClueLetters, Clues, Letters


def clue(session: Session, viewer: Viewer, number: str, power: Power = Power.READ_CLUES) -> StoredClue | None:
    """Return the clue with this number on which `viewer` may use `power`."""
    found = session.scalar(select(Clues.id).where(Clues.number == number, visible(viewer, power)))
    return clues.get(session, [found])[found] if found is not None else None


def seen(session: Session, viewer: Viewer, clue_ids: Iterable[int], power: Power = Power.READ_CLUES) -> dict[int, str]:
    """Return those of the clues on which `viewer` may use `power`, with their numbers."""
    wanted = select(Clues.id, Clues.number).where(visible(viewer, power))
    return {
        id_: number
        for chunk in chunks(clue_ids)
        for id_, number in session.execute(wanted.where(Clues.id.in_(chunk))).tuples()
    }


def letter_in(session: Session, clue_id: int, number: str) -> int | None:
    """Return the letter of a clue by its register number."""
    placed = select(Letters.id).join(ClueLetters, ClueLetters.letter_id == Letters.id)
    return session.scalar(placed.where(ClueLetters.clue_id == clue_id, Letters.number == number))
