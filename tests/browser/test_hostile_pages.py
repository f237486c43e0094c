"""In a real browser: whatever was written into letters, names and notes runs nothing, asks nobody and leaves the page's policy untouched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Dialog

from tests.browser.conftest import BrowserPage
from tests.browser.places import places
from tests.review.desk import Desk, open_desk
from tests.review.hostile_desk import MARK, poison
from xiansuo.domain.people import Role

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = poison(open_desk(desk_template, tmp_path / "desk"))
    yield opened
    opened.office.engine.dispose()


def _is_foreign(url: str, address: str) -> bool:
    return not url.startswith(f"{address}/") or url.endswith(MARK)


@pytest.mark.parametrize(
    "role",
    [Role.LEAD, *(pytest.param(one, marks=pytest.mark.slow) for one in (Role.HEAD, Role.TRANSFER, Role.OPERATOR))],
)
def test_nothing_that_was_written_runs_in_the_browser(
    desk: Desk, address: str, browser_page: BrowserPage, role: Role
) -> None:
    page = browser_page(role)
    said: list[str] = []

    def dialog(shown: Dialog) -> None:
        said.append(f"{page.url}: dialog {shown.message}")
        shown.dismiss()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            said.append(f"{page.url}: {message.text}")

    page.on("dialog", dialog)
    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("request", lambda asked: said.append(asked.url) if _is_foreign(asked.url, address) else None)
    opened = places(desk, desk.app, role)
    for path in opened:
        page.goto(path)
        if page.locator(f'img[src="{MARK}"], a[href^="javascript:"]').count():
            said.append(f"{path}: markup")
    assert len(opened) > 5
    assert not said
