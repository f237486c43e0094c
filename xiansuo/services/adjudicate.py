"""Shows the lead what two people read differently, side by side and without their names; the lead's own choice is made by `decide`."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState, Finding
from xiansuo.domain.keys import Purpose
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError
from xiansuo.services.leases import second_for
from xiansuo.services.office import Office
from xiansuo.storage.repositories import decisions, letters, lots
from xiansuo.storage.repositories.decisions import StoredDecision
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import reading
from xiansuo.storage.tables import Clues

_MOST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A clue that waits for a second reader or for the lead. `alone`: nobody else could read it."""

    number: str
    unit: str = field(repr=False)
    since: datetime
    findings: tuple[Finding, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One of the readings, without a name: what it found, the passages it stands on, and why."""

    finding: Finding
    quotes: tuple[tuple[str, str], ...] = field(repr=False)
    note: str = field(repr=False)
    mine: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """A clue whose readings differ, or whose only reader was not sure."""

    number: str
    version: int
    unit: str = field(repr=False)
    sides: tuple[Side, ...]


def disputed(office: Office, viewer: Viewer) -> list[Waiting]:
    """Return the clues whose readings the lead has to decide between, those that wait longest first."""
    with reading(office.engine) as session:
        rows = _in_state(session, viewer, ClueState.DISPUTED)
        found = [_dispute(session, row) for row in rows]
        return [
            Waiting(row.number, row.unit, acts[-1].created, tuple(_findings(office, row.id, acts)))
            for row, acts in zip(rows, found, strict=True)
            if acts
        ]


def unread(office: Office, viewer: Viewer) -> list[Waiting]:
    """Return the clues that wait for a second reading, and whether anybody could give it."""
    with reading(office.engine) as session:
        rows = _in_state(session, viewer, ClueState.SECOND)
        first = {row.id: row.first_reader for row in rows if row.first_reader is not None}
        alone = lots.without_second_reader(session, first, viewer.today)
        since = {row.id: _dispute(session, row)[0].created for row in rows}
        return [Waiting(row.number, row.unit, since[row.id], alone=row.id in alone) for row in rows]


def seconds_waiting(office: Office, viewer: Viewer) -> list[Waiting]:
    """Return the clues that the person could read as the second one, with nothing of the first reading."""
    with reading(office.engine) as session:
        wanted = select(Clues).where(second_for(viewer)).order_by(Clues.id).limit(_MOST)
        return [
            Waiting(row.number, row.unit, _dispute(session, row)[0].created) for row in session.scalars(wanted).all()
        ]


def dispute(office: Office, viewer: Viewer, number: str) -> Dispute:
    """Return the readings of a disputed clue. Raises NotVisibleError."""
    with reading(office.engine) as session:
        where = visible(viewer, Power.ADJUDICATE) & (Clues.state == ClueState.DISPUTED)
        row = session.scalar(select(Clues).where(Clues.number == number, where))
        if row is None:
            raise NotVisibleError
        clue = decisions.at_work(row)
        acts = _mixed(office, row.id, _dispute(session, row))
        sides = tuple(_side(session, viewer, one, one.finding) for one in acts if one.finding)
        return Dispute(clue.number, clue.version, row.unit, sides)


def _in_state(session: Session, viewer: Viewer, state: ClueState) -> list[Clues]:
    where = visible(viewer, Power.ADJUDICATE) & (Clues.state == state)
    return list(session.scalars(select(Clues).where(where).order_by(Clues.id).limit(_MOST)))


def _dispute(session: Session, row: Clues) -> list[StoredDecision]:
    """Return the last word of each reader."""
    last = {one.account: one for one in decisions.readings(decisions.of_clue(session, row.id))}
    return list(last.values())


def _mixed(office: Office, clue_id: int, acts: list[StoredDecision]) -> list[StoredDecision]:
    """Return the readings in an order that does not tell who read first."""
    turned = office.keyring.digest(Purpose.LOT, f"side|{clue_id}".encode())[0] % 2
    return acts[::-1] if turned else acts


def _findings(office: Office, clue_id: int, acts: list[StoredDecision]) -> list[Finding]:
    return [one.finding for one in _mixed(office, clue_id, acts) if one.finding]


def _side(session: Session, viewer: Viewer, act: StoredDecision, finding: Finding) -> Side:
    told = {one.id: one for one in letters.get(session, {one.letter for one in act.allegations})}
    quotes = [(one.category.value, one.span.of(told[one.letter].text)) for one in act.allegations if one.letter in told]
    return Side(finding, tuple(quotes), act.note, act.account == viewer.account)
