"""Suggests categories for stored letters, a batch and a commit at a time."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.text import Document, Entity
from xiansuo.services.analysis import Analyser, Analysis
from xiansuo.services.findings import to_json
from xiansuo.services.headline import Levels, levels_of, respondents_of, unit_of
from xiansuo.services.office import Office
from xiansuo.services.places import in_stored_text
from xiansuo.services.versions import Version, keep
from xiansuo.storage.repositories import entities, letter_words, letters, links, suggestions
from xiansuo.storage.repositories.entities import StoredEntity
from xiansuo.storage.repositories.letters import LetterState, StoredLetter
from xiansuo.storage.repositories.links import StoredFacts
from xiansuo.storage.repositories.suggestions import NewSuggestion
from xiansuo.storage.session import reading, transaction
from xiansuo.text.offsets import Identity
from xiansuo.text.prepare import document
from xiansuo.triage.link import candidate_keys
from xiansuo.triage.why import why

BATCH = 200
LETTER_BYTES = 16
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def analyse_batch(office: Office, analyser: Analyser, *, limit: int = BATCH) -> int:
    """Analyse up to `limit` letters that wait for it, in order of intake, in one commit; return how many."""
    with reading(office.engine) as session:
        waiting = letters.take(session, LetterState.STORED, limit=limit)
        named = entities.of_letters(session, [letter.id for letter in waiting])
    found = proposed(office, analyser, waiting, named)
    with transaction(office.engine) as session:
        store(session, found)
    return len(waiting)


def proposed(
    office: Office,
    analyser: Analyser,
    waiting: Sequence[StoredLetter],
    named: Mapping[int, Sequence[StoredEntity]],
) -> list[tuple[NewSuggestion, StoredFacts]]:
    """Return what is to be stored about letters, and keep the version of rules and word lists it comes from."""
    if waiting and analyser.version:
        keep(office, analyser.version)
    found = suggested(office.register, analyser, waiting, named)
    return [(new, StoredFacts(one.sketch, one.facts)) for new, one in found]


def suggested(
    register: OrganisationRegister,
    analyser: Analyser,
    stored: Sequence[StoredLetter],
    named: Mapping[int, Sequence[StoredEntity]],
) -> list[tuple[NewSuggestion, Analysis]]:
    """Return what is proposed for stored letters with the entities `named` in them, as it would be stored."""
    analyses = analyser.analyse(
        [document_of(one, named.get(one.id, ())) for one in stored],
        handed_over=[one.hand_over is not None for one in stored],
    )
    levels = levels_of(register)
    return [
        (_suggestion(letter, one, analyser, levels, named.get(letter.id, ())), one)
        for letter, one in zip(stored, analyses, strict=True)
    ]


def documents_of(session: Session, ids: Iterable[int]) -> list[tuple[StoredLetter, Document]]:
    """Return stored letters with their documents, in order of intake."""
    wanted = list(ids)
    named = entities.of_letters(session, wanted)
    return [(one, document_of(one, named.get(one.id, ()))) for one in letters.get(session, wanted)]


def document_of(letter: StoredLetter, named: Iterable[StoredEntity]) -> Document:
    """Return the document of a stored letter, made of its masked text and the entities stored with it."""
    return document(
        letter.subject,
        letter.text,
        kind=letter.kind,
        received=letter.received,
        entities=[_entity(found, letter.text) for found in named],
        parts=letter.parts,
    )


def inputs_of(letter: StoredLetter, named: Iterable[StoredEntity], levels: Levels, version: Version) -> bytes:
    """Return what a suggestion is made from beside its model: 16 bytes for the letter as stored and what the register knows of it, 16 for the version."""
    found = [(one.type, one.start, one.end, one.value) for one in named]
    values = {value or letter.text[start:end] for _, start, end, value in found}
    told = (letter.subject, letter.text, letter.kind, str(letter.received), letter.hand_over is not None)
    parts = [(part.role, part.start, part.end, part.media_type, part.note) for part in letter.parts]
    known = sorted((name, level) for name in values for level in levels.get(name, ()))
    everything = [told, parts, letter.named_unit, letter.named_respondents, found, known]
    return hashlib.sha256(_ENCODE(everything).encode()).digest()[:LETTER_BYTES] + version.mark


def store(session: Session, found: Sequence[tuple[NewSuggestion, StoredFacts]]) -> None:
    """Store what was proposed about those of the letters that still wait for it, in the order given."""
    # Another process may have analysed some of them since they were read.
    left = letters.in_state(session, [new.letter_id for new, _ in found], LetterState.STORED)
    pairs = [(new, facts) for new, facts in found if new.letter_id in left]
    before = links.facts_of(session, left)
    suggestions.add(session, [new for new, _ in pairs])
    links.remove_sketches(session, {id_: candidate_keys(stored.facts) for id_, stored in before.items()})
    letter_words.forget(session, left)
    links.replace_facts(session, {new.letter_id: facts for new, facts in pairs})
    letters.advance(session, left, LetterState.ANALYSED)


def _suggestion(
    letter: StoredLetter,
    one: Analysis,
    analyser: Analyser,
    levels: Levels,
    named: Iterable[StoredEntity],
) -> NewSuggestion:
    offsets = one.document.offsets
    made = NewSuggestion(
        letter_id=letter.id,
        model_id=analyser.trained.id,
        rules_version=analyser.books.version,
        suggestion=one.suggestion,
        rank=one.rank,
        why=why(one.rank, one.suggestion, one.referral),
        unit=unit_of(one.document, levels, named=letter.named_unit),
        respondents=respondents_of(one.document, named=letter.named_respondents),
        scopes=one.reading.scopes,
        referral=one.referral,
        inputs=inputs_of(letter, named, levels, analyser.version) if analyser.version else None,
        found=to_json(one.found, None if isinstance(offsets, Identity) else offsets),
    )
    return made if isinstance(offsets, Identity) else in_stored_text(made, offsets)


def _entity(found: StoredEntity, text: str) -> Entity:
    return Entity(found.type, found.start, found.end, text[found.start : found.end], found.value)
