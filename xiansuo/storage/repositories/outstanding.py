"""Conditions on `Clues` for what is decided and not yet brought to its end (未了事项)."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from xiansuo.domain.decision import ClueState
from xiansuo.domain.handling import BatchState
from xiansuo.storage.repositories.dispositions import latest_id
from xiansuo.storage.tables import Clues, Dispositions, HandOverClues, HandOvers

_DECIDED = Clues.state == ClueState.DECIDED


def undisposed() -> ColumnElement[bool]:
    """Decided, but nobody has said what is to be done, or a new decision came after the clue had ended."""
    return and_(_DECIDED, ~_last_step(Dispositions.kind != "", Dispositions.ended_on.is_(None)))


def unanswered() -> ColumnElement[bool]:
    """With a disposition, but the reporter was neither told nor is there a reason why not."""
    return and_(
        _DECIDED, _last_step(Dispositions.kind != "", Dispositions.ended_on.is_(None), Dispositions.feedback == "")
    )


def unfinished() -> ColumnElement[bool]:
    """With disposition and feedback, but not ended."""
    return and_(
        _DECIDED, _last_step(Dispositions.kind != "", Dispositions.ended_on.is_(None), Dispositions.feedback != "")
    )


def overdue(today: date, *, received_by: date | None, received_before: datetime) -> ColumnElement[bool]:
    """Past the day set for it, or without a disposition although received by `received_by` (before `received_before` where no day of receipt is known)."""
    # Cheap questions first: few clues ever had a day that is past.
    dated = Clues.id.in_(select(Dispositions.clue_id).where(Dispositions.due < today))
    past = and_(_DECIDED, dated, _last_step(Dispositions.due < today, Dispositions.ended_on.is_(None)))
    if received_by is None:
        return past
    undated = and_(Clues.received.is_(None), Clues.created < received_before)
    return or_(past, and_(or_(Clues.received <= received_by, undated), undisposed()))


def unreceipted() -> ColumnElement[bool]:
    """Handed over, and the receiver has not signed."""
    # From the few clues that are on their way, not through all clues.
    on_way = select(HandOverClues.clue_id).join(HandOvers, HandOvers.id == HandOverClues.batch_id)
    return Clues.id.in_(on_way.where(HandOverClues.returned_on.is_(None), HandOvers.state == BatchState.HANDED))


def returned() -> ColumnElement[bool]:
    """Sent back by the receiver, not handed over again since, and neither ended nor merged into another clue, with which it ends."""
    later = aliased(HandOverClues)
    newest = select(func.max(later.batch_id)).where(later.clue_id == Clues.id).correlate(Clues).scalar_subquery()
    back = exists().where(
        HandOverClues.clue_id == Clues.id, HandOverClues.batch_id == newest, HandOverClues.returned_on.is_not(None)
    )
    # Few clues were ever sent back, so they are looked up and not looked for among all.
    ever = Clues.id.in_(select(HandOverClues.clue_id).where(HandOverClues.returned_on.is_not(None)))
    return and_(ever, Clues.state.not_in((ClueState.CLOSED, ClueState.MERGED)), back)


def bound() -> ColumnElement[bool]:
    """In a batch that is prepared, or handed over without receipt, and not sent back."""
    return exists().where(
        HandOverClues.clue_id == Clues.id,
        HandOverClues.returned_on.is_(None),
        HandOvers.id == HandOverClues.batch_id,
        HandOvers.state != BatchState.RECEIVED,
    )


def handed_on() -> ColumnElement[bool]:
    """In any batch and not sent back."""
    return exists().where(HandOverClues.clue_id == Clues.id, HandOverClues.returned_on.is_(None))


def _last_step(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Dispositions.clue_id == Clues.id, Dispositions.id == latest_id(), *wanted)
