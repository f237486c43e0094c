"""The handling of clues, step by step. Steps are only added; the latest of a clue holds."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from xiansuo.domain.handling import Disposition, Feedback, Handling, LedgerNotes, Move, NameCheck, Result
from xiansuo.storage.session import chunks, now
from xiansuo.storage.tables import Accounts, Clues, Dispositions
from xiansuo.storage.tables.base import Json


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step to be recorded: the whole handling as it stands after it. `why` is the reason of a re-opening, `proposed_by` the account that chose the disposition."""

    clue_id: int
    account_id: int
    request: str
    move: Move
    handling: Handling
    clue_version: int
    why: str = field(default="", repr=False)
    proposed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Step(NewStep):
    """A step as recorded, with the name of who did it."""

    id: int = field(kw_only=True)
    by: str = field(kw_only=True)
    created: datetime = field(kw_only=True)


def add(session: Session, step: NewStep) -> int:
    """Record a step and return its id."""
    row = Dispositions(**_to_row(step), created=now())
    session.add(row)
    session.flush()
    return row.id


def latest(session: Session, clue_ids: Iterable[int]) -> dict[int, Step]:
    """Return the step that holds for each clue that has any."""
    found = {}
    for chunk in chunks(clue_ids):
        last = select(func.max(Dispositions.id)).where(Dispositions.clue_id.in_(chunk)).group_by(Dispositions.clue_id)
        for row, name in session.execute(_named().where(Dispositions.id.in_(last))):
            found[row.clue_id] = _from_row(row, name)
    return found


def steps(session: Session, clue_ids: Iterable[int]) -> dict[int, list[Step]]:
    """Return all steps of each clue that has any, oldest first."""
    found: dict[int, list[Step]] = {}
    for chunk in chunks(clue_ids):
        wanted = _named().where(Dispositions.clue_id.in_(chunk)).order_by(Dispositions.id)
        for row, name in session.execute(wanted):
            found.setdefault(row.clue_id, []).append(_from_row(row, name))
    return found


def history(session: Session, clue_id: int) -> list[Step]:
    """Return all steps of a clue, oldest first."""
    return steps(session, [clue_id]).get(clue_id, [])


def by_request(session: Session, request: str) -> Step | None:
    """Return the step that a browser's key stands for."""
    found = session.execute(_named().where(Dispositions.request == request)).first()
    return None if found is None else _from_row(found[0], found[1])


def latest_id() -> ScalarSelect[int | None]:
    """Return the expression for the id of a clue's latest step, for conditions on `Clues`."""
    return select(func.max(Dispositions.id)).where(Dispositions.clue_id == Clues.id).correlate(Clues).scalar_subquery()


def _named() -> Select[tuple[Dispositions, str]]:
    return select(Dispositions, Accounts.name).join(Accounts, Accounts.id == Dispositions.account_id)


def _to_row(step: NewStep) -> dict[str, Json]:
    told = step.handling
    return {
        "clue_id": step.clue_id,
        "account_id": step.account_id,
        "request": step.request,
        "kind": told.kind or "",
        "owner": told.owner,
        "department": told.department,
        "reason": told.reason,
        "approved_by": told.approved_by,
        "approved_on": told.approved_on,
        "due": told.due,
        "result": told.result or "",
        "feedback": told.feedback or "",
        "feedback_on": told.feedback_on,
        "feedback_note": told.feedback_note,
        "ended_on": told.ended_on,
        "details": {
            "move": step.move,
            "why": step.why,
            "proposed_by": step.proposed_by,
            "clue_version": step.clue_version,
            "notified_on": told.notified_on and told.notified_on.isoformat(),
            "name_check": told.name_check or "",
            "notes": {name: text for name, text in asdict(told.notes).items() if text},
        },
    }


def _from_row(row: Dispositions, name: str) -> Step:
    details = row.details
    return Step(
        clue_id=row.clue_id,
        account_id=row.account_id,
        request=row.request,
        move=Move(details["move"]),
        handling=_handling(row),
        clue_version=details["clue_version"],
        why=details["why"],
        proposed_by=details["proposed_by"],
        id=row.id,
        by=name,
        created=row.created,
    )


def _handling(row: Dispositions) -> Handling:
    details = row.details
    notified, checked = details["notified_on"], details["name_check"]
    return Handling(
        kind=Disposition(row.kind) if row.kind else None,
        owner=row.owner,
        department=row.department,
        reason=row.reason,
        approved_by=row.approved_by,
        approved_on=row.approved_on,
        due=row.due,
        notified_on=date.fromisoformat(notified) if notified else None,
        name_check=NameCheck(checked) if checked else None,
        result=Result(row.result) if row.result else None,
        feedback=Feedback(row.feedback) if row.feedback else None,
        feedback_on=row.feedback_on,
        feedback_note=row.feedback_note,
        notes=LedgerNotes(**details["notes"]),
        ended_on=row.ended_on,
    )
