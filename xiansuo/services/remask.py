"""Masks stored letters anew from their originals, for a better masker or a fuller organisation register."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from xiansuo.domain.letter import Item, Unreadable
from xiansuo.domain.text import Entity, EntityType
from xiansuo.intake.content import CannotRead
from xiansuo.intake.read import attempt
from xiansuo.intake.reading import read_apart
from xiansuo.services.analysis import wording
from xiansuo.services.ingest import vault_letter
from xiansuo.services.judgement import Ready, new_letter
from xiansuo.services.office import Office
from xiansuo.storage.repositories import entities, letters, links, retention, screening, search, sources
from xiansuo.storage.repositories.entities import StoredEntity
from xiansuo.storage.repositories.letters import NewLetter, StoredLetter
from xiansuo.storage.session import reading, transaction
from xiansuo.text.entities import EntityFinder
from xiansuo.text.normalise import normalise
from xiansuo.text.prepare import masked_entities, protect
from xiansuo.triage.sketch import sketch

BATCH = 100


@dataclass(frozen=True, slots=True)
class Remasked:
    """How many letters were looked at, changed, and could not be read from their original any more."""

    seen: int
    changed: int
    unreadable: tuple[str, ...] = ()


def remask(office: Office, finder: EntityFinder, *, advance: Callable[[int], None] = lambda _count: None) -> Remasked:
    """Read every stored letter whose original is kept from the vault again and mask it; one whose masked form changes waits for analysis again.

    A letter that cannot be read now keeps its older mask and is told by its register number. Each batch is one commit
    and a letter masked already does not change, so a killed run can be started again.
    """
    total, after = Remasked(0, 0), 0
    while batch := _next(office, after):
        after = batch[-1].id
        done = _remask_batch(office, finder, batch)
        advance(done.seen)
        total = Remasked(total.seen + done.seen, total.changed + done.changed, (*total.unreadable, *done.unreadable))
    if total.changed:
        with transaction(office.engine) as session:
            search.compact(session)
    return total


def _next(office: Office, after: int) -> list[StoredLetter]:
    with reading(office.engine) as session:
        gone = retention.erased(session, retention.LETTER_KINDS)
        while ids := letters.ids(session, after_id=after, limit=BATCH):
            if kept := [id_ for id_ in ids if id_ not in gone]:
                return letters.get(session, kept)
            after = ids[-1]
    return []


def _remask_batch(office: Office, finder: EntityFinder, batch: list[StoredLetter]) -> Remasked:
    with reading(office.engine) as session:
        names = sources.names(session)
        items = [_item(office, session, letter, names[letter.source_id]) for letter in batch]
    read_again = [attempt(partial(_protect, office, finder, item)) for item in items]
    unreadable = [letter.number for letter, one in zip(batch, read_again, strict=True) if isinstance(one, CannotRead)]
    changed = 0
    with transaction(office.engine) as session:
        for letter, one in zip(batch, read_again, strict=True):
            if isinstance(one, Ready):
                changed += _replace(office, session, letter, one)
    return Remasked(len(batch), changed, tuple(unreadable))


def _item(office: Office, session: Session, letter: StoredLetter, source: str) -> Item:
    original = office.vault.read_original(session, letter.id)
    return Item(
        source,
        original.locator,
        original.data,
        original.media_type,
        letter.channel,
        letter.received,
        hand_over=letter.hand_over,
    )


def _protect(office: Office, finder: EntityFinder, item: Item) -> Ready:
    letter = read_apart(item, limits=office.limits)
    if isinstance(letter, Unreadable):
        raise CannotRead(letter.trouble, letter.detail)
    return Ready(letter, protect(letter, finder))


def _replace(office: Office, session: Session, stored: StoredLetter, ready: Ready) -> bool:
    """Put the new mask in the place of the old one; tell whether the masked letter changed."""
    new, named = new_letter(ready, source_id=stored.source_id, office=office), masked_entities(ready.protected)
    office.vault.replace_mask(session, vault_letter(stored.id, ready))
    screening.letters_again(session, [stored.id])
    before = entities.of_letters(session, [stored.id]).get(stored.id, [])
    if _shown(new) == _shown(stored) and _places(named) == _places(before):
        return False
    search.blank(session, [stored.id])
    links.remove_sketches(session, {stored.id: sketch(_wording(stored))})
    letters.rewrite(session, stored.id, new)
    entities.replace(session, {stored.id: named})
    return True


def _places(found: Iterable[Entity | StoredEntity]) -> dict[tuple[EntityType, int, int], str]:
    """Return the places of entities and the names that the register gives units, which a new register changes."""
    registered = {EntityType.ORG, EntityType.PLACE}
    return {(one.type, one.start, one.end): one.value if one.type in registered else "" for one in found}


def _wording(letter: StoredLetter) -> str:
    return wording(normalise(letter.subject).text, normalise(letter.text).text)


def _shown(letter: NewLetter) -> tuple[object, ...]:
    parts = tuple((part.role, part.start, part.end, part.media_type, part.note) for part in letter.parts)
    named = (letter.named_unit, letter.named_respondents)
    return letter.kind, letter.signed, letter.subject, letter.text, parts, named
