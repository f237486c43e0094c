from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from xiansuo.domain.account import AccountState
from xiansuo.domain.people import Membership, Role
from xiansuo.storage.repositories import accounts, sessions
from xiansuo.storage.repositories.accounts import NewAccount
from xiansuo.storage.repositories.sessions import StoredSession
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import RoundMembers, Rounds

TODAY = date(2026, 11, 23)


@pytest.fixture
def account(session: Session) -> int:
    return accounts.add(session, NewAccount("reader", "演示", Role.REVIEWER, AccountState.ACTIVE, "secret", "ops"))


def test_an_account_is_found_by_its_login_and_not_yet_screened(session: Session, account: int) -> None:
    found = accounts.by_login(session, "reader")
    assert found
    assert (found.id, found.role, found.must_change, found.prepared_by) == (account, Role.REVIEWER, True, "ops")
    assert accounts.by_login(session, "Reader") is None


def test_a_try_is_counted_before_the_password_is_looked_at(engine: Engine) -> None:
    at = now()
    with transaction(engine) as session:
        accounts.add(session, NewAccount("reader", "演示", Role.REVIEWER, AccountState.ACTIVE, "secret", "ops"))
    tries = []
    for _ in range(6):
        with transaction(engine) as session:
            tries.append(accounts.begin_attempt(session, "reader", at))
    assert [one is not None for one in tries] == [True] * 4 + [False] * 2


@pytest.mark.parametrize(
    ("starts", "ends", "closed", "ended", "grants"),
    [
        (0, 0, False, False, True),
        (-5, 5, False, False, True),
        (1, 5, False, False, False),
        (-5, -1, False, False, False),
        (-5, 5, True, False, False),
        (-5, 5, False, True, False),
    ],
)
def test_a_round_authorises_its_members_from_its_first_day_to_its_last(
    session: Session, account: int, starts: int, ends: int, *, closed: bool, ended: bool, grants: bool
) -> None:
    round_ = Rounds(
        name="轮次",
        starts=TODAY + timedelta(days=starts),
        ends=TODAY + timedelta(days=ends),
        closed=now() if closed else None,
        all_units=True,
        takes_unplaced=True,
        double_share=0.0,
        blind_share=0.0,
        lot_seed="",
        created=now(),
        created_by=account,
    )
    session.add(round_)
    session.flush()
    row = RoundMembers(round_id=round_.id, account_id=account, units=["青禾镇"], added=now(), added_by=account)
    row.ended = now() if ended else None
    session.add(row)
    session.flush()
    assert accounts.memberships(session, account, TODAY) == ((Membership(round_.id, ("青禾镇",)),) if grants else ())


def test_browsers_whose_time_ran_out_are_forgotten(session: Session, account: int) -> None:
    at = now()
    ages = {b"idle": (60, 31), b"old": (721, 1), b"alive": (60, 1)}
    for key, (created, seen) in ages.items():
        opened = StoredSession(account, "t", at - timedelta(minutes=created), at - timedelta(minutes=seen))
        sessions.add(session, key.ljust(32), opened)
    session.flush()
    sessions.purge(session, seen_before=at - timedelta(minutes=30), created_before=at - timedelta(hours=12))
    assert [sessions.get(session, key.ljust(32)) is not None for key in ages] == [False, False, True]
