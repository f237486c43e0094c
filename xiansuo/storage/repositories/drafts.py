"""Drafts: what a person has typed and chosen for a clue and not yet decided, kept by the server so that a reload loses nothing."""

from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.draft import Draft, Place
from xiansuo.storage.session import now
from xiansuo.storage.tables import Drafts
from xiansuo.storage.tables.base import Json


def get(session: Session, account: int, clue_id: int) -> Draft:
    """Return a person's draft for a clue, an empty one where there is none."""
    row = session.get(Drafts, (account, clue_id))
    return from_json(row.content, row.note) if row else Draft()


def save(session: Session, account: int, clue_id: int, draft: Draft) -> None:
    """Put a draft in the place of the one that was there."""
    row = session.get(Drafts, (account, clue_id))
    if row is None:
        row = Drafts(account_id=account, clue_id=clue_id)
        session.add(row)
    row.content, row.note, row.saved = to_json(draft), draft.note, now()
    session.flush()


def drop(session: Session, account: int, clue_id: int) -> None:
    """Forget a draft."""
    session.execute(delete(Drafts).where(Drafts.account_id == account, Drafts.clue_id == clue_id))


def to_json(draft: Draft) -> Json:
    """Return everything of a draft but its note, which has a column of its own."""
    return {
        "labels": None if draft.labels is None else [label.value for label in draft.labels],
        "dropped": sorted(one.key for one in draft.dropped),
        "refiled": {one.key: category.value for one, category in draft.refiled.items()},
        "added": [one.key for one in draft.added],
        "destination": draft.destination,
        "until": draft.until and draft.until.isoformat(),
    }


def from_json(content: Json, note: str) -> Draft:
    """Return the draft that `to_json` was given."""
    labels, until = content["labels"], content["until"]
    return Draft(
        labels=None if labels is None else tuple(Category(label) for label in labels),
        dropped=frozenset(Place.parse(key) for key in content["dropped"]),
        refiled={Place.parse(key): Category(category) for key, category in content["refiled"].items()},
        added=tuple(Place.parse(key) for key in content["added"]),
        destination=content["destination"],
        until=date.fromisoformat(until) if until else None,
        note=note,
    )
