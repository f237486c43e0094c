"""Which clues a person may meet: one condition that every query about clues carries."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from xiansuo.domain.people import Membership, Power, Reach, Viewer
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Accounts, ClueBlocks, ClueLetters, ClueRounds, Clues, ClueUnits, Letters


def visible(viewer: Viewer, power: Power = Power.READ_CLUES) -> ColumnElement[bool]:
    """Return the condition on `Clues` under which `viewer` may use `power` on a clue; what is not granted is refused.

    Nobody sees a clue that was not yet checked for recusals, and no person one that was not yet checked for that person.
    """
    reach = viewer.reach(power)
    if reach is None:
        return false()
    checked = _exists(Accounts.id == viewer.account, Accounts.screened.is_(True))
    blocked = _exists(ClueBlocks.clue_id == Clues.id, ClueBlocks.account_id == viewer.account)
    return and_(Clues.screened, checked, ~blocked, *_within(viewer, reach))


def find(session: Session, number: str, viewer: Viewer, power: Power = Power.READ_CLUES) -> int | None:
    """Return the id of the clue of this number, None where there is none that `viewer` may use `power` on."""
    return session.scalar(select(Clues.id).where(Clues.number == number, visible(viewer, power)))


def met(session: Session, viewer: Viewer, power: Power, clues: Iterable[int]) -> frozenset[int]:
    """Return those of the clues (ids) that `viewer` may use `power` on."""
    seen = select(Clues.id).where(visible(viewer, power))
    return frozenset(id_ for chunk in chunks(clues) for id_ in session.scalars(seen.where(Clues.id.in_(chunk))))


def _within(viewer: Viewer, reach: Reach) -> list[ColumnElement[bool]]:
    if reach is Reach.ALL:
        return []
    if reach is Reach.ROUND:
        return [or_(false(), *map(_of_round, viewer.rounds))]
    entered = _exists(
        ClueLetters.clue_id == Clues.id, Letters.id == ClueLetters.letter_id, Letters.registrar_id == viewer.account
    )
    return [entered]


def _of_round(one: Membership) -> ColumnElement[bool]:
    of_round = _exists(ClueRounds.clue_id == Clues.id, ClueRounds.round_id == one.round)
    if not one.units:
        return of_round
    return and_(of_round, _exists(ClueUnits.clue_id == Clues.id, ClueUnits.unit.in_(one.units)))


def _exists(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    # A statement around it may name the same tables for its own sake; they must not take the place of those in here.
    return exists().where(*conditions).correlate(Clues)
