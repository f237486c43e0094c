"""Every page of every role: no serious finding of axe-core, nothing on the console, nothing wider than the window."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage

from tests.browser.conftest import BrowserPage
from tests.browser.places import places
from tests.review.busy_desk import fill
from tests.review.desk import Desk
from xiansuo.domain.people import Role

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _worked(desk: Desk) -> None:
    """People have worked in the office: an empty page would have nothing to find fault with."""
    fill(desk)


# A watermark says nothing that is not said elsewhere on the page, and has to be faint (WCAG 1.4.3 leaves decoration out).
_LOOKED_AT = {"exclude": [[".marks"]]}
_OUT_OF_REACH = 4
_GRAVE = {"serious", "critical"}


@pytest.mark.parametrize("role", list(Role))
def test_no_page_of_a_role_has_a_serious_finding(desk: Desk, browser_page: BrowserPage, role: Role) -> None:
    page = browser_page(role, bypass_csp=True)
    found: dict[str, list[str]] = {}
    unseen: list[str] = []
    for path in places(desk, desk.app, role):
        answer = page.goto(path)
        if answer is None or answer.status >= 400:
            unseen.append(path)
            continue
        results = Axe().run(page, context=_LOOKED_AT)
        grave = [
            f"{one['id']}: {one['nodes'][0]['html'][:160]}"
            for one in results.response["violations"]
            if one["impact"] in _GRAVE
        ]
        if grave:
            found[path] = grave
    assert not found
    # Pages that only a form or another person reaches; were they more, this test would look at nothing.
    assert len(unseen) <= _OUT_OF_REACH


@pytest.mark.parametrize("role", list(Role))
def test_pages_keep_to_their_own_policy_and_to_the_window(desk: Desk, browser_page: BrowserPage, role: Role) -> None:
    page = browser_page(role)
    said: list[str] = []
    wide: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A page that asks for what only a form gives answers with a sentence and a status, which the browser repeats.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            said.append(f"{page.url}: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    for path in places(desk, desk.app, role):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            wide.append(path)
    assert not said
    assert not wide
