"""Who reads which clue now: taking, keeping and freeing it, and the next clue that nobody reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError
from xiansuo.services.office import Office
from xiansuo.services.queue import in_order
from xiansuo.storage.repositories import audit, decisions, leases, waking
from xiansuo.storage.repositories.decisions import ClueAtWork
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Clues
from xiansuo.triage.rank import Ranking

_AHEAD = 40
"""How many clues of the queue are looked at for the one after the clue at hand; farther down it begins at the top again."""
_READABLE = (ClueState.OPEN, ClueState.POSTPONED, ClueState.SECOND)


@dataclass(frozen=True, slots=True)
class Held:
    """Whether the person holds the clue, and otherwise who does."""

    mine: bool
    by: str = field(default="", repr=False)


def next_clue(office: Office, viewer: Viewer, *, after: str = "") -> str | None:
    """Take the best visible clue that nobody reads and return its number; None where none waits.

    A clue the person already holds comes first. With `after`, the number of the clue at hand, that one is put back and the
    one behind it in the queue taken.
    """
    with transaction(office.engine) as session:
        waking.wake(session, viewer.today)
        if after:
            _put_back(session, viewer, after)
        elif number := _at_hand(session, viewer):
            return number
    with reading(office.engine) as session:
        waiting = _waiting(office, session, viewer, after)
    return _take_first(office, viewer, waiting, ClueState.OPEN)


def next_second(office: Office, viewer: Viewer, *, after: str = "") -> str | None:
    """Take the clue that has waited longest for a second reading by somebody else, and return its number."""
    with transaction(office.engine) as session:
        if after:
            _put_back(session, viewer, after)
        mine = leases.free_for(viewer.account, at=now())
        wanted = select(Clues.number).where(second_for(viewer), mine, Clues.number != after)
        waiting = list(session.scalars(wanted.order_by(Clues.id).limit(_AHEAD)))
    return _take_first(office, viewer, waiting, ClueState.SECOND)


def second_for(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `Clues` that a person may read them as the second one."""
    other = or_(Clues.first_reader.is_(None), Clues.first_reader != viewer.account)
    return visible(viewer, Power.DECIDE) & (Clues.state == ClueState.SECOND) & other


def hold(session: Session, viewer: Viewer, clue: ClueAtWork) -> Held:
    """Take a clue that waits for a reading, or say who reads it."""
    at = now()
    if viewer.may(Power.DECIDE) and clue.standing.state in _READABLE and not _has_read(viewer, clue):
        lease = leases.take(session, clue.id, viewer.account, at=at)
    else:
        lease = leases.of(session, clue.id, at=at)
        lease = lease if lease and lease.account == viewer.account else None
    if lease:
        return Held(mine=True)
    other = leases.of(session, clue.id, at=at)
    return Held(mine=False, by=leases.name_of(session, other.account) if other else "")


def renew(office: Office, viewer: Viewer, number: str) -> Held:
    """Keep the clue for another half hour. Raises NotVisibleError."""
    with transaction(office.engine) as session:
        return hold(session, viewer, _find(session, viewer, number))


def free(office: Office, viewer: Viewer, number: str) -> None:
    """Free a clue one holds; a lead frees it whoever holds it. Raises NotVisibleError."""
    with transaction(office.engine) as session:
        clue = _find(session, viewer, number)
        account = None if viewer.may(Power.ADJUDICATE) else viewer.account
        if leases.release(session, clue.id, account=account):
            audit.append(session, actor=viewer.login, action="clue.release", object_kind="clue", object_id=clue.number)


def free_all(office: Office, account: int) -> None:
    """Free everything a person holds, as when logging out."""
    with transaction(office.engine) as session:
        leases.release_all(session, account)


def _has_read(viewer: Viewer, clue: ClueAtWork) -> bool:
    return clue.standing.state is ClueState.SECOND and clue.standing.first_reader == viewer.account


def _find(session: Session, viewer: Viewer, number: str) -> ClueAtWork:
    clue = decisions.find(session, number, visible(viewer, Power.DECIDE))
    if clue is None:
        raise NotVisibleError
    return clue


def _put_back(session: Session, viewer: Viewer, number: str) -> None:
    clue = decisions.find(session, number, visible(viewer, Power.DECIDE))
    if clue is not None:
        leases.release(session, clue.id, account=viewer.account)


def _at_hand(session: Session, viewer: Viewer) -> str | None:
    """Return the open clue that the person took last and still holds."""
    held = [one.clue_id for one in leases.held_by(session, viewer.account, at=now())]
    wanted = select(Clues.id, Clues.number).where(Clues.id.in_(held), Clues.state == ClueState.OPEN)
    found = dict(session.execute(wanted.where(visible(viewer, Power.DECIDE))).tuples().all())
    return next((found[id_] for id_ in held if id_ in found), None)


def _waiting(office: Office, session: Session, viewer: Viewer, after: str) -> list[str]:
    """Return the numbers of the clues to try, in order."""
    ranking = Ranking.load(office.settings.rules / "ranking.yaml")
    known = visible(viewer, Power.DECIDE)
    where = known & leases.free_for(viewer.account, at=now())
    line = in_order(session, ranking, viewer.today, where=where, known=known, limit=_AHEAD)
    order: Iterator[str] = (clue.number for clue, _ in line)
    numbers = list(islice(order, _AHEAD))
    if after not in numbers:
        return numbers
    place = numbers.index(after)
    return numbers[place + 1 :] + numbers[:place]


def _take_first(office: Office, viewer: Viewer, numbers: list[str], state: ClueState) -> str | None:
    """Take the first of the clues that nobody else took or decided in between."""
    for number in numbers:
        with transaction(office.engine) as session:
            clue = decisions.lock(session, number, visible(viewer, Power.DECIDE) & (Clues.state == state))
            if clue and leases.take(session, clue.id, viewer.account, at=now()):
                return number
    return None
