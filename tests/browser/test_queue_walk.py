"""The queue in a browser: filters in place, a view saved, rows by keyboard, a name searched."""

import re

from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.conftest import BrowserPage
from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import reading
from xiansuo.storage.tables import Clues


def test_a_filter_changes_the_table_in_place_and_becomes_a_view(browser_page: BrowserPage) -> None:
    page = browser_page(Role.REVIEWER)
    page.goto("/queue?show=waiting")
    page.keyboard.press("f")
    page.get_by_label("系统建议类别").select_option("embezzlement")
    expect(page).to_have_url(re.compile("category=embezzlement"))
    expect(page.locator("#board .chip")).to_contain_text("贪污侵占")
    page.get_by_label("视图名称").fill("贪占")
    page.get_by_role("button", name="保存为视图").click()
    expect(page.get_by_role("link", name="贪占", exact=True)).to_be_visible()


def test_rows_are_walked_and_opened_by_keys_alone(browser_page: BrowserPage) -> None:
    page = browser_page(Role.REVIEWER)
    page.goto("/queue?show=waiting")
    links = page.locator("[data-row] a.open")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(links.nth(1)).to_be_focused()
    number = links.nth(1).inner_text()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/clues/{number}"))


def test_a_respondent_is_found_by_name(browser_page: BrowserPage, desk: Desk) -> None:
    with reading(desk.office.engine) as session:
        clue = session.scalars(select(Clues).order_by(Clues.rank.desc(), Clues.id)).first()
    assert clue is not None
    page = browser_page(Role.REVIEWER)
    page.goto("/queue?show=waiting")
    page.keyboard.press("/")
    page.keyboard.type(clue.respondents[0])
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text(clue.respondents[0])
    expect(page.get_by_role("link", name=clue.number)).to_be_visible()
