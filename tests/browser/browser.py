"""Debian's Chromium on a served office: one process serves, pages open logged in as a role."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.review.desk import Desk
from xiansuo.review.app import create_app
from xiansuo.services.sessions import open_session
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Accounts

CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The browser is no Python process, so tests/offline does not reach it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
LARGE, SMALL = {"width": 1920, "height": 1080}, {"width": 1366, "height": 768}


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """Serve the office on a free port of loopback and give its address."""
    config = uvicorn.Config(create_app(desk.office), host="127.0.0.1", port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium without a window."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def log_in(context: BrowserContext, desk: Desk, address: str, who: str, locale: str = "zh") -> Page:
    """Open a page in which `who` is logged in and reads `locale`."""
    with transaction(desk.office.engine) as session:
        account = session.get(Accounts, desk.accounts[who])
        assert account is not None
        account.locale = locale
    context.add_cookies([{"name": "xiansuo", "value": open_session(desk.office, desk.accounts[who]), "url": address}])
    return context.new_page()
