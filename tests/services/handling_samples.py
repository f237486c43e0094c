"""Steps of handling and a transfer officer, for tests of how clues are brought to their end."""

from datetime import date, timedelta
from uuid import uuid4

from sqlalchemy import update

from tests.services.deciding import GRAFT, Room
from xiansuo.domain.handling import Disposition, Feedback, Handling, Result
from xiansuo.domain.letter import Signed
from xiansuo.domain.people import Role, Viewer
from xiansuo.services.decide import Choice, decide
from xiansuo.services.handling import Asked, look
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import Accounts, Clues, Letters


def decided(room: Room, place: int = 0) -> str:
    """Decide a clue and return its number."""
    number = room.numbers[place]
    decide(room.office, room.people["jia"], room.asked(number), Choice(labels=(GRAFT,)))
    return number


def asked(room: Room, number: str, request: str = "") -> Asked:
    """An act on the clue as it is now."""
    seen = look(room.office, room.people["lead"], number)
    return Asked(request or uuid4().hex, number, seen.version, seen.step)


def whole(today: date) -> Handling:
    """Everything that is needed before a clue may end."""
    return Handling(
        kind=Disposition.VERIFICATION,
        owner="承办人甲",
        department="第二纪检监察室",
        reason="反映具体，有时间、金额。",
        approved_by="分管领导乙",
        approved_on=today,
        result=Result.PARTLY,
        feedback=Feedback.NOT_APPLICABLE,
        feedback_note="匿名来件。",
    )


def transfer_officer(room: Room) -> Viewer:
    """Add a person who hands clues on."""
    with transaction(room.office.engine) as session:
        row = Accounts(login="yijiao", name="移交员丙", role="transfer", state="active", password="", must_change=False)
        row.failures, row.locked_until, row.locale, row.screened = 0, None, "zh", True
        row.created, row.created_by = now(), "安装"
        session.add(row)
        session.flush()
        return Viewer(row.id, "yijiao", row.name, Role.TRANSFER, (), room.people["lead"].today)


def sign(room: Room, number: str) -> None:
    """Let the clue's letter name who wrote it."""
    with transaction(room.office.engine) as session:
        session.execute(update(Letters).where(Letters.id == room.letters[number]).values(signed=Signed.REAL_NAME))


def aged(room: Room, number: str, *, days: int) -> None:
    """Let the clue have come in some days ago."""
    with transaction(room.office.engine) as session:
        day = room.people["lead"].today - timedelta(days=days)
        session.execute(update(Clues).where(Clues.number == number).values(received=day))
