"""Clues brought to their end long ago, and the two people it takes to erase them."""

from datetime import date, timedelta

from sqlalchemy import update

from tests.services.deciding import Room
from tests.services.handling_samples import asked, decided, transfer_officer, whole
from xiansuo.domain.people import Viewer
from xiansuo.services.erasure import carry_out, confirm, propose
from xiansuo.services.handling import record
from xiansuo.storage.repositories.erasures import Erasure
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Clues, Dispositions

REASON = "保管期限已满，经鉴定无留存价值。"


def ended(room: Room, place: int = 0, *, years: int = 20) -> str:
    """Decide a clue, end it, let that be years ago, and return its number."""
    number = decided(room, place)
    lead = room.people["lead"]
    record(room.office, lead, asked(room, number), whole(lead.today), end=True)
    aged(room, number, years=years)
    return number


def aged(room: Room, number: str, *, years: int) -> date:
    """Let a clue have ended some years ago."""
    day = room.people["lead"].today - timedelta(days=366 * years)
    with transaction(room.office.engine) as session:
        clue = Dispositions.clue_id == room.clue(number).id
        session.execute(update(Dispositions).where(clue).values(ended_on=day, feedback_on=None))
        session.execute(update(Clues).where(Clues.number == number).values(version=Clues.version + 1))
    return day


def proposed(room: Room, officer: Viewer | None = None, *, request: str = "r1") -> tuple[int, Viewer]:
    """Let the transfer officer propose what has expired today; return the proposal and the officer."""
    officer = officer or transfer_officer(room)
    return propose(room.office, officer, officer.today, REASON, request=request), officer


def erased(room: Room) -> Erasure:
    """Erase what has expired today."""
    id_, _ = proposed(room)
    confirm(room.office, room.people["head"], id_)
    return carry_out(room.office, id_)
