"""Suggests categories for stored letters, a batch and a commit at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Rank, Suggestion
from xiansuo.domain.text import Document, Entity, OffsetMap
from xiansuo.services.analysis import Analyser, Analysis
from xiansuo.services.headline import respondents_of, unit_of
from xiansuo.services.office import Office
from xiansuo.storage.repositories import entities, letters, links, suggestions
from xiansuo.storage.repositories.entities import StoredEntity
from xiansuo.storage.repositories.letters import LetterState, StoredLetter
from xiansuo.storage.repositories.links import StoredFacts
from xiansuo.storage.repositories.suggestions import NewSuggestion
from xiansuo.storage.session import reading, transaction
from xiansuo.text.prepare import document
from xiansuo.triage.link import candidate_keys
from xiansuo.triage.why import why

BATCH = 200


def analyse_batch(office: Office, analyser: Analyser, *, limit: int = BATCH) -> int:
    """Analyse up to `limit` letters that wait for it, in order of intake, in one commit; return how many."""
    with reading(office.engine) as session:
        waiting = letters.take(session, LetterState.STORED, limit=limit)
        named = entities.of_letters(session, [letter.id for letter in waiting])
    analyses = analyser.analyse(
        [document_of(one, named.get(one.id, ())) for one in waiting],
        handed_over=[one.hand_over is not None for one in waiting],
    )
    with transaction(office.engine) as session:
        _store(session, office.register, analyser, list(zip(waiting, analyses, strict=True)))
    return len(waiting)


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


def _store(
    session: Session,
    register: OrganisationRegister,
    analyser: Analyser,
    analysed: Sequence[tuple[StoredLetter, Analysis]],
) -> None:
    # Another process may have analysed some of them since they were read.
    left = letters.in_state(session, [letter.id for letter, _ in analysed], LetterState.STORED)
    pairs = [(letter, one) for letter, one in analysed if letter.id in left]
    before = links.facts_of(session, left)
    suggestions.add(session, [_suggestion(letter, one, analyser, register) for letter, one in pairs])
    links.remove_sketches(session, {id_: candidate_keys(stored.facts) for id_, stored in before.items()})
    links.replace_facts(session, {letter.id: StoredFacts(one.sketch, one.facts) for letter, one in pairs})
    letters.advance(session, left, LetterState.ANALYSED)


def _suggestion(
    letter: StoredLetter, one: Analysis, analyser: Analyser, register: OrganisationRegister
) -> NewSuggestion:
    offsets = one.document.offsets
    return NewSuggestion(
        letter_id=letter.id,
        model_id=analyser.trained.id,
        rules_version=analyser.books.version,
        suggestion=_in_stored_text(one.suggestion, offsets),
        rank=_rank_in_stored_text(one.rank, offsets),
        why=why(one.rank, one.suggestion, one.referral),
        unit=unit_of(one.document, register, named=letter.named_unit),
        respondents=respondents_of(one.document, named=letter.named_respondents),
        scopes=tuple((offsets.span(*span), contexts) for span, contexts in one.reading.scopes),
        referral=one.referral and replace(one.referral, spans=_moved(one.referral.spans, offsets)),
    )


def _entity(found: StoredEntity, text: str) -> Entity:
    return Entity(found.type, found.start, found.end, text[found.start : found.end], found.value)


def _in_stored_text(suggestion: Suggestion, offsets: OffsetMap) -> Suggestion:
    def moved(allegation: Allegation) -> Allegation:
        reasons = tuple(replace(reason, span=offsets.span(*reason.span)) for reason in allegation.reasons)
        told = tuple(replace(one, span=offsets.span(*one.span)) for one in allegation.particulars)
        return replace(allegation, span=offsets.span(*allegation.span), reasons=reasons, particulars=told)

    return replace(suggestion, allegations=tuple(moved(one) for one in suggestion.allegations))


def _rank_in_stored_text(rank: Rank, offsets: OffsetMap) -> Rank:
    return replace(rank, parts=tuple(replace(part, spans=_moved(part.spans, offsets)) for part in rank.parts))


def _moved(spans: Sequence[Span], offsets: OffsetMap) -> tuple[Span, ...]:
    return tuple(offsets.span(*span) for span in spans)
