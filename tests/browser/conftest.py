import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.browser import CHROMIUM, SMALL, chromium, log_in, served
from tests.review.desk import Desk, open_desk, shared_template
from xiansuo.domain.people import Role

BrowserPage = Callable[..., Page]


@pytest.fixture(scope="session")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_template(tmp_path_factory.getbasetemp().parent)


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(desk_template, tmp_path / "desk")
    yield opened
    opened.office.engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop running in this thread; tests of flows in the same process would take themselves for coroutines.
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: apt-get install --no-install-recommends chromium fonts-wqy-zenhei")
        pytest.skip("to run it: apt-get install --no-install-recommends chromium fonts-wqy-zenhei")
    with chromium() as opened:
        yield opened


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Where the office is served."""
    with served(desk) as url:
        yield url


@pytest.fixture
def browser_page(browser: Browser, desk: Desk, address: str) -> Iterator[BrowserPage]:
    """Open a page as somebody: `browser_page(Role.REVIEWER, locale="en")`; each call is another browser with its own cookies."""
    contexts = []

    def open_(who: Role | str, locale: str = "zh", **options: object) -> Page:
        context = browser.new_context(base_url=address, viewport=SMALL, **options)
        contexts.append(context)
        page = log_in(context, desk, address, str(who), locale)
        page.set_default_timeout(10_000)
        return page

    yield open_
    for context in contexts:
        context.close()
