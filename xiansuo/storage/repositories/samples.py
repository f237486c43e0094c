"""Clues drawn to be read for the figures."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from xiansuo.storage.tables import Clues, Samples


def ids(session: Session) -> frozenset[int]:
    """Return the ids of all clues that were ever drawn; nothing is learned from them."""
    return frozenset(session.scalars(select(Samples.clue_id)))


def drawn() -> ColumnElement[bool]:
    """Return the condition on `Clues` that they were drawn."""
    return exists().where(Samples.clue_id == Clues.id).correlate(Clues)
