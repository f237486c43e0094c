"""A desk with clues that ended long ago, for pages that tell what may be erased and what was."""

from datetime import timedelta

from sqlalchemy import select, update

from tests.review.desk import Desk
from tests.review.worked_desk import viewer
from xiansuo.domain.people import Role
from xiansuo.services import erasure
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import Clues, Dispositions

ENDED = {
    "move": "end",
    "why": "",
    "proposed_by": None,
    "clue_version": 0,
    "notified_on": None,
    "name_check": "",
    "notes": {},
}


def expire(desk: Desk) -> str:
    """Let a clue, open so far and of one letter, have ended twenty years ago; return its number."""
    with transaction(desk.office.engine) as session:
        wanted = select(Clues).where(Clues.letters_count == 1, Clues.state == "open").order_by(Clues.rank, Clues.id)
        clue = session.scalars(wanted).first()
        assert clue is not None
        step = Dispositions(clue_id=clue.id, account_id=desk.accounts["lead"], request=f"e{clue.number}")
        step.kind = "concluded"
        step.owner = step.department = step.reason = step.approved_by = step.result = step.feedback_note = ""
        step.feedback, step.details, step.created = "not_applicable", ENDED, now()
        step.ended_on = (now() - timedelta(days=366 * 20)).date()
        session.add(step)
        session.execute(update(Clues).where(Clues.id == clue.id).values(state="closed"))
        return clue.number


def propose(desk: Desk) -> int:
    """Let a clue expire and the transfer officer propose to erase it; return the proposal's number."""
    number, officer = expire(desk), viewer(desk, Role.TRANSFER)
    return erasure.propose(desk.office, officer, officer.today, "保管期限已满，经鉴定无留存价值。", request=number)


def erase(desk: Desk) -> int:
    """Let a clue expire, one person propose to erase it and another confirm; return the certificate's proposal."""
    id_ = propose(desk)
    erasure.confirm(desk.office, viewer(desk, Role.HEAD), id_)
    erasure.carry_out(desk.office, id_)
    return id_
