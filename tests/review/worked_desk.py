"""The desk after some days of work: clues placed under their units, most of them decided, some handled to their end."""

from datetime import timedelta

from sqlalchemy import select, update

from tests.review.desk import Desk
from xiansuo.domain.category import Category
from xiansuo.domain.decision import Outcome
from xiansuo.domain.handling import Disposition, Feedback, Handling, LedgerNotes, Result
from xiansuo.domain.people import Viewer
from xiansuo.services import handling
from xiansuo.services.decide import Asked, Choice, decide
from xiansuo.services.screening import screen_waiting
from xiansuo.services.sessions import logged_in, open_session
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues


def viewer(desk: Desk, login: str) -> Viewer:
    """Return a person as logged in."""
    found = logged_in(desk.office, open_session(desk.office, desk.accounts[login]))
    assert found is not None
    return found.viewer


def work_through(desk: Desk) -> list[str]:
    """Place the clues, decide three of four, handle every third of the confirmed ones; return the numbers of confirmed clues."""
    with transaction(desk.office.engine) as session:
        session.execute(update(Clues).values(screened=False))
    screen_waiting(desk.office)
    with reading(desk.office.engine) as session:
        clues = session.execute(select(Clues.number, Clues.labels, Clues.version).order_by(Clues.id)).all()
    lead, confirmed = viewer(desk, "lead"), []
    for place, (number, labels, version) in enumerate(clues):
        if place % 4 == 3:
            continue
        found = Choice(labels=tuple(map(Category, labels))) if labels else Choice(Outcome.NO_SUBSTANCE)
        decide(desk.office, lead, Asked(f"d-{number}", number, version), found)
        confirmed += [number] if labels else []
    for number in confirmed[::3]:
        _handle(desk, lead, number)
    return confirmed


def clear(desk: Desk, number: str) -> None:
    """Record that checking found a clue untrue and the person was cleared."""
    _handle(desk, viewer(desk, "lead"), number, Result.UNTRUE, LedgerNotes(clarified="已在单位干部大会上澄清"))


def _handle(
    desk: Desk,
    lead: Viewer,
    number: str,
    result: Result = Result.PARTLY,
    notes: LedgerNotes = LedgerNotes(),  # noqa: B008 - frozen
) -> None:
    seen = handling.look(desk.office, lead, number)
    step = seen.followed.steps[-1].id if seen.followed.steps else 0
    told = Handling(
        kind=Disposition.VERIFICATION,
        owner="第一承办组",
        reason="反映具体，可以核实",
        due=lead.today + timedelta(days=20),
        result=result,
        feedback=Feedback.NOT_APPLICABLE,
        feedback_note="匿名",
        notes=notes,
    )
    asked = handling.Asked(f"h-{number}-{result}", number, seen.version, step)
    handling.record(desk.office, lead, asked, told)
