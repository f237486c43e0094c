from datetime import date

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from tests.storage.test_triage_repositories import content
from xiansuo.domain.people import Membership, Power, Role, Viewer
from xiansuo.domain.rounds import RoundPlan
from xiansuo.storage.repositories import clues, recusals, rounds, screening
from xiansuo.storage.repositories.visibility import find, visible
from xiansuo.storage.session import now
from xiansuo.storage.tables import (
    Accounts,
    ClueBlocks,
    ClueLetters,
    ClueRounds,
    Clues,
    ClueUnits,
    Letters,
    RoundMembers,
)

UNIT = "青石村"


@pytest.fixture
def clue(session: Session, letter_ids: list[int]) -> int:
    """A checked clue about a unit."""
    id_ = clues.create(session, letter_ids[0], content())
    screening.replace_units(session, {id_: {UNIT: 0, "柳河镇": 1}})
    screening.mark_done(session, [id_])
    return id_


def account(session: Session, login: str, *, screened: bool = True) -> int:
    row = Accounts(login=login, name="卫青禾", role="reviewer", state="active", password="", must_change=False)
    row.failures, row.locked_until, row.locale, row.screened = 0, None, "zh", screened
    row.created, row.created_by = now(), "测试"
    session.add(row)
    session.flush()
    return row.id


def opened(session: Session, by: int, **plan: object) -> int:
    made = RoundPlan("一", date(2026, 1, 1), date(2026, 12, 31), **plan)  # type: ignore[arg-type]
    id_ = rounds.add(session, made, by=by, request=str(plan))
    rounds.place_round(session, id_)
    return id_


def sees(session: Session, who: int, *rounds_: Membership, role: Role = Role.REVIEWER) -> bool:
    viewer = Viewer(who, "reviewer", "卫青禾", role, rounds_)
    number = session.scalars(select(Clues.number)).one()
    return find(session, number, viewer) is not None


@pytest.mark.usefixtures("clue")
@pytest.mark.parametrize(
    ("plan", "narrowed", "seen"),
    [
        ({"units": (UNIT,)}, (), True),
        ({"units": ("柳河镇",)}, (), True),
        ({"units": ("柳河镇",)}, (UNIT,), True),
        ({"units": ("柳河镇",)}, ("东坪镇",), False),
        ({"units": ("东坪镇",)}, (), False),
        ({"all_units": True}, (), True),
        ({"takes_unplaced": True}, (), False),
    ],
)
def test_a_round_shows_the_clues_of_its_units_and_a_member_those_of_the_own(
    session: Session,
    plan: dict[str, object],
    narrowed: tuple[str, ...],
    seen: bool,  # noqa: FBT001 - a row of the table
) -> None:
    who = account(session, "reviewer")
    assert sees(session, who, Membership(opened(session, who, **plan), narrowed)) is seen
    assert not sees(session, who)


def test_a_clue_of_no_registered_unit_is_for_rounds_that_take_such(session: Session, clue: int) -> None:
    who = account(session, "reviewer")
    takes = Membership(opened(session, who, takes_unplaced=True))
    listed = Membership(opened(session, who, all_units=True))
    screening.replace_units(session, {clue: {}})
    rounds.place_clues(session, [clue])
    assert sees(session, who, takes)
    assert not sees(session, who, listed)


def test_nothing_is_seen_of_a_clue_or_by_an_account_that_was_not_checked(session: Session, clue: int) -> None:
    head, fresh = account(session, "head"), account(session, "fresh", screened=False)
    assert sees(session, head, role=Role.HEAD)
    assert not sees(session, fresh, role=Role.HEAD)
    screening.again(session, [clue])
    assert not sees(session, head, role=Role.HEAD)


@pytest.mark.usefixtures("clue")
def test_a_role_without_the_power_sees_nothing(session: Session) -> None:
    assert not sees(session, account(session, "auditor"), role=Role.AUDITOR)


@pytest.mark.parametrize("table", [Accounts, ClueBlocks, ClueLetters, ClueRounds, ClueUnits, Letters, RoundMembers])
def test_a_blocked_clue_stays_hidden_whatever_else_a_query_reads(session: Session, clue: int, table: type) -> None:
    head, other = account(session, "head"), account(session, "other")
    recusals.replace(session, [clue], {(head, clue)})
    viewer = Viewer(head, "head", "卫青禾", Role.HEAD)
    opened(session, other, all_units=True)
    recusals.give_up(session, other, clue)
    wanted = select(Clues.id, table).select_from(Clues).join(table, true()).where(visible(viewer, Power.READ_CLUES))
    assert session.execute(wanted).all() == []


def test_what_a_person_gave_up_spreads_to_clues_that_share_a_letter(
    session: Session, clue: int, letter_ids: list[int]
) -> None:
    who, head = account(session, "reviewer"), account(session, "head")
    other = clues.create(session, letter_ids[1], content())
    clues.attach(session, clues.ClueLetter(other, letter_ids[0], clues.Relation.BUNDLED, main=False))
    recusals.give_up(session, who, clue)
    assert recusals.gave_up(session, who, clue)
    recusals.replace(session, [clue, other], set())
    blocked = set(session.execute(select(ClueBlocks.account_id, ClueBlocks.clue_id)).tuples())
    assert blocked == {(who, clue), (who, other)}
    assert head not in {account_id for account_id, _ in blocked}
