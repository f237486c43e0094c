from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from xiansuo.domain.account import AccountState
from xiansuo.domain.people import Power, Role, Viewer
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services import accounts, passwords
from xiansuo.services.accounts import Machine
from xiansuo.services.login import NOT_CONFIRMED, change_password, log_in
from xiansuo.services.office import Office
from xiansuo.services.sessions import logged_in, open_session, viewer_named
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Accounts, AuditEvents

CHOSEN = "杨柳青青江水平-2026"
MACHINE = Machine()


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same function at its cheapest."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


Person = Callable[[str, Role], Viewer]


@pytest.fixture
def person(office: Office) -> Person:
    """Make an active account and return its person."""

    def make(login: str, role: Role) -> Viewer:
        issued = accounts.create(office, MACHINE, login, "演示人员", role)
        with transaction(office.engine) as session:
            changed = {"state": AccountState.ACTIVE, "must_change": False}
            session.execute(update(Accounts).where(Accounts.id == issued.account.id).values(changed))
        found = viewer_named(office, login)
        assert found
        return found

    return make


def _choose(office: Office, login: str, temporary: str) -> None:
    """Log in with the temporary password and choose another, as the person would."""
    account = log_in(office, login, temporary)
    found = logged_in(office, open_session(office, account.id))
    assert found
    assert found.viewer.changing
    change_password(office, found.viewer, temporary, CHOSEN)


def test_a_reviewer_made_by_the_operator_gets_in_only_after_choosing_a_password_and_a_heads_word(
    office: Office, person: Person
) -> None:
    head, operator = person("head", Role.HEAD), person("ops", Role.OPERATOR)
    issued = accounts.create(office, operator, "wang.fang", "演示审核员", Role.REVIEWER)
    with pytest.raises(ConflictError, match="改好密码"):
        accounts.confirm(office, head, issued.account.id)
    _choose(office, "wang.fang", issued.password)
    with pytest.raises(RefusedError, match="分管领导确认"):
        log_in(office, "wang.fang", CHOSEN)
    accounts.confirm(office, head, issued.account.id)
    assert log_in(office, "wang.fang", CHOSEN).state is AccountState.ACTIVE


def test_the_operator_cannot_slip_into_a_reviewers_place_by_resetting_the_password(
    office: Office, person: Person
) -> None:
    operator, reviewer = person("ops", Role.OPERATOR), person("reader", Role.REVIEWER)
    cookie = open_session(office, reviewer.account)
    issued = accounts.reset(office, operator, reviewer.account)
    assert logged_in(office, cookie) is None
    slipped = logged_in(office, open_session(office, log_in(office, "reader", issued.password).id))
    assert slipped
    assert not any(slipped.viewer.may(power) for power in Power)
    change_password(office, slipped.viewer, issued.password, CHOSEN)
    with pytest.raises(RefusedError, match=NOT_CONFIRMED):
        log_in(office, "reader", CHOSEN)


def test_another_role_holds_at_once_and_only_after_a_heads_word(office: Office, person: Person) -> None:
    head, operator, reviewer = person("head", Role.HEAD), person("ops", Role.OPERATOR), person("reader", Role.REVIEWER)
    cookie = open_session(office, reviewer.account)
    accounts.change_role(office, operator, reviewer.account, Role.HEAD)
    assert logged_in(office, cookie) is None
    assert viewer_named(office, "reader") is None
    accounts.confirm(office, head, reviewer.account)
    changed = viewer_named(office, "reader")
    assert changed
    assert changed.role is Role.HEAD


def test_nobody_confirms_what_they_prepared_themselves(office: Office, person: Person) -> None:
    head = person("head", Role.HEAD)
    made = accounts.create(office, MACHINE, "reader", "演示审核员", Role.REVIEWER)
    with transaction(office.engine) as session:
        session.execute(
            update(Accounts).where(Accounts.id == made.account.id).values(created_by="head", must_change=False)
        )
    with pytest.raises(RefusedError, match="另一位分管领导"):
        accounts.confirm(office, head, made.account.id)


def test_nobody_changes_their_own_account(office: Office, person: Person) -> None:
    operator, head = person("ops", Role.OPERATOR), person("head", Role.HEAD)
    for act in (
        lambda: accounts.change_role(office, operator, operator.account, Role.HEAD),
        lambda: accounts.reset(office, operator, operator.account),
        lambda: accounts.close(office, operator, operator.account),
        lambda: accounts.confirm(office, head, head.account),
    ):
        with pytest.raises(RefusedError, match="自己的账号"):
            act()


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OPERATOR, Role.HEAD}])
def test_who_manages_no_accounts_learns_nothing_of_them(office: Office, person: Person, role: Role) -> None:
    viewer, other = person("someone", role), person("other", Role.REVIEWER)
    for act in (
        lambda: accounts.list_accounts(office, viewer),
        lambda: accounts.create(office, viewer, "new.one", "演示", Role.HEAD),
        lambda: accounts.reset(office, viewer, other.account),
        lambda: accounts.change_role(office, viewer, other.account, Role.HEAD),
        lambda: accounts.close(office, viewer, other.account),
        lambda: accounts.confirm(office, viewer, other.account),
    ):
        with pytest.raises(NotVisibleError):
            act()


def test_the_head_makes_no_accounts_and_the_operator_confirms_none(office: Office, person: Person) -> None:
    head, operator, other = person("head", Role.HEAD), person("ops", Role.OPERATOR), person("other", Role.REVIEWER)
    for act in (
        lambda: accounts.create(office, head, "new.one", "演示", Role.REVIEWER),
        lambda: accounts.reset(office, head, other.account),
        lambda: accounts.confirm(office, operator, other.account),
    ):
        with pytest.raises(NotVisibleError):
            act()


def test_at_the_machine_only_the_first_head_and_operator_need_no_confirming(office: Office) -> None:
    states = [
        accounts.create(office, MACHINE, login, "演示", role).account.state
        for login, role in (
            ("h1", Role.HEAD),
            ("h2", Role.HEAD),
            ("o1", Role.OPERATOR),
            ("o2", Role.OPERATOR),
            ("r1", Role.REVIEWER),
        )
    ]
    active, pending = AccountState.ACTIVE, AccountState.PENDING
    assert states == [active, pending, active, pending, pending]


def test_the_last_head_stays_on_the_web_and_can_be_replaced_at_the_machine(office: Office, person: Person) -> None:
    head, operator = person("head", Role.HEAD), person("ops", Role.OPERATOR)
    for act in (
        lambda: accounts.close(office, operator, head.account),
        lambda: accounts.reset(office, operator, head.account),
        lambda: accounts.change_role(office, operator, head.account, Role.AUDITOR),
    ):
        with pytest.raises(RefusedError, match="唯一在用"):
            act()
    assert accounts.reset(office, MACHINE, head.account).account.state is AccountState.ACTIVE
    accounts.close(office, MACHINE, head.account)
    assert accounts.create(office, MACHINE, "head2", "演示", Role.HEAD).account.state is AccountState.ACTIVE


def test_closing_ends_every_session_and_keeps_the_account_on_record(office: Office, person: Person) -> None:
    operator, reviewer = person("ops", Role.OPERATOR), person("reader", Role.REVIEWER)
    cookies = [open_session(office, reviewer.account) for _ in range(2)]
    accounts.close(office, operator, reviewer.account)
    assert [logged_in(office, cookie) for cookie in cookies] == [None, None]
    assert accounts.find(office, MACHINE, "reader").state is AccountState.CLOSED


@pytest.mark.parametrize("login", ["王芳", "x", "1st", "a b", "uid:0", "-", "a" * 41, "wang\u200bfang", ""])
def test_a_login_name_that_could_be_taken_for_another_is_refused(office: Office, login: str) -> None:
    with pytest.raises(XiansuoError, match="登录名"):
        accounts.create(office, MACHINE, login, "演示", Role.REVIEWER)


def test_a_login_name_is_one_however_it_is_typed(office: Office) -> None:
    accounts.create(office, MACHINE, "wang.fang", "演示", Role.REVIEWER)
    with pytest.raises(ConflictError):
        accounts.create(office, MACHINE, " ＷANG.fang", "演示", Role.REVIEWER)


def test_acts_are_audited_by_number_without_name_or_password(office: Office, person: Person) -> None:
    operator = person("ops", Role.OPERATOR)
    issued = accounts.create(office, operator, "reader", "演示审核员", Role.REVIEWER)
    accounts.reset(office, operator, issued.account.id)
    accounts.close(office, operator, issued.account.id)
    with reading(office.engine) as session:
        rows = session.execute(select(AuditEvents.actor, AuditEvents.action, AuditEvents.object_id)).all()
    id_ = issued.account.id
    assert [tuple(row) for row in rows[-3:]] == [
        ("ops", "account.create", f"{id_}:reviewer"),
        ("ops", "account.reset", str(id_)),
        ("ops", "account.close", str(id_)),
    ]
    assert issued.password not in repr(issued)
