"""Who may send a form, and how long a browser stays logged in: every route that changes something, found by walking the router."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tests.review.desk import PASSWORD, Desk
from tests.review.routes import Door, doors
from xiansuo.domain.account import AccountState
from xiansuo.domain.people import MATRIX, Role
from xiansuo.services import accounts
from xiansuo.services.accounts import Machine
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Accounts, AuditEvents, Base, Counters, Sessions

_PASSING = {AuditEvents.__tablename__, Counters.__tablename__, Sessions.__tablename__}
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "https://testserver:444"},
]


def stored(desk: Desk) -> dict[str, str]:
    """Return a digest of everything that is stored, by table, but for the trail, its numbers and the logged-in browsers."""
    with reading(desk.office.engine) as session:
        kept = [table for table in Base.metadata.sorted_tables if table.name not in _PASSING]
        rows = {table.name: [tuple(row) for row in session.execute(select(table))] for table in kept}
    return {name: hashlib.sha256(repr(one).encode()).hexdigest() for name, one in rows.items()}


def changing(desk: Desk) -> list[tuple[Door, Role]]:
    """Return every route that changes something, each with a role that may use it."""
    found = [one for one in doors(desk.app) if one.method != "GET"]
    return [(one, next(role for role in Role if one.power is None or one.power in MATRIX[role])) for one in found]


def test_no_route_takes_a_form_that_another_site_sent(quiet_desk: Desk) -> None:
    before, browsers = stored(quiet_desk), {role: quiet_desk.client(role) for role in Role}
    found = changing(quiet_desk)
    assert len(found) > 50
    for door, role in found:
        for headers in FOREIGN:
            answer = browsers[role].request(door.method, door.filled({}), headers=headers)
            assert answer.status_code == 403, (door, headers)
    assert stored(quiet_desk) == before


@pytest.mark.parametrize("token", ["", "x", "é", "another's"])
def test_no_route_takes_a_form_without_the_token_of_its_own_browser(quiet_desk: Desk, token: str) -> None:
    other = quiet_desk.client(Role.AUDITOR).headers["X-CSRF-Token"]
    before, browsers = stored(quiet_desk), {role: quiet_desk.client(role) for role in Role}
    for door, role in changing(quiet_desk):
        sent = other if token == "another's" else token
        del browsers[role].headers["X-CSRF-Token"]
        if sent.isascii():
            browsers[role].headers["X-CSRF-Token"] = sent
        answer = browsers[role].request(door.method, door.filled({}), data={"csrf": sent})
        assert answer.status_code == 403, door
        browsers[role].headers["X-CSRF-Token"] = sent if sent.isascii() else "x"
    assert stored(quiet_desk) == before


def test_a_route_that_only_reads_changes_nothing_but_the_trail(quiet_desk: Desk) -> None:
    """A picture or a link on another site asks for an address with GET; nothing may happen by that."""
    before = stored(quiet_desk)
    for role in Role:
        client = quiet_desk.client(role)
        for door in doors(quiet_desk.app):
            if door.method == "GET" and door.power in MATRIX[role] and not door.path.endswith(("/next", ".docx")):
                client.get(door.filled({}))
    assert stored(quiet_desk) == before


def test_nobody_is_logged_in_by_a_form_that_does_not_say_where_it_comes_from(desk: Desk) -> None:
    silent = TestClient(desk.app, base_url="http://testserver", follow_redirects=False)
    form = {"login": "reviewer", "password": PASSWORD}
    assert silent.post("/login", data=form).status_code == 403
    assert silent.post("/login", data=form, headers={"Origin": "null"}).status_code == 403
    assert silent.post("/login", data=form, headers={"Origin": "http://testserver"}).status_code == 303


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_no_other_method_does_anything(quiet_desk: Desk, method: str) -> None:
    before, client = stored(quiet_desk), quiet_desk.client(Role.LEAD)
    paths = sorted({door.filled({}) for door in doors(quiet_desk.app)})
    found = {client.request(method, path).status_code for path in paths}
    assert found <= {403, 404}
    assert client.get("/queue", headers={"X-HTTP-Method-Override": method}).status_code == 200
    assert stored(quiet_desk) == before


def _log_in(browser: TestClient, login: str = "reviewer", **more: str) -> str:
    answer = browser.post("/login", data={"login": login, "password": PASSWORD, **more})
    assert answer.status_code == 303
    return browser.cookies["xiansuo"]


def _is_in(desk: Desk, cookie: str) -> bool:
    browser = desk.stranger()
    browser.cookies.set("xiansuo", cookie)
    return browser.get("/").status_code == 200


def test_each_log_in_gives_a_new_cookie_and_a_new_token(desk: Desk) -> None:
    first, second = _log_in(desk.stranger()), _log_in(desk.stranger())
    assert first != second
    assert len(first) >= 43
    with reading(desk.office.engine) as session:
        rows = session.execute(select(Sessions.key, Sessions.token)).all()
    assert len({row.token for row in rows}) == len(rows) == 2
    assert not any(cookie.encode() in row.key for cookie in (first, second) for row in rows)


@pytest.mark.parametrize("act", ["role", "reset", "close"])
def test_a_person_whose_account_is_changed_has_to_log_in_again_everywhere(desk: Desk, act: str) -> None:
    cookies = [_log_in(desk.stranger()) for _ in range(2)]
    id_ = desk.accounts["reviewer"]
    acts = {
        "role": lambda: accounts.change_role(desk.office, Machine(), id_, Role.REGISTRAR),
        "reset": lambda: accounts.reset(desk.office, Machine(), id_),
        "close": lambda: accounts.close(desk.office, Machine(), id_),
    }
    acts[act]()
    assert [_is_in(desk, cookie) for cookie in cookies] == [False, False]


def test_browsers_of_one_person_do_not_know_each_other_until_all_are_logged_out(desk: Desk) -> None:
    browsers = [desk.stranger() for _ in range(3)]
    cookies = [_log_in(browser) for browser in browsers]
    token = browsers[0].get("/").text.split("X-CSRF-Token")[1].split('"')[2]
    browsers[0].post("/logout", data={"csrf": token})
    assert [_is_in(desk, cookie) for cookie in cookies] == [False, True, True]
    token = browsers[1].get("/").text.split("X-CSRF-Token")[1].split('"')[2]
    browsers[1].post("/logout", data={"csrf": token, "everywhere": "yes"})
    assert [_is_in(desk, cookie) for cookie in cookies] == [False, False, False]


@pytest.mark.parametrize(
    ("seen", "created", "alive"), [(29, 60, True), (31, 60, False), (0, 719, True), (0, 721, False)]
)
def test_a_browser_left_alone_or_open_all_day_is_logged_out(
    desk: Desk, seen: int, created: int, *, alive: bool
) -> None:
    cookie, at = _log_in(desk.stranger()), now()
    moments = {"seen": at - timedelta(minutes=seen), "created": at - timedelta(minutes=created)}
    with transaction(desk.office.engine) as session:
        session.execute(update(Sessions).values(**moments))
    assert _is_in(desk, cookie) is alive


@pytest.mark.parametrize("cookie", ["", "x", "' OR 1=1 --", "0" * 43, "a" * 9000, "..%2f", "\x7f"])
def test_no_cookie_but_one_the_program_made_opens_anything(desk: Desk, cookie: str) -> None:
    _log_in(desk.stranger())
    assert not _is_in(desk, cookie)


def test_an_account_that_is_closed_while_a_page_is_open_gets_no_further(desk: Desk) -> None:
    browser = desk.client(Role.REVIEWER)
    with transaction(desk.office.engine) as session:
        session.execute(update(Accounts).where(Accounts.login == "reviewer").values(state=AccountState.CLOSED))
    assert browser.post("/queue/views", data={"name": "x"}).status_code == 303
