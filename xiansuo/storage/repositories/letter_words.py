"""Letters as the learner sees them under an acquaintance: log-odds and the site's words, kept so that learning anew takes seconds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState
from xiansuo.storage.session import add_rows, chunks
from xiansuo.storage.tables import ClueLetters, Clues, LetterWords

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class WordsRow:
    """A letter's log-odds per label and its words: columns of the acquaintance's vocabulary with their weights."""

    letter: int
    odds: Floats = field(repr=False)
    columns: Ints = field(repr=False)
    weights: Floats = field(repr=False)


def put(session: Session, acquaintance: str, rows: Sequence[WordsRow]) -> None:
    """Put letters as an acquaintance sees them in the place of how an earlier one did."""
    forget(session, [row.letter for row in rows])
    add_rows(
        session,
        LetterWords,
        [
            {
                "letter_id": row.letter,
                "acquaintance": acquaintance,
                "odds": row.odds.astype("<f4").tobytes(),
                "columns": row.columns.astype("<i4").tobytes(),
                "weights": row.weights.astype("<f4").tobytes(),
            }
            for row in rows
        ],
    )


def forget(session: Session, letters: Iterable[int]) -> None:
    """Forget how letters looked, because they were analysed again."""
    for chunk in chunks(letters):
        session.execute(delete(LetterWords).where(LetterWords.letter_id.in_(chunk)))


def missing(session: Session, acquaintance: str, states: Sequence[ClueState], *, limit: int | None = None) -> list[int]:
    """Return the letters of clues in `states` that the acquaintance has not seen yet, the oldest first."""
    seen = exists().where(LetterWords.letter_id == ClueLetters.letter_id, LetterWords.acquaintance == acquaintance)
    wanted = (
        select(ClueLetters.letter_id)
        .join(Clues, Clues.id == ClueLetters.clue_id)
        .where(Clues.state.in_(states), ~seen)
        .order_by(ClueLetters.letter_id)
        .distinct()
        .limit(limit)
    )
    return list(session.scalars(wanted))


def unseen(session: Session, acquaintance: str, letters: Iterable[int]) -> list[int]:
    """Return those of `letters` that the acquaintance has not seen yet."""
    asked = sorted(set(letters))
    known = {
        id_
        for chunk in chunks(asked)
        for id_ in session.scalars(
            select(LetterWords.letter_id).where(
                LetterWords.letter_id.in_(chunk), LetterWords.acquaintance == acquaintance
            )
        )
    }
    return [id_ for id_ in asked if id_ not in known]


def of(session: Session, acquaintance: str, letters: Iterable[int]) -> dict[int, WordsRow]:
    """Return letters as an acquaintance sees them."""
    columns = (LetterWords.letter_id, LetterWords.odds, LetterWords.columns, LetterWords.weights)
    wanted = select(*columns).where(LetterWords.acquaintance == acquaintance)
    return {
        row.letter: row
        for chunk in chunks(letters)
        for row in _rows(session.execute(wanted.where(LetterWords.letter_id.in_(chunk))).tuples())
    }


def _rows(found: Iterable[tuple[int, bytes, bytes, bytes]]) -> Iterator[WordsRow]:
    for letter, odds, columns, weights in found:
        yield WordsRow(letter, np.frombuffer(odds, "<f4"), np.frombuffer(columns, "<i4"), np.frombuffer(weights, "<f4"))
