"""Which letters are to be analysed again because another model came into use, and what tells that there can be no more of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.decision import ClueState
from xiansuo.storage.tables import ClueLetters, Clues, Decisions, LinkChanges, Promotions, Suggestions

_UNREAD = (ClueState.OPEN, ClueState.POSTPONED)


class Point(NamedTuple):
    """The last of everything that may leave an unread clue with another model's suggestion: ids of the latest rows, and the last move undone."""

    promotion: int | None
    suggestion: int | None
    decision: int | None
    move: int | None
    undone: datetime | None


def point(session: Session) -> Point:
    """Return where the office stands."""
    last = (Promotions.id, Suggestions.id, Decisions.id, LinkChanges.id, LinkChanges.undone)
    return Point(*session.execute(select(*(select(func.max(one)).scalar_subquery() for one in last))).one())


def of_other_models(model_id: str, others: Sequence[str] = ()) -> Select[tuple[int]]:
    """Select the letters of clues that nobody has read, whose latest suggestion comes from another model; with `others`, from one of these."""
    differs = Suggestions.model_id.in_(others) if others else Suggestions.model_id != model_id
    return of_unread(Suggestions.letter_id).where(differs)


def of_unread(*columns: Any) -> Select[Any]:
    """Select columns of the latest suggestions of those letters whose clues nobody has read."""
    later = aliased(Suggestions)
    # Asked letter by letter, so that a batch need not look at all of them.
    is_latest = ~exists().where(later.letter_id == Suggestions.letter_id, later.id > Suggestions.id)
    wanted = select(*columns).join(ClueLetters, ClueLetters.letter_id == Suggestions.letter_id)
    wanted = wanted.join(Clues, Clues.id == ClueLetters.clue_id)
    return wanted.where(ClueLetters.main, Clues.state.in_(_UNREAD), is_latest)
