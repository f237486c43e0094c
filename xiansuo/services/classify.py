"""Answers letters one row each, in memory: what the machine proposes, with places in the letter as it was given."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Particular, RankPart, Reason, Referral
from xiansuo.domain.text import CONTRACT_TYPES, Document, Entity, Masked, OffsetMap
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.analysis import Analyser, Analysis, load_analyser
from xiansuo.services.records import Record, Row, batches
from xiansuo.services.train import require_place
from xiansuo.settings import Settings
from xiansuo.text.offsets import EditMap, Identity
from xiansuo.text.prepare import Protected, document, masked_entities, protect

Places = Callable[[Span], Span]


@dataclass(frozen=True, slots=True)
class Answered:
    """A record, masked and analysed."""

    record: Record = field(repr=False)
    protected: Protected = field(repr=False)
    analysis: Analysis = field(repr=False)

    def way_back(self) -> Places:
        """Return the map from spans of the document to the given text; a masked passage touched at all counts whole."""
        offsets, clear = self.analysis.document.offsets, _unmasked(self.protected.text)
        return lambda span: clear.span(*offsets.span(*span))


def load_for_records(settings: Settings, register: OrganisationRegister, *, tell: Callable[[str], None]) -> Analyser:
    """Load everything that answering needs; `tell` hears a sentence where the model has to be trained first.

    Raises OfficeError, before any training, where a trained model could not be kept.
    """
    require_place(settings)
    return load_analyser(settings, register, tell=tell)


def answer(records: Iterable[Record], analyser: Analyser) -> Iterator[Answered]:
    """Mask and analyse records in their order, a batch at a time; no answer depends on the other records."""
    for batch in batches(records):
        masked = [protect(record.letter, analyser.finder) for record in batch]
        analyses = analyser.analyse([_document(*pair) for pair in zip(batch, masked, strict=True)])
        yield from map(Answered, batch, masked, analyses)


def classify(records: Iterable[Record], analyser: Analyser, seal_check: SealCheck) -> Iterator[Row]:
    """Yield the row of the command contract for every record."""
    return (row(one, seal_check) for one in answer(records, analyser))


def row(one: Answered, seal_check: SealCheck) -> Row:
    """Return an answer as the command contract writes it; offsets count characters of the given fields."""
    suggestion, rank, clear = one.analysis.suggestion, one.analysis.rank, one.protected.clear
    text, place = one.record.text, one.way_back()
    return {
        "id": one.record.id,
        "labels": [str(label) for label in suggestion.labels],
        "scores": {str(category): score for category, score in suggestion.scores.items()},
        "scope": suggestion.scope,
        "rank": rank.total,
        "rank_parts": [_rank_part(part, place) for part in rank.parts],
        "abstained": suggestion.abstained,
        "seal": seal_check.match(clear.subject, clear.text, clear.entities),
        "allegations": [_allegation(allegation, text, place) for allegation in suggestion.allegations],
        "entities": [
            *_entities("subject", one.protected.subject_entities),
            *_entities("text", one.protected.entities),
            *_entities("text", [_placed(entity, text, place) for entity in one.analysis.tagged]),
        ],
        "masked": one.protected.text.text,
        "masked_subject": one.protected.subject.text,
        "referral": _referral(one.analysis.referral, place),
    }


def _placed(entity: Entity, text: str, place: Places) -> Entity:
    span = place(entity.span)
    return replace(entity, start=span.start, end=span.end, text=span.of(text))


def _unmasked(masked: Masked) -> OffsetMap:
    """Return the map from masked text to clear text, built once for the many spans of a letter."""
    replaced = masked.replacements
    if not replaced:
        return Identity()
    masks, sources = [one.masked for one in replaced], tuple(one.source for one in replaced)
    return EditMap(tuple(mask.start for mask in masks), tuple(mask.end for mask in masks), sources)


def _document(record: Record, protected: Protected) -> Document:
    return document(
        protected.subject.text,
        protected.text.text,
        kind=protected.kind,
        received=record.received,
        entities=masked_entities(protected),
    )


def _referral(referral: Referral | None, place: Places) -> Row | None:
    if referral is None:
        return None
    return {
        "code": referral.code,
        "name": referral.name,
        "to": referral.to,
        "reasons": list(referral.reasons),
        "spans": [list(place(span)) for span in referral.spans],
    }


def _rank_part(part: RankPart, place: Places) -> Row:
    line: dict[str, object] = {
        "block": part.block,
        "name": part.name,
        "points": part.points,
        "maximum": part.maximum,
    }
    return line | {"spans": [list(place(span)) for span in part.spans]} if part.spans else line


def _allegation(allegation: Allegation, text: str, place: Places) -> Row:
    span = place(allegation.span)
    return {
        "category": str(allegation.category),
        "field": "text",
        "start": span.start,
        "end": span.end,
        "quote": span.of(text),
        "probability": allegation.probability,
        "reasons": [_reason(reason, place) for reason in allegation.reasons],
        "hearsay": allegation.hearsay,
        "particulars": [_particular(one, text, place) for one in allegation.particulars],
        "missing": list(allegation.missing),
    }


def _particular(particular: Particular, text: str, place: Places) -> Row:
    span = place(particular.span)
    return {
        "kind": str(particular.kind),
        "reach": str(particular.reach),
        "start": span.start,
        "end": span.end,
        "text": span.of(text),
        "value": particular.value,
    }


def _reason(reason: Reason, place: Places) -> Row:
    span = place(reason.span)
    return {
        "source": reason.source,
        "sentence": reason.sentence,
        "start": span.start,
        "end": span.end,
        "weight": reason.weight,
    }


def _entities(field_name: str, entities: Sequence[Entity]) -> Iterator[Row]:
    for entity in entities:
        if entity.type in CONTRACT_TYPES:
            yield {
                "type": str(entity.type),
                "field": field_name,
                "start": entity.start,
                "end": entity.end,
                "text": entity.text,
                "value": entity.value,
            }
