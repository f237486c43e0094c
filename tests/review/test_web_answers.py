"""What every answer carries, however it came about, and what no log and no browser keeps."""

import logging
import re
from typing import Annotated

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from tests.review.desk import Desk
from tests.review.serving import serving, spoken
from xiansuo.domain.people import Power, Role
from xiansuo.review.guard import needs
from xiansuo.review.page import Page, environment
from xiansuo.review.server import _without_what_it_was_about

_REQUIRED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
}
_SECRET = "反映人洪湖水，手机13800138000"


@pytest.fixture
def broken(desk: Desk) -> Desk:
    """A desk with a page that fails as nobody foresaw."""

    @desk.app.get("/broken")
    def broken(page: Annotated[Page, needs(Power.HOME)]) -> Response:
        raise RuntimeError(f"{_SECRET} {page.viewer.login}")

    return desk


def _require_protection(answer: object) -> None:
    headers = answer.headers  # type: ignore[attr-defined]
    assert {name: headers.get(name) for name in _REQUIRED} == _REQUIRED
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}, "only the program's own files, nothing inline"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/queue?show=waiting", 200),
        ("GET", "/accounts", 404),
        ("GET", "/no-such-page", 404),
        ("DELETE", "/queue", 404),
        ("TRACE", "/", 404),
        ("POST", "/logout", 303),
        ("GET", "/clues/XS-0000/letters/0", 404),
        ("GET", "/queue/views/x", 404),
        ("GET", "/static/no-such-file.js", 404),
        ("GET", "/static/../../pyproject.toml", 404),
    ],
)
def test_every_answer_carries_the_headers_and_is_kept_by_no_browser(
    quiet_desk: Desk, method: str, path: str, status: int
) -> None:
    answer = quiet_desk.client(Role.LEAD).request(method, path)
    assert answer.status_code == status
    _require_protection(answer)
    assert answer.headers["cache-control"] == "no-store"


def test_a_stranger_sent_to_the_door_and_one_who_names_another_host_get_the_same_headers(quiet_desk: Desk) -> None:
    stranger = quiet_desk.stranger()
    for answer, status in (
        (stranger.get("/queue"), 303),
        (stranger.get("/queue", headers={"HX-Request": "true"}), 401),
        (stranger.get("/login", headers={"Host": "evil.example"}), 400),
        (stranger.get("/static/style.css", headers={"Host": "127.0.0.1.evil.example"}), 400),
    ):
        assert answer.status_code == status
        _require_protection(answer)
        assert answer.headers["cache-control"] == "no-store"


def test_only_a_static_file_asked_for_by_its_version_may_be_kept(quiet_desk: Desk) -> None:
    stranger = quiet_desk.stranger()
    versioned = re.search(r'href="(/static/style\.css\?v=[0-9a-f]+)"', stranger.get("/login").text)
    assert versioned
    kept, unversioned = stranger.get(versioned[1]), stranger.get("/static/style.css")
    _require_protection(kept)
    assert "immutable" in kept.headers["cache-control"]
    assert unversioned.headers["cache-control"] == "no-store"
    assert stranger.get("/static/none.css?v=1").headers["cache-control"] == "no-store"


def test_over_tls_the_browser_is_told_to_stay_with_it(quiet_desk: Desk) -> None:
    stranger = quiet_desk.stranger()
    assert "strict-transport-security" not in stranger.get("/login").headers
    assert "max-age" in stranger.get("https://testserver/login").headers["strict-transport-security"]


def test_an_unforeseen_failure_is_a_page_like_any_other_and_says_nothing_of_the_letter(broken: Desk) -> None:
    cookies = broken.client(Role.REVIEWER).cookies
    browser = TestClient(broken.app, follow_redirects=False, raise_server_exceptions=False, cookies=cookies)
    answer = browser.get("/broken")
    assert answer.status_code == 500
    _require_protection(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert "RuntimeError" in answer.text
    assert "洪湖水" not in answer.text


def test_a_database_that_is_gone_is_answered_by_a_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    cookies = desk.client(Role.REVIEWER).cookies

    def gone(*_: object, **__: object) -> None:
        raise OSError(5, _SECRET)

    monkeypatch.setattr("xiansuo.review.guard.logged_in", gone)
    monkeypatch.setattr("xiansuo.review.app.logged_in", gone)
    browser = TestClient(desk.app, follow_redirects=False, raise_server_exceptions=False, cookies=cookies)
    answer = browser.get("/")
    assert (answer.status_code, "意外错误" in answer.text, "洪湖水" in answer.text) == (500, True, False)
    _require_protection(answer)


def test_the_servers_log_tells_where_it_failed_and_not_about_whom(
    broken: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("uvicorn.error")
    cookie = broken.client(Role.REVIEWER).cookies["xiansuo"]
    with serving(broken.app) as port:
        log.addHandler(caplog.handler)
        log.addFilter(_without_what_it_was_about)
        try:
            asked = f"GET /broken HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: xiansuo={cookie}\r\nConnection: close\r\n\r\n"
            assert b" 500 " in spoken(port, asked.encode())
        finally:
            log.removeHandler(caplog.handler)
            log.removeFilter(_without_what_it_was_about)
    assert "RuntimeError" in caplog.text
    assert "洪湖水" not in caplog.text


def test_the_policy_finds_nothing_inline_in_any_template() -> None:
    made = environment("zh")
    inline = re.compile(
        r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|src=\"(?:https?:|data:)|href=\"data:"
    )
    found = [name for name in made.list_templates() if inline.search(made.loader.get_source(made, name)[0])]
    assert found == []
    loud = re.compile(r"\|\s*safe\b|autoescape\s+false")
    assert [name for name in made.list_templates() if loud.search(made.loader.get_source(made, name)[0])] == []


def test_logging_out_clears_what_the_browser_kept(desk: Desk) -> None:
    answer = desk.client(Role.LEAD).post("/logout")
    assert {'"cache"', '"storage"'} <= {one.strip() for one in answer.headers["clear-site-data"].split(",")}


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "", "[::2]", "a b"]
)
def test_a_name_that_was_bent_to_this_machine_opens_nothing(quiet_desk: Desk, host: str) -> None:
    answer = quiet_desk.client(Role.LEAD).get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "今日" not in answer.text


def test_what_a_proxy_would_tell_is_not_believed(quiet_desk: Desk) -> None:
    told = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}
    answer = quiet_desk.stranger().get("/", headers={**told, "Forwarded": "host=evil.example"})
    assert answer.headers["location"] == "/login"
