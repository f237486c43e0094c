"""Which models were made from letters that are erased: what the site learned from decisions, and what it heard of the mail."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xiansuo.classifiers.artifact import ModelMismatchError
from xiansuo.domain.decision import Act
from xiansuo.services import site_artifact
from xiansuo.services.acquaint import KIND
from xiansuo.services.erasure_record import Removed
from xiansuo.services.office import Office
from xiansuo.storage.repositories import site_models
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import ClueLetters, Decisions


def touched_by(office: Office, session: Session, letters: Collection[int]) -> Removed:
    """Return the models on the disk that may have learned from these letters, or heard them."""
    if not letters:
        return Removed()
    chosen, first = site_models.in_use(session), _first_decision(session, letters)
    learned = [one.name for one in site_models.listed(session) if first is not None and one.last_decision >= first]
    in_use = chosen.name if chosen and chosen.name in learned else ""
    there = [name for name in learned if name != in_use and site_artifact.folder_of(office, name).is_dir()]
    return Removed((*there, *_heard(office, min(letters))), in_use)


def remove_made(office: Office, made: Removed) -> None:
    """Remove the files of models made from erased letters; how they compared stays on record, and none of them comes into use again."""
    for name in made.models:
        site_artifact.remove(office, name)


def _heard(office: Office, first_letter: int) -> tuple[str, ...]:
    return tuple(name for name in site_artifact.names(office, KIND) if _last_heard(office, name) >= first_letter)


def _last_heard(office: Office, name: str) -> int:
    try:
        return site_artifact.read_made(office, name).last_letter
    except ModelMismatchError:
        # Nobody can say what a damaged one heard, and it is of no use.
        return 1 << 62


def _first_decision(session: Session, letters: Collection[int]) -> int | None:
    found = list[int]()
    for chunk in chunks(letters):
        clues = select(ClueLetters.clue_id).where(ClueLetters.letter_id.in_(chunk))
        wanted = select(func.min(Decisions.id)).where(Decisions.clue_id.in_(clues), Decisions.act == Act.DECIDE.value)
        found += [id_ for id_ in session.scalars(wanted) if id_ is not None]
    return min(found, default=None)
