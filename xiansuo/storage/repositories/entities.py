"""Named things of stored letters as places in the masked text; what identifies a petitioner has no value here."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from xiansuo.domain.text import Entity, EntityType
from xiansuo.storage.bulk import insert_tuples
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Entities

_PROTECTED = frozenset(
    {
        EntityType.PETITIONER,
        EntityType.PERSON,
        EntityType.PHONE,
        EntityType.ID_NUMBER,
        EntityType.EMAIL,
        EntityType.ACCOUNT,
        EntityType.ADDRESS,
        EntityType.SELF_DISCLOSURE,
    }
)

_PLACE = itemgetter(0, 2, 3, 1)
_TYPES = {kind.value: kind for kind in EntityType}


_COLUMNS = ("letter_id", "start", "end", "type", "value")
# The drivers convert members of an enumeration one by one, and a letter has dozens of entities.
_NAMES = {kind: kind.value for kind in EntityType}


class StoredEntity(NamedTuple):
    """An entity at `start` ≤ i < `end` of the letter's masked text."""

    letter_id: int
    type: EntityType
    start: int
    end: int
    value: str


def replace(session: Session, found: Mapping[int, Sequence[Entity]]) -> None:
    """Put the entities `found` (letter id → entities with spans in its stored masked text) in the place of those stored."""
    for chunk in chunks(found):
        session.execute(delete(Entities).where(Entities.letter_id.in_(chunk)))
    add(session, found)


def add(session: Session, found: Mapping[int, Sequence[Entity]]) -> None:
    """Store the entities of letters that have none yet."""
    rows = {
        (letter_id, one.start, one.end, _NAMES[one.type]): "" if one.type in _PROTECTED else one.value
        for letter_id, entities in found.items()
        for one in entities
    }
    insert_tuples(session, Entities, _COLUMNS, [(*place, value) for place, value in rows.items()])


def of_letters(session: Session, ids: Iterable[int]) -> dict[int, list[StoredEntity]]:
    """Return the entities of each letter that has any, in order of place and then of type."""
    found: dict[int, list[StoredEntity]] = {}
    # Plain columns, not mapped objects: a batch of letters has thousands of entities.
    wanted = select(Entities.letter_id, Entities.type, Entities.start, Entities.end, Entities.value)
    for chunk in chunks(ids):
        rows = session.execute(wanted.where(Entities.letter_id.in_(chunk)))
        # Sorted here: types are text, which every PostgreSQL sorts by its own language, and two may share a place.
        for letter_id, type_, start, end, value in sorted(rows.tuples(), key=_PLACE):
            found.setdefault(letter_id, []).append(StoredEntity(letter_id, _TYPES[type_], start, end, value))
    return found
