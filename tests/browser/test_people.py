import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from tests.browser.browser import SMALL
from tests.browser.conftest import BrowserPage
from tests.review.desk import PASSWORD, Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import Accounts, Sessions

pytestmark = pytest.mark.browser
CHOSEN = "杨柳青青江水平-2026"


def _type(page: Page, *fields: str) -> None:
    """Fill in a form from the field that has the focus, and send it, by keys alone."""
    for field in fields[:-1]:
        page.keyboard.insert_text(field)
        page.keyboard.press("Tab")
    page.keyboard.insert_text(fields[-1])
    page.keyboard.press("Enter")


def test_the_first_log_in_and_its_new_password_need_no_mouse(browser: Browser, desk: Desk, address: str) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Accounts).where(Accounts.login == "reviewer").values(must_change=True))
    with browser.new_context(base_url=address, viewport=SMALL) as context:
        page = context.new_page()
        page.goto("/queue")
        expect(page).to_have_title(re.compile("^登录"))
        _type(page, "reviewer", PASSWORD)
        expect(page.get_by_role("heading", name="请先改成自己的密码")).to_be_visible()
        _type(page, PASSWORD, "1234567890", "1234567890")
        expect(page.get_by_role("alert")).to_contain_text("太常见")
        _type(page, PASSWORD, CHOSEN, CHOSEN)
        expect(page.get_by_role("heading", name="今日")).to_be_visible()
        expect(page.get_by_role("status")).to_contain_text("密码已改好")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("审阅下一条")


def test_wrong_tries_wait_and_half_an_hour_of_silence_logs_out(desk: Desk, browser_page: BrowserPage) -> None:
    page = browser_page(Role.OPERATOR, locale="en")
    page.goto("/accounts")
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible()
    with transaction(desk.office.engine) as session:
        session.execute(update(Sessions).values(seen=now() - timedelta(minutes=31)))
    page.get_by_role("link", name="New account").click()
    expect(page.get_by_role("button", name="English")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("status").filter(has_text="session has ended")).to_be_visible()
    for _ in range(4):
        page.get_by_label("Login name").fill("operator")
        page.get_by_label("Password").fill("not the password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("up to 15 minutes")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("up to 15 minutes")
    page.wait_for_timeout(1100)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/new$"))
    expect(page.get_by_role("heading", name="New account")).to_be_visible()
