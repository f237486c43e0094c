from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from xiansuo.domain.people import Role
from xiansuo.errors import RefusedError, XiansuoError
from xiansuo.services import accounts, passwords
from xiansuo.services.accounts import Machine
from xiansuo.services.login import WRONG, change_password, log_in
from xiansuo.services.office import Office
from xiansuo.services.sessions import end_session, logged_in, open_session, viewer_named
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Accounts, AuditEvents, Sessions

PASSWORD, WRONG_ONE = "我的家在松花江上-2026", "错误的密码-0000"


pytestmark = pytest.mark.usefixtures("account")


@pytest.fixture
def account(office: Office, monkeypatch: pytest.MonkeyPatch) -> int:
    """The account of a head; passwords are hashed by the same function at its cheapest."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return accounts.create(office, Machine(), "head", "演示领导", Role.HEAD, password=PASSWORD).account.id


def _right(office: Office, password: str, seconds: float = 0) -> bool:
    try:
        log_in(office, "head", password, at=now() + timedelta(seconds=seconds))
    except RefusedError:
        return False
    return True


def test_the_right_password_opens_however_the_name_is_typed(office: Office, account: int) -> None:
    assert log_in(office, " Head", PASSWORD).id == account


def test_after_three_wrong_ones_also_the_right_one_waits_a_second(office: Office) -> None:
    assert [_right(office, WRONG_ONE) for _ in range(4)] == [False] * 4
    assert not _right(office, PASSWORD)
    assert _right(office, PASSWORD, seconds=2)


def test_tries_while_an_account_waits_do_not_make_it_wait_longer(office: Office) -> None:
    for _ in range(30):
        _right(office, WRONG_ONE)
    assert _right(office, PASSWORD, seconds=2)


def test_the_wait_survives_a_restart_and_ends_after_a_quarter_of_an_hour_at_most(
    office: Office, open_again: Callable[[], Office]
) -> None:
    at = 0.0
    for _ in range(20):
        _right(office, WRONG_ONE, seconds=at)
        at += 901
    again = open_again()
    assert not _right(again, PASSWORD, seconds=at - 10)
    assert _right(again, PASSWORD, seconds=at)


def test_a_success_forgets_the_failures_before(office: Office) -> None:
    for _ in range(4):
        assert [_right(office, WRONG_ONE) for _ in range(3)] == [False] * 3
        assert _right(office, PASSWORD)


def test_a_clock_set_back_locks_nobody_out(office: Office) -> None:
    for seconds in range(0, 86_400, 8_640):
        _right(office, WRONG_ONE, seconds=seconds)
    assert _right(office, PASSWORD, seconds=-86_400)


def test_many_tries_at_the_same_time_have_no_more_chances_than_one_after_another(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []
    real = passwords.is_right
    monkeypatch.setattr(
        "xiansuo.services.login.is_right", lambda secret, typed: looked.append(secret) or real(secret, typed)
    )
    at = now()

    def guess(_: int) -> bool:
        try:
            log_in(office, "head", WRONG_ONE, at=at)
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert not any(pool.map(guess, range(48)))
    assert len(looked) == 48
    assert sum(secret is not None for secret in looked) == 4


def test_a_flood_of_log_ins_leaves_threads_for_work_and_counts_against_nobody(office: Office) -> None:
    with ExitStack() as flood:
        for _ in range(16):
            flood.enter_context(passwords.in_line())
        for _ in range(9):
            with pytest.raises(RefusedError, match="太多"):
                log_in(office, "head", WRONG_ONE)
    assert _right(office, PASSWORD)


@pytest.mark.parametrize("case", ["unknown", "closed", "waiting", "wrong"])
def test_every_refusal_costs_one_hash_and_says_the_same(
    office: Office, account: int, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    if case == "closed":
        accounts.close(office, Machine(), account)
    if case == "waiting":
        for _ in range(4):
            _right(office, WRONG_ONE)
    seen: list[str] = []
    verify = passwords._HASHER.verify

    class Counting:
        def verify(self, secret: str, typed: str) -> bool:
            seen.append(secret)
            return verify(secret, typed)

        hash = passwords._HASHER.hash

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    with reading(office.engine) as session:
        before = len(session.scalars(select(AuditEvents.id)).all())
    with pytest.raises(RefusedError) as refused:
        log_in(office, "nobody" if case == "unknown" else "head", WRONG_ONE if case == "wrong" else PASSWORD + "x")
    with reading(office.engine) as session:
        after = len(session.scalars(select(AuditEvents.id)).all())
    assert (str(refused.value), len(seen), after - before) == (WRONG, 1, 2)


def test_what_was_typed_as_a_name_is_written_down_nowhere(office: Office) -> None:
    with pytest.raises(RefusedError):
        log_in(office, "我的密码打错了地方", "x")
    with reading(office.engine) as session:
        events = session.execute(select(AuditEvents.actor, AuditEvents.action, AuditEvents.object_id)).all()
    assert tuple(events[-1]) == ("-", "session.refused", "")


def test_a_new_password_ends_all_sessions_and_the_old_password(office: Office, account: int) -> None:
    viewer = viewer_named(office, "head")
    assert viewer
    cookies = [open_session(office, account) for _ in range(2)]
    change_password(office, viewer, PASSWORD, "黄河之水天上来-2026")
    assert [logged_in(office, cookie) for cookie in cookies] == [None, None]
    assert not _right(office, PASSWORD)
    assert _right(office, "黄河之水天上来-2026")


@pytest.mark.parametrize(
    ("new", "why"),
    [("短", "太短"), (PASSWORD, "原密码"), ("我是head吗-2026", "登录名"), ("1234567890", "常见"), ("长" * 200, "太长")],
)
def test_a_weak_new_password_changes_nothing(office: Office, new: str, why: str) -> None:
    viewer = viewer_named(office, "head")
    assert viewer
    with pytest.raises(XiansuoError, match=why):
        change_password(office, viewer, PASSWORD, new)
    assert _right(office, PASSWORD)


def test_guessing_the_old_password_from_a_stolen_browser_locks_like_logging_in(office: Office) -> None:
    viewer = viewer_named(office, "head")
    assert viewer
    for _ in range(4):
        with pytest.raises(RefusedError):
            change_password(office, viewer, WRONG_ONE, "黄河之水天上来-2026")
    with pytest.raises(RefusedError):
        change_password(office, viewer, PASSWORD, "黄河之水天上来-2026")


@pytest.mark.parametrize(
    ("minutes", "alive"), [([29, 58, 87], True), ([31], False), ([29, 60], False), (list(range(20, 740, 20)), False)]
)
def test_a_session_ends_after_half_an_hour_idle_or_twelve_hours(
    office: Office, account: int, minutes: list[int], *, alive: bool
) -> None:
    cookie, start = open_session(office, account), now()
    found = [logged_in(office, cookie, at=start + timedelta(minutes=one)) for one in minutes]
    assert all(found[:-1])
    assert (found[-1] is not None) is alive


def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(office: Office, account: int) -> None:
    cookie, start = open_session(office, account), now()
    asked = [logged_in(office, cookie, at=start + timedelta(minutes=one), active=False) for one in (10, 20, 29, 31)]
    assert [one is not None for one in asked] == [True, True, True, False]


def test_logging_in_ends_the_browsers_former_session_and_keeps_no_cookie(office: Office, account: int) -> None:
    former = open_session(office, account)
    fresh = open_session(office, account, instead_of=former)
    assert fresh != former
    assert logged_in(office, former) is None
    with reading(office.engine) as session:
        keys = session.scalars(select(Sessions.key)).all()
    assert len(keys) == 1
    assert fresh.encode() not in keys[0]


def test_logging_out_everywhere_ends_the_other_browsers_too(office: Office, account: int) -> None:
    here, there = open_session(office, account), open_session(office, account)
    viewer = viewer_named(office, "head")
    end_session(office, here, viewer)
    assert [logged_in(office, one) is not None for one in (here, there)] == [False, True]
    end_session(office, here, viewer, everywhere=True)
    assert logged_in(office, there) is None


def test_a_role_taken_away_is_gone_at_the_next_request(office: Office, account: int) -> None:
    cookie = open_session(office, account)
    with transaction(office.engine) as session:
        session.get_one(Accounts, account).role = Role.AUDITOR
    found = logged_in(office, cookie)
    assert found
    assert found.viewer.role is Role.AUDITOR


def test_a_temporary_password_runs_out_after_a_week_and_one_of_the_own_choice_never(office: Office) -> None:
    week = timedelta(days=7).total_seconds()
    assert _right(office, PASSWORD, seconds=week - 60)
    assert not _right(office, PASSWORD, seconds=week + 60)
    viewer = viewer_named(office, "head")
    assert viewer
    change_password(office, viewer, PASSWORD, PASSWORD + "之后")
    assert _right(office, PASSWORD + "之后", seconds=10 * week)
