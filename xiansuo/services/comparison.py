"""Two letters of one clue side by side, with the facts that each tells and the other does not."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain.people import Viewer
from xiansuo.errors import NotVisibleError
from xiansuo.services.office import Office
from xiansuo.storage.repositories import clues, letters, links, sight
from xiansuo.storage.repositories.clues import StoredClue
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.storage.session import reading
from xiansuo.triage.compare import Comparison, compare
from xiansuo.triage.matter import new_facts
from xiansuo.triage.telling import gathered

Facts = tuple[tuple[str, tuple[str, ...]], ...]
"""Facts by kind, each in the words of a letter."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two letters. `only` are the facts that the other letter does not tell."""

    number: str
    channel: str
    received: date | None
    characters: int
    only: Facts = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two letters aligned; `numbers` are all letters of the clue, in order of intake. `right` is None where there is one letter only."""

    clue: StoredClue
    numbers: tuple[str, ...]
    left: Side
    right: Side | None
    compared: Comparison | None = field(default=None, repr=False)


def side_by_side(office: Office, viewer: Viewer, number: str, *, left: str = "", right: str = "") -> SideBySide:
    """Compare two letters of a clue the person may see, by default the first with the second. Raises NotVisibleError."""
    with reading(office.engine) as session:
        clue = sight.clue(session, viewer, number)
        if clue is None:
            raise NotVisibleError
        placed = clues.letters_of(session, [clue.id])[clue.id]
        stored = letters.get(session, [one.letter_id for one in placed])
        ours = _chosen(stored, left) or stored[0]
        theirs = _chosen(stored, right) or next((one for one in stored if one.id != ours.id), None)
        only = _only(session, ours, theirs) if theirs else ((), ())
    return SideBySide(
        clue,
        tuple(one.number for one in stored),
        _side(ours, only[0]),
        _side(theirs, only[1]) if theirs else None,
        compare(ours.text, theirs.text) if theirs else None,
    )


def _chosen(stored: list[StoredLetter], number: str) -> StoredLetter | None:
    if not number:
        return None
    found = next((one for one in stored if one.number == number), None)
    if found is None:
        raise NotVisibleError
    return found


def _only(session: Session, left: StoredLetter, right: StoredLetter) -> tuple[Facts, Facts]:
    known = links.facts_of(session, {left.id, right.id})
    if len(known) < 2:
        return (), ()
    ours, theirs = known[left.id].facts, known[right.id].facts
    return gathered(new_facts(ours, [theirs])), gathered(new_facts(theirs, [ours]))


def _side(letter: StoredLetter, only: Facts) -> Side:
    return Side(letter.number, letter.channel, letter.received, len(letter.text), only)
