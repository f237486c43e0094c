"""How much, how fast and how often: bodies, slow lines, guesses at passwords, searches, exports."""

import threading
import time

import pytest
from sqlalchemy import update

from tests.review.desk import PASSWORD, Desk
from tests.review.routes import doors
from tests.review.serving import serving, spoken
from xiansuo.domain.people import Role
from xiansuo.review import server, wall
from xiansuo.review.guard import guard_of
from xiansuo.review.throttle import Rate, Throttle
from xiansuo.services.familiar import is_familiar
from xiansuo.services.login import WRONG
from xiansuo.services.passwords import BUSY
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Accounts

_HEAD = (
    b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
)


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(quiet_desk: Desk) -> None:
    with serving(quiet_desk.app) as port:
        answer = spoken(port, _HEAD + b"Content-Length: 1073741824\r\n\r\n")
    assert b" 413 " in answer.splitlines()[0]
    assert b"default-src 'none'" in answer


def test_a_body_that_does_not_say_its_length_is_cut_off_at_the_same_place(quiet_desk: Desk) -> None:
    pieces = [_chunk(b"a" * 65536)] * 20
    with serving(quiet_desk.app) as port:
        answer = spoken(port, _HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + _chunk(b"login="), *pieces)
    assert b" 413 " in answer.splitlines()[0]


def test_a_body_that_never_ends_arriving_is_given_up(quiet_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "MOST_SECONDS", 0.3)
    with serving(quiet_desk.app) as port:
        answer = spoken(port, _HEAD + b"Content-Length: 100\r\n\r\nlogin=")
    assert b" 408 " in answer.splitlines()[0]


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
def test_a_line_that_does_not_say_what_it_wants_is_closed(
    quiet_desk: Desk, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(server, "MOST_SECONDS", 0.3)
    with serving(quiet_desk.app) as port:
        assert spoken(port, said) == b""


def test_slow_lines_keep_nobody_else_waiting(quiet_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "MOST_SECONDS", 30)
    with serving(quiet_desk.app) as port:
        slow = [
            threading.Thread(
                target=spoken, args=(port, _HEAD + b"Content-Length: 9\r\n\r\n"), kwargs={"wait": 3}, daemon=True
            )
            for _ in range(60)
        ]
        for one in slow:
            one.start()
        time.sleep(0.2)
        answer = spoken(port, b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert b" 200 " in answer.splitlines()[0]


def test_a_head_of_any_size_is_refused(quiet_desk: Desk) -> None:
    with serving(quiet_desk.app) as port:
        answer = spoken(port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n")
    assert b" 400 " in answer.splitlines()[0]


def test_files_and_other_kinds_of_bodies_are_taken_nowhere(quiet_desk: Desk) -> None:
    """Nothing is uploaded through the pages: a file would be spooled in clear before anybody was asked."""
    browser = quiet_desk.client(Role.REGISTRAR)
    for sent in (
        {"files": {"text": ("letter.txt", b"x" * 100)}},
        {"json": {"login": "x"}},
        {"content": b"x", "headers": {"Content-Type": "text/plain"}},
    ):
        answer = browser.post("/register", **sent)
        assert answer.status_code in {400, 415}
        assert "没有执行" in answer.text or "没有保存" in answer.text


def test_the_longest_letter_that_may_be_typed_in_fits(quiet_desk: Desk) -> None:
    fields = {"request_key": "k1", "channel": "来访", "received": "2026-11-01", "text": "某" * 50_001}
    answer = quiet_desk.client(Role.REGISTRAR).post("/register", data=fields)
    assert (answer.status_code, "50000" in answer.text) == (400, True)


def test_a_rate_lets_a_burst_through_and_then_one_after_another() -> None:
    at = [0.0]
    throttle = Throttle(lambda: at[0])
    assert [throttle.take("x", "a", Rate(3, 10)) for _ in range(5)] == [True] * 3 + [False] * 2
    assert throttle.take("x", "b", Rate(3, 10))
    assert throttle.take("y", "a", Rate(3, 10))
    at[0] = 10
    assert [throttle.take("x", "a", Rate(3, 10)) for _ in range(2)] == [True, False]
    at[0] = 1000
    assert [throttle.take("x", "a", Rate(3, 10)) for _ in range(4)] == [True] * 3 + [False]


def test_who_asks_under_many_names_fills_no_memory() -> None:
    throttle = Throttle(lambda: 0.0)
    for number in range(12_000):
        throttle.take("x", str(number), Rate(1, 1))
    assert len(throttle._due) == 10_000


def test_guessing_from_one_address_comes_to_an_end_whatever_names_are_tried(desk: Desk) -> None:
    stranger = desk.stranger()
    told = [stranger.post("/login", data={"login": f"nobody{one}", "password": "x"}).text for one in range(60)]
    assert WRONG in told[0]
    assert BUSY in told[-1]


def test_a_stranger_keeps_nobody_out_of_the_browser_they_always_use(desk: Desk) -> None:
    right, wrong = ({"login": "reviewer", "password": one} for one in (PASSWORD, "wrong" * 3))
    own, stranger = desk.stranger(), desk.stranger()
    assert own.post("/login", data=right).status_code == 303
    own.cookies.delete("xiansuo")
    for _ in range(60):
        stranger.post("/login", data=wrong)
    assert stranger.post("/login", data=right).status_code == 401
    assert own.post("/login", data=right).status_code == 303


def test_a_known_browser_guesses_no_more_than_a_few_times_and_for_nobody_else(desk: Desk) -> None:
    own = desk.stranger()
    own.post("/login", data={"login": "reviewer", "password": PASSWORD})
    own.cookies.delete("xiansuo")
    told = [own.post("/login", data={"login": "reviewer", "password": "wrong" * 3}).text for _ in range(8)]
    assert [WRONG in one for one in told] == [True] * 6 + [False] * 2
    for _ in range(4):
        own.post("/login", data={"login": "lead", "password": "wrong" * 3})
    assert own.post("/login", data={"login": "lead", "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "AAAA", "\xe9", "A" * 64, "A" * 5000])
def test_a_made_up_token_makes_no_browser_known(desk: Desk, token: str) -> None:
    browser = desk.stranger()
    sent = {b"Cookie": f"known={token}".encode("latin-1")}
    for _ in range(4):
        browser.post("/login", data={"login": "reviewer", "password": "wrong" * 3}, headers=sent)
    assert browser.post("/login", data={"login": "reviewer", "password": PASSWORD}, headers=sent).status_code == 401


def test_a_new_password_makes_known_browsers_strangers_again(desk: Desk) -> None:
    own = desk.stranger()
    own.post("/login", data={"login": "reviewer", "password": PASSWORD})
    token = own.cookies["known"]
    assert is_familiar(desk.office, "Reviewer ", token)
    with transaction(desk.office.engine) as session:
        session.execute(update(Accounts).where(Accounts.login == "reviewer").values(password="another"))
    assert not is_familiar(desk.office, "reviewer", token)


def test_searches_are_limited_for_each_person_apart(desk: Desk) -> None:
    first, second = desk.client(Role.REVIEWER), desk.client(Role.LEAD)
    told = [first.get("/search").status_code for _ in range(90)]
    assert told[0] == 200
    assert told[-1] == 429
    assert second.get("/search").status_code == 200


def test_exports_and_requests_for_identities_have_their_rates(desk: Desk) -> None:
    limited = {
        route.path
        for route in desk.app.routes
        if (guard := getattr(route, "dependant", None) and guard_of(route)) and guard.rate  # type: ignore[arg-type]
    }
    exports = {door.path for door in doors(desk.app) if door.method == "POST" and door.path.endswith("/export")}
    assert exports <= limited
    assert {"/search", "/vault/request"} <= limited
    browser = desk.client(Role.AUDITOR)
    assert [browser.post("/audit/export").status_code for _ in range(12)] == [200] * 10 + [429] * 2
