from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

import pytest
from sqlalchemy import select, update
from starlette.responses import Response
from starlette.testclient import TestClient

from tests.review.desk import PASSWORD, Desk
from xiansuo.domain.account import AccountState
from xiansuo.domain.people import Power, Role
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.review.routes.auth import inside
from xiansuo.services.login import WRONG
from xiansuo.services.sessions import open_session
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Accounts, Sessions

CHOSEN = "杨柳青青江水平-2026"


def _log_in(client: TestClient, login: str = "reviewer", password: str = PASSWORD, **fields: str) -> int:
    return client.post("/login", data={"login": login, "password": password, **fields}).status_code


def _change(desk: Desk, login: str, **columns: object) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Accounts).where(Accounts.login == login).values(columns))


def _idle(desk: Desk) -> timedelta:
    with reading(desk.office.engine) as session:
        return now() - session.scalars(select(Sessions.seen)).one()


def test_a_person_logs_in_and_comes_to_the_page_asked_for(desk: Desk) -> None:
    browser = desk.stranger()
    asked = browser.get("/accounts?a=%E4%BD%8E")
    assert asked.headers["location"] == f"/login?next={quote('/accounts?a=%E4%BD%8E')}"
    answer = browser.post("/login", data={"login": "operator", "password": PASSWORD, "next": "/accounts?a=%E4%BD%8E"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts?a=%E4%BD%8E")
    assert browser.get("/accounts").status_code == 200


def test_the_log_in_page_tells_nothing_about_the_office(desk: Desk) -> None:
    page = desk.stranger().get("/login").text
    assert desk.office.register.office
    assert desk.office.register.office not in page
    assert not any(login in page for login in ("reviewer2", "演示", "XS-"))


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "queue",
        "",
        "/login?next=/login",
        "/logout",
    ],
)
def test_no_address_leads_out_of_the_program_after_log_in(desk: Desk, foreign: str) -> None:
    assert inside(foreign) == "/"
    browser = desk.stranger()
    answer = browser.post("/login", data={"login": "reviewer", "password": PASSWORD, "next": foreign})
    assert answer.headers["location"] == "/"


def test_the_cookie_is_for_this_program_alone(desk: Desk) -> None:
    answer = desk.stranger().post("/login", data={"login": "reviewer", "password": PASSWORD})
    cookie = answer.headers.get_list("set-cookie")[0].lower()
    assert cookie.startswith("xiansuo=")
    assert all(flag in cookie for flag in ("httponly", "samesite=strict", "path=/"))
    assert not any(flag in cookie for flag in ("domain=", "max-age", "expires", "secure"))


def test_over_tls_the_cookie_is_bound_to_the_host(desk: Desk) -> None:
    browser = desk.stranger()
    browser.base_url = "https://testserver"
    answer = browser.post("/login", data={"login": "reviewer", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-xiansuo=")
    assert "secure" in cookie
    assert browser.get("/").status_code == 200


def test_a_cookie_prepared_by_somebody_else_is_never_good(desk: Desk) -> None:
    victim = desk.stranger()
    answer = victim.post(
        "/login", data={"login": "reviewer", "password": PASSWORD}, headers={"Cookie": "xiansuo=known"}
    )
    assert answer.status_code == 303
    assert "xiansuo=known" not in answer.headers["set-cookie"]
    attacker = desk.stranger()
    attacker.cookies.set("xiansuo", "known")
    assert attacker.get("/").headers["location"] == "/login"


def test_a_browser_in_which_somebody_planted_a_session_logs_nobody_in_blindly(desk: Desk) -> None:
    victim = desk.stranger()
    victim.cookies.set("xiansuo", open_session(desk.office, desk.accounts["auditor"]))
    assert _log_in(victim) == 403


def test_logging_in_again_in_the_same_browser_ends_its_former_session(desk: Desk) -> None:
    browser = desk.client(Role.REVIEWER)
    former = browser.cookies["xiansuo"]
    answer = browser.post(
        "/login",
        data={"login": "lead", "password": PASSWORD, "csrf": browser.headers["X-CSRF-Token"]},
    )
    assert answer.status_code == 303
    stranger = desk.stranger()
    stranger.cookies.set("xiansuo", former)
    assert stranger.get("/").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver:8080"},
    ],
)
@pytest.mark.parametrize("path", ["/login", "/logout", "/locale", "/password"])
def test_another_site_cannot_send_the_doors_forms(desk: Desk, headers: dict[str, str], path: str) -> None:
    browser = desk.client(Role.REVIEWER)
    fields = {"login": "lead", "password": PASSWORD, "locale": "en"}
    assert browser.post(path, data=fields, headers=headers).status_code == 403
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/logout", "/password", "/locale", "/accounts", "/accounts/2/reset"])
def test_a_form_without_its_token_does_nothing(desk: Desk, path: str) -> None:
    browser = desk.client(Role.OPERATOR)
    browser.headers["X-CSRF-Token"] = "another"
    assert browser.post(path, data={"login": "x1", "name": "x", "role": "head", "stamp": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("login", "password"), [("nobody", PASSWORD), ("reviewer", "x" * 12), ("", ""), ("x" * 900, "y" * 9000)]
)
def test_every_wrong_try_is_answered_alike(desk: Desk, login: str, password: str) -> None:
    answer = desk.stranger().post("/login", data={"login": login, "password": password})
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert "set-cookie" not in answer.headers
    assert password == "" or password not in answer.text


def test_what_was_typed_as_a_name_comes_back_as_text_and_not_as_markup(desk: Desk) -> None:
    answer = desk.stranger().post("/login", data={"login": '"><script>x', "password": "y"})
    assert "<script>x" not in answer.text


def test_after_wrong_tries_the_right_password_says_the_same(desk: Desk) -> None:
    browser = desk.stranger()
    assert [_log_in(browser, password="wrong" * 3) for _ in range(4)] == [401] * 4
    answer = browser.post("/login", data={"login": "reviewer", "password": PASSWORD})
    assert (answer.status_code, WRONG in answer.text) == (401, True)


def test_logging_out_makes_the_browser_forget(desk: Desk) -> None:
    browser = desk.client(Role.REVIEWER)
    answer = browser.post("/logout")
    assert answer.headers["location"] == "/login"
    assert '"cache"' in answer.headers["clear-site-data"]
    assert answer.headers["cache-control"] == "no-store"
    with reading(desk.office.engine) as session:
        assert session.scalars(select(Sessions)).all() == []
    assert browser.get("/").status_code == 303
    assert desk.client(Role.LEAD).get("/logout").status_code == 404


def test_logging_out_everywhere_reaches_other_browsers(desk: Desk) -> None:
    here, there = desk.client(Role.REVIEWER), desk.client(Role.REVIEWER)
    here.post("/logout", data={"everywhere": "yes"})
    assert there.get("/").status_code == 303


def test_a_new_account_can_do_nothing_before_it_has_its_own_password(desk: Desk) -> None:
    _change(desk, "reviewer", must_change=True)
    browser = desk.stranger()
    answer = browser.post("/login", data={"login": "reviewer", "password": PASSWORD, "next": "/queue"})
    assert answer.headers["location"] == "/password"
    assert browser.get("/").headers["location"] == "/password"
    page = browser.get("/password")
    assert page.status_code == 200
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    fields = {"csrf": token, "old": PASSWORD, "new": CHOSEN}
    assert browser.post("/password", data={**fields, "again": "x"}).status_code == 400
    assert browser.post("/password", data={**fields, "new": "1234567890", "again": "1234567890"}).status_code == 400
    done = browser.post("/password", data={**fields, "again": CHOSEN})
    assert done.headers["location"] == "/"
    assert browser.get("/").status_code == 200
    assert _log_in(desk.stranger(), password=CHOSEN) == 303


def test_an_account_that_waits_for_a_head_may_choose_its_password_and_no_more(desk: Desk) -> None:
    _change(desk, "reviewer", must_change=True, state=AccountState.PENDING)
    browser = desk.stranger()
    assert _log_in(browser) == 303
    assert browser.get("/").headers["location"] == "/password"
    token = browser.get("/password").text.split('name="csrf" value="')[1].split('"')[0]
    done = browser.post("/password", data={"csrf": token, "old": PASSWORD, "new": CHOSEN, "again": CHOSEN})
    assert done.headers["location"] == "/login"
    assert browser.get("/").headers["location"] == "/login"
    again = browser.post("/login", data={"login": "reviewer", "password": CHOSEN})
    assert again.status_code == 401
    assert "分管领导确认" in again.text


def test_a_changed_role_or_a_closed_account_holds_at_the_next_request(desk: Desk) -> None:
    browser = desk.client(Role.OPERATOR)
    assert browser.get("/accounts").status_code == 200
    _change(desk, "operator", role=Role.AUDITOR)
    assert browser.get("/accounts").status_code == 404
    _change(desk, "operator", state=AccountState.CLOSED)
    assert browser.get("/").status_code == 303


def test_the_language_is_the_persons_and_before_log_in_the_browsers(desk: Desk) -> None:
    browser = desk.stranger()
    browser.post("/locale", data={"locale": "en", "next": "/login?next=/queue"})
    assert "Log in" in browser.get("/login").text
    person = desk.client(Role.LEAD)
    assert person.post("/locale", data={"locale": "en", "next": "//evil.example"}).headers["location"] == "/"
    assert "Today" in person.get("/").text
    assert "今日" in desk.client(Role.HEAD).get("/").text
    assert person.post("/locale", data={"locale": "xx"}).status_code == 303
    assert "Today" in desk.client(Role.LEAD).get("/").text


def test_the_door_speaks_the_language_of_who_used_it_last(desk: Desk) -> None:
    _change(desk, "reviewer", locale="en")
    browser = desk.stranger()
    assert "登录名" in browser.get("/login").text
    _log_in(browser)
    browser.cookies.delete("xiansuo")
    assert "Login name" in browser.get("/login").text


def test_what_a_page_asks_by_itself_does_not_keep_its_person_logged_in(desk: Desk) -> None:
    page = desk.client(Role.REVIEWER)
    app = desk.app

    @app.get("/by-itself")
    def by_itself(page: Annotated[Page, needs(Power.HOME, unattended=True)]) -> Response:
        return Response(page.viewer.login)

    def set_seen(minutes: int) -> None:
        with transaction(desk.office.engine) as session:
            session.execute(update(Sessions).values(seen=now() - timedelta(minutes=minutes)))

    set_seen(29)
    assert page.get("/by-itself").text == "reviewer"
    assert _idle(desk) > timedelta(minutes=28)
    assert page.get("/").status_code == 200
    assert _idle(desk) < timedelta(minutes=1)


def test_an_expired_session_is_explained_at_the_door(desk: Desk) -> None:
    browser = desk.stranger()
    assert "登录已过期" not in browser.get("/login").text
    browser.cookies.set("xiansuo", "gone")
    assert "登录已过期" in browser.get("/login").text
