"""Every route × every role, enumerated from the router; docs/authorisation.md is the same table for people."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.review.desk import Desk
from tests.review.routes import Door, doors
from xiansuo.domain.people import MATRIX, Power, Role
from xiansuo.storage.session import reading
from xiansuo.storage.tables import AuditEvents, Clues, Letters

TABLE = Path(__file__).resolve().parents[2] / "docs" / "authorisation.md"


def _values(session: Session) -> dict[str, str]:
    clue = session.scalars(select(Clues.number).order_by(Clues.rank.desc())).first() or ""
    letter = session.scalars(select(Letters.number).order_by(Letters.id)).first() or ""
    return {"number": clue, "letter": letter, "letter_number": letter}


def _refusals(session: Session) -> int:
    wanted = select(func.count()).select_from(AuditEvents).where(AuditEvents.action == "access.refused")
    return session.scalar(wanted) or 0


def _granted(door: Door, role: Role) -> bool:
    return door.power is None or door.power in MATRIX[role]


def test_nobody_gets_further_than_the_log_in_page_without_logging_in(desk: Desk) -> None:
    stranger = desk.stranger()
    with reading(desk.office.engine) as session:
        values = _values(session)
    for door in doors(desk.app):
        if door.power is None:
            continue
        answer = stranger.request(door.method, door.filled(values))
        assert answer.status_code == 303, door
        assert answer.headers["location"].startswith("/login"), door


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_through_exactly_the_doors_that_the_table_opens(desk: Desk, role: Role) -> None:
    with reading(desk.office.engine) as session:
        values = _values(session)
    for door in doors(desk.app):
        with reading(desk.office.engine) as session:
            before = _refusals(session)
        answer = desk.client(role).request(door.method, door.filled(values))
        assert answer.status_code < 500, door
        with reading(desk.office.engine) as session:
            refused = _refusals(session) - before
        assert refused == (0 if _granted(door, role) else 1), door
        assert refused == 0 or answer.status_code == 404, door


def test_no_role_is_granted_a_power_by_accident() -> None:
    everything = {Role.HEAD: Power.READ_CLUES, Role.OPERATOR: Power.OPERATE, Role.AUDITOR: Power.AUDIT}
    assert all(power in MATRIX[role] for role, power in everything.items())
    assert not MATRIX[Role.OPERATOR].keys() & {Power.READ_CLUES, Power.LEDGER, Power.STATISTICS, Power.APPROVE_REVEAL}
    assert MATRIX[Role.AUDITOR].keys() == {Power.HOME, Power.AUDIT}
    assert not MATRIX[Role.MODELLER].keys() & {Power.READ_CLUES, Power.LEDGER, Power.REQUEST_REVEAL}


def test_the_table_for_people_is_the_one_in_force(desk: Desk) -> None:
    from tools.authorisation_table import table  # noqa: PLC0415

    assert TABLE.read_text(encoding="utf-8") == table(desk.app), "run: python -m tools.authorisation_table"
