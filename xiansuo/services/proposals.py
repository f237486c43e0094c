"""What the machine proposes for a clue at this moment, as a decision will refer to it."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from xiansuo.domain.draft import Place, Proposal
from xiansuo.domain.suggestion import Referral
from xiansuo.storage.repositories import clues, suggestions
from xiansuo.storage.repositories.decisions import ClueAtWork
from xiansuo.storage.repositories.suggestions import StoredSuggestion
from xiansuo.triage.why import likelihood


@dataclass(frozen=True, slots=True)
class Proposed:
    """The suggestion for a clue: its categories and allegations, the word its likelihood stands under, and the ids behind it."""

    proposal: Proposal
    word: str
    ids: tuple[int, ...]
    letters: tuple[int, ...]
    referral: Referral | None = field(default=None, repr=False)


def propose(session: Session, clue: ClueAtWork) -> Proposed:
    """Return what is proposed for a clue: its own categories, and the allegations of the letters that mainly belong to it."""
    placed = clues.letters_of(session, [clue.id]).get(clue.id, [])
    told = suggestions.for_letters(session, [one.letter_id for one in placed if one.main])
    allegations = {
        Place(letter, one.span.start, one.span.end, one.category): one.subtype
        for letter, stored in told.items()
        for one in stored.suggestion.allegations
    }
    return Proposed(
        Proposal(clue.labels, allegations),
        _word(clue, list(told.values())),
        tuple(sorted(stored.id for stored in told.values())),
        tuple(one.letter_id for one in placed),
        next((stored.referral for stored in told.values() if stored.referral), None),
    )


def _word(clue: ClueAtWork, told: list[StoredSuggestion]) -> str:
    scores = [stored.suggestion.scores.get(label, 0.0) for stored in told for label in clue.labels]
    abstained = bool(told) and all(stored.suggestion.abstained for stored in told)
    return (
        likelihood(max(scores), abstained=abstained) if scores else likelihood(0.0, abstained=True) if abstained else ""
    )
