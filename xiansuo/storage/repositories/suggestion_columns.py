"""Stored suggestions column by column, to be held against what is computed again."""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.storage.repositories import suggestions
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.suggestions import NewSuggestion
from xiansuo.storage.session import chunks, now
from xiansuo.storage.tables import Allegations, Letters, Suggestions

_COLUMNS = (
    "scope",
    "scores",
    "labels",
    "abstained",
    "rank",
    "found",
    "why",
    "unit",
    "respondents",
    "scopes",
    "referral",
)
_ALLEGATION_COLUMNS = (
    "category",
    "subtype",
    "start",
    "end",
    "probability",
    "hearsay",
    "reasons",
    "particulars",
    "missing",
)
"""What a suggestion says; the rest names what made it."""


def all_ids(session: Session) -> list[int]:
    """Return the ids of all suggestions about letters that were not erased, in the order they were made."""
    there = select(Suggestions.id).join(Letters, Letters.id == Suggestions.letter_id)
    return list(session.scalars(there.where(Letters.state != LetterState.ERASED).order_by(Suggestions.id)))


def stored_columns(session: Session, asked: Iterable[int]) -> dict[int, dict[str, bytes]]:
    """Return every column of suggestions, and the rows of their allegations, as canonical JSON."""
    found, accused = dict[int, dict[str, bytes]](), dict[int, list[dict[str, object]]]()
    for chunk in chunks(asked):
        told = select(Allegations).where(Allegations.suggestion_id.in_(chunk)).order_by(Allegations.id)
        for accusation in session.scalars(told):
            row = {name: getattr(accusation, name) for name in _ALLEGATION_COLUMNS}
            accused.setdefault(accusation.suggestion_id, []).append(row)
        for stored in session.scalars(select(Suggestions).where(Suggestions.id.in_(chunk))):
            row = {name: getattr(stored, name) for name in _COLUMNS}
            found[stored.id] = _canonical({**row, "allegations": accused.get(stored.id, [])})
    return found


def columns_of(new: NewSuggestion) -> dict[str, bytes]:
    """Return the columns that a suggestion would be stored in, in the same form."""
    row, accused = (
        suggestions.to_row(new, 0, now()),
        [suggestions.allegation_row(0, 0, one) for one in new.suggestion.allegations],
    )
    told = [{name: one[name] for name in _ALLEGATION_COLUMNS} for one in accused]
    return _canonical({**{name: row[name] for name in _COLUMNS}, "allegations": told})


def _canonical(row: Mapping[str, object]) -> dict[str, bytes]:
    return {name: json.dumps(value, ensure_ascii=False, sort_keys=True).encode() for name, value in row.items()}
