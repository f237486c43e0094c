"""The office's mail as something to get to know without decisions: which letters there are, and the matter of each."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.samples import drawn
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import ClueLetters, Clues, Letters


def count(session: Session) -> int:
    """Return how many letters have a clue."""
    return session.scalar(select(func.count()).select_from(ClueLetters).where(ClueLetters.main)) or 0


def newest(session: Session, *, limit: int) -> dict[int, int]:
    """Return the newest letters with their main clues, in order of intake. Letters of clues drawn for the figures, and what was erased, are left out."""
    placed = select(ClueLetters.letter_id, ClueLetters.clue_id).join(Clues, Clues.id == ClueLetters.clue_id)
    placed = placed.join(Letters, Letters.id == ClueLetters.letter_id).where(Letters.state != LetterState.ERASED)
    wanted = placed.where(ClueLetters.main, ~drawn()).order_by(ClueLetters.letter_id.desc()).limit(limit)
    return dict(sorted(session.execute(wanted).tuples()))


def matters(session: Session, letter_ids: Iterable[int]) -> dict[int, int]:
    """Return the clue in which each of these letters mainly lies now."""
    wanted = select(ClueLetters.letter_id, ClueLetters.clue_id).where(ClueLetters.main)
    return {
        letter: clue
        for chunk in chunks(letter_ids)
        for letter, clue in session.execute(wanted.where(ClueLetters.letter_id.in_(chunk))).tuples()
    }
