"""What models and rules proposed for letters; a newer suggestion never replaces an older one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import (
    Allegation,
    Context,
    Particular,
    ParticularKind,
    Rank,
    Reach,
    Reason,
    Referral,
    Suggestion,
)
from xiansuo.storage.repositories import numbers, ranks
from xiansuo.storage.session import add_rows, chunks, now
from xiansuo.storage.tables import Allegations, Letters, Suggestions
from xiansuo.storage.tables.base import Json


@dataclass(frozen=True, slots=True)
class NewSuggestion:
    """A suggestion to be stored. Spans in it count characters of the letter's stored masked text.

    `scopes` are the stretches that are denied, asked, quoted and the like; suggestions of earlier programs have none, and no `inputs`,
    the digest of what it was made from beside model and rules, and no `found`, what the rank was weighed from (`services/findings.py`).
    """

    letter_id: int
    model_id: str
    rules_version: str
    suggestion: Suggestion
    rank: Rank
    why: tuple[str, ...] = field(default=(), repr=False)
    unit: str = field(default="", repr=False)
    respondents: tuple[str, ...] = field(default=(), repr=False)
    scopes: tuple[tuple[Span, frozenset[Context]], ...] = ()
    referral: Referral | None = None
    inputs: bytes | None = None
    found: Json = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Headline:
    """What a clue takes over from the latest suggestion of one of its letters."""

    scope: float
    scores: Mapping[Category, float]
    rank: Rank
    why: tuple[str, ...] = field(repr=False)
    unit: str = field(repr=False)
    respondents: tuple[str, ...] = field(repr=False)
    received: date | None


@dataclass(frozen=True, slots=True)
class StoredSuggestion(NewSuggestion):
    """A suggestion as stored."""

    id: int = field(kw_only=True)
    created: datetime = field(kw_only=True)


def add(session: Session, suggestions: Sequence[NewSuggestion]) -> list[int]:
    """Store suggestions and return their ids.

    The same model and rules may suggest for a letter again: after a better mask, or when an older program came back.
    """
    ids = list(numbers.take(session, "suggestions", len(suggestions)))
    created = now()
    pairs = list(zip(ids, suggestions, strict=True))
    add_rows(session, Suggestions, [to_row(new, id_, created) for id_, new in pairs])
    accused = [(id_, new.letter_id, one) for id_, new in pairs for one in new.suggestion.allegations]
    add_rows(session, Allegations, [allegation_row(id_, letter_id, one) for id_, letter_id, one in accused])
    return ids


def for_letters(session: Session, ids: Iterable[int]) -> dict[int, StoredSuggestion]:
    """Return the latest suggestion of each letter that has one."""
    rows: list[Suggestions] = []
    for chunk in chunks(ids):
        latest = (
            select(func.max(Suggestions.id)).where(Suggestions.letter_id.in_(chunk)).group_by(Suggestions.letter_id)
        )
        rows += session.scalars(select(Suggestions).where(Suggestions.id.in_(latest)))
    return {stored.letter_id: stored for stored in _assemble(session, rows)}


def headlines(session: Session, ids: Iterable[int]) -> dict[int, Headline]:
    """Return the headline of each letter that has a suggestion, without reading allegations."""
    columns = (
        Suggestions.letter_id,
        Suggestions.scope,
        Suggestions.labels,
        Suggestions.scores,
        Suggestions.rank,
        Suggestions.why,
        Suggestions.unit,
        Suggestions.respondents,
        Letters.received,
    )
    wanted = select(*columns).join(Letters, Letters.id == Suggestions.letter_id).order_by(Suggestions.id)
    found = {}
    for chunk in chunks(ids):
        for row in session.execute(wanted.where(Suggestions.letter_id.in_(chunk))):
            found[row.letter_id] = Headline(
                row.scope,
                {Category(label): row.scores[label] for label in row.labels},
                ranks.from_json(row.rank),
                tuple(row.why),
                row.unit,
                tuple(row.respondents),
                row.received,
            )
    return found


def get(session: Session, ids: Iterable[int]) -> dict[int, StoredSuggestion]:
    """Return suggestions by their own id, such as the one a decision saw."""
    rows = [
        row for chunk in chunks(ids) for row in session.scalars(select(Suggestions).where(Suggestions.id.in_(chunk)))
    ]
    return {stored.id: stored for stored in _assemble(session, rows)}


def outdated(model_id: str, rules_version: str) -> Select[tuple[int]]:
    """Select the letters whose latest suggestion comes from another model or other rules."""
    latest = select(func.max(Suggestions.id)).group_by(Suggestions.letter_id)
    differs = or_(Suggestions.model_id != model_id, Suggestions.rules_version != rules_version)
    return select(Suggestions.letter_id).where(Suggestions.id.in_(latest), differs)


def to_row(new: NewSuggestion, id_: int, created: datetime) -> dict[str, object]:
    """Return a suggestion as a row."""
    suggestion = new.suggestion
    return {
        "id": id_,
        "letter_id": new.letter_id,
        "model_id": new.model_id,
        "rules_version": new.rules_version,
        "scope": suggestion.scope,
        "scores": {category.value: score for category, score in suggestion.scores.items()},
        "labels": [category.value for category in suggestion.labels],
        "abstained": suggestion.abstained,
        "rank": ranks.to_json(new.rank),
        "found": new.found,
        "why": list(new.why),
        "unit": new.unit,
        "respondents": list(new.respondents),
        "scopes": [[*span, sorted(contexts)] for span, contexts in new.scopes],
        "referral": _referral_to_json(new.referral),
        "inputs": new.inputs,
        "created": created,
    }


def allegation_row(suggestion_id: int, letter_id: int, allegation: Allegation) -> dict[str, object]:
    """Return an allegation as a row."""
    return {
        "suggestion_id": suggestion_id,
        "letter_id": letter_id,
        "category": allegation.category,
        "subtype": allegation.subtype,
        "start": allegation.span.start,
        "end": allegation.span.end,
        "probability": allegation.probability,
        "hearsay": allegation.hearsay,
        "reasons": [[one.source, one.sentence, one.span.start, one.span.end, one.weight] for one in allegation.reasons],
        "particulars": [[one.kind, *one.span, one.reach, one.value] for one in allegation.particulars],
        "missing": list(allegation.missing),
    }


def _assemble(session: Session, rows: Sequence[Suggestions]) -> list[StoredSuggestion]:
    accused: dict[int, list[Allegation]] = {row.id: [] for row in rows}
    for chunk in chunks(list(accused)):
        wanted = select(Allegations).where(Allegations.suggestion_id.in_(chunk)).order_by(Allegations.id)
        for row in session.scalars(wanted):
            accused[row.suggestion_id].append(_to_allegation(row))
    return [_from_row(row, accused[row.id]) for row in rows]


def _from_row(row: Suggestions, allegations: Sequence[Allegation]) -> StoredSuggestion:
    suggestion = Suggestion(
        scope=row.scope,
        scores={Category(category): score for category, score in row.scores.items()},
        labels=tuple(Category(label) for label in row.labels),
        abstained=row.abstained,
        allegations=tuple(allegations),
    )
    return StoredSuggestion(
        row.letter_id,
        row.model_id,
        row.rules_version,
        suggestion,
        ranks.from_json(row.rank),
        tuple(row.why),
        row.unit,
        tuple(row.respondents),
        tuple((Span(start, end), frozenset(map(Context, said))) for start, end, said in row.scopes or ()),
        _referral_from_json(row.referral),
        row.inputs,
        row.found,
        id=row.id,
        created=row.created,
    )


def _referral_to_json(referral: Referral | None) -> Json:
    if referral is None:
        return None
    return [referral.code, referral.name, referral.to, referral.reasons, referral.spans, referral.weight]


def _referral_from_json(stored: Json) -> Referral | None:
    if stored is None:
        return None
    code, name, to, reasons, spans, weight = stored
    return Referral(code, name, to, tuple(reasons), tuple(Span(*span) for span in spans), weight)


def _to_allegation(row: Allegations) -> Allegation:
    return Allegation(
        category=Category(row.category),
        span=Span(row.start, row.end),
        probability=row.probability,
        reasons=tuple(_to_reason(reason) for reason in row.reasons),
        subtype=row.subtype,
        hearsay=row.hearsay,
        particulars=particulars_from(row.particulars),
        missing=tuple(row.missing or ()),
    )


def particulars_from(stored: Json) -> tuple[Particular, ...]:
    """Return particulars as they were before they were stored."""
    return tuple(_to_particular(one) for one in stored or ())


def _to_particular(stored: Json) -> Particular:
    kind, start, end, reach, value = stored
    return Particular(ParticularKind(kind), Span(start, end), Reach(reach), value)


def _to_reason(reason: Json) -> Reason:
    source, sentence, start, end, weight = reason
    return Reason(source, sentence, Span(start, end), weight)


def last_versions(session: Session) -> tuple[str, str]:
    """Return the model and the rules version of the newest suggestion, empty where there is none."""
    newest = select(Suggestions.model_id, Suggestions.rules_version).order_by(Suggestions.id.desc()).limit(1)
    row = session.execute(newest).first()
    return ("", "") if row is None else (row.model_id, row.rules_version)
