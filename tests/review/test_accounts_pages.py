import re

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tests.review.desk import PASSWORD, Desk
from xiansuo.domain.account import AccountState
from xiansuo.domain.people import Role
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Accounts

CHOSEN = "杨柳青青江水平-2026"
_NEW = {"login": "wang.fang", "name": "演示新人", "role": "reviewer"}


def _stamp(page: str, path: str) -> str:
    found = re.search(rf'action="{path}".*?name="stamp" value="(\w+)"', page, re.DOTALL)
    assert found, path
    return found[1]


def _temporary(page: str) -> str:
    found = re.search(r'class="temporary">([^<]+)<', page)
    assert found
    return found[1]


def _account(desk: Desk, login: str) -> tuple[int, str, str]:
    with reading(desk.office.engine) as session:
        row = session.scalars(select(Accounts).where(Accounts.login == login)).one()
        return row.id, row.state, row.role


def _choose(desk: Desk, login: str, temporary: str) -> None:
    browser = desk.stranger()
    browser.post("/login", data={"login": login, "password": temporary})
    token = browser.get("/password").text.split('name="csrf" value="')[1].split('"')[0]
    browser.post("/password", data={"csrf": token, "old": temporary, "new": CHOSEN, "again": CHOSEN})


def _enters(desk: Desk, login: str, password: str) -> bool:
    return desk.stranger().post("/login", data={"login": login, "password": password}).status_code == 303


@pytest.fixture
def operator(desk: Desk) -> TestClient:
    return desk.client(Role.OPERATOR)


@pytest.fixture
def head(desk: Desk) -> TestClient:
    return desk.client(Role.HEAD)


def test_an_account_is_made_used_once_for_its_password_and_confirmed(
    desk: Desk, operator: TestClient, head: TestClient
) -> None:
    made = operator.post("/accounts", data=_NEW)
    temporary = _temporary(made.text)
    id_, state, _ = _account(desk, "wang.fang")
    assert state == AccountState.PENDING
    assert temporary not in operator.get("/accounts").text + operator.get(f"/accounts/{id_}").text
    waiting = head.get("/accounts/waiting").text
    assert "演示新人" in waiting
    assert f"/accounts/{id_}/confirm" not in waiting
    _choose(desk, "wang.fang", temporary)
    stamp = _stamp(head.get("/accounts/waiting").text, f"/accounts/{id_}/confirm")
    assert head.post(f"/accounts/{id_}/confirm", data={"stamp": stamp}).status_code == 303
    assert _enters(desk, "wang.fang", CHOSEN)


def test_a_role_changed_behind_the_heads_back_is_not_confirmed(
    desk: Desk, operator: TestClient, head: TestClient
) -> None:
    _choose(desk, "wang.fang", _temporary(operator.post("/accounts", data=_NEW).text))
    id_, _, _ = _account(desk, "wang.fang")
    seen = _stamp(head.get("/accounts/waiting").text, f"/accounts/{id_}/confirm")
    stamp = _stamp(operator.get(f"/accounts/{id_}").text, f"/accounts/{id_}/role")
    assert operator.post(f"/accounts/{id_}/role", data={"stamp": stamp, "role": "head"}).status_code == 303
    assert head.post(f"/accounts/{id_}/confirm", data={"stamp": seen}).status_code == 409
    assert _account(desk, "wang.fang")[1] == AccountState.PENDING


def test_resetting_twice_by_a_reload_resets_once(desk: Desk, operator: TestClient) -> None:
    id_ = desk.accounts["reviewer"]
    stamp = _stamp(operator.get(f"/accounts/{id_}").text, f"/accounts/{id_}/reset")
    temporary = _temporary(operator.post(f"/accounts/{id_}/reset", data={"stamp": stamp}).text)
    assert operator.post(f"/accounts/{id_}/reset", data={"stamp": stamp}).status_code == 409
    assert not _enters(desk, "reviewer", PASSWORD)
    assert _enters(desk, "reviewer", temporary)


def test_closing_throws_the_person_out_at_once(desk: Desk, operator: TestClient) -> None:
    reviewer, id_ = desk.client(Role.REVIEWER), desk.accounts["reviewer"]
    stamp = _stamp(operator.get(f"/accounts/{id_}").text, f"/accounts/{id_}/close")
    assert operator.post(f"/accounts/{id_}/close", data={"stamp": stamp}).status_code == 303
    assert reviewer.get("/").headers["location"] == "/login"
    assert not _enters(desk, "reviewer", PASSWORD)


def test_a_head_refuses_an_account(desk: Desk, operator: TestClient, head: TestClient) -> None:
    temporary = _temporary(operator.post("/accounts", data=_NEW).text)
    id_, _, _ = _account(desk, "wang.fang")
    stamp = _stamp(head.get("/accounts/waiting").text, f"/accounts/{id_}/refuse")
    assert head.post(f"/accounts/{id_}/refuse", data={"stamp": stamp}).status_code == 303
    assert not _enters(desk, "wang.fang", temporary)


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"login": "王芳"}, 400, "登录名"),
        ({"login": "reviewer"}, 409, "已经有了"),
        ({"name": " "}, 400, "姓名"),
        ({"role": "emperor"}, 400, "角色"),
        ({"role": ""}, 400, "角色"),
    ],
)
def test_a_form_with_a_mistake_comes_back_filled_in(
    operator: TestClient, fields: dict[str, str], status: int, sentence: str
) -> None:
    answer = operator.post("/accounts", data={**_NEW, **fields})
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert ({**_NEW, **fields})["login"] in answer.text


def test_the_operator_cannot_touch_the_own_account_nor_the_only_head(desk: Desk, operator: TestClient) -> None:
    own, only = desk.accounts["operator"], desk.accounts["head"]
    assert "您自己的账号" in operator.get(f"/accounts/{own}").text
    stamp = _stamp(operator.get(f"/accounts/{only}").text, f"/accounts/{only}/role")
    assert operator.post(f"/accounts/{own}/role", data={"stamp": stamp, "role": "head"}).status_code == 403
    assert operator.post(f"/accounts/{only}/close", data={"stamp": stamp}).status_code == 403
    assert _account(desk, "operator")[2] == Role.OPERATOR


def test_an_account_that_is_not_there_is_a_page_that_is_not_there(operator: TestClient) -> None:
    assert operator.get("/accounts/9999").status_code == 404
    assert operator.post("/accounts/9999/close", data={"stamp": "x"}).status_code == 404
    assert operator.post("/accounts/2/close").status_code == 400


def test_accounts_pages_read_english(desk: Desk, operator: TestClient) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Accounts).values(locale="en"))
    text = operator.get("/accounts").text + operator.get("/accounts/new").text
    assert "New account" in text
    assert "登录名" not in text
