"""Each role's day in a browser: through the door, over every page of the menu, one act of the role's own, and out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser import SMALL
from tests.review.desk import PASSWORD, Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Accounts

pytestmark = pytest.mark.browser
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What an English reader is told in English: menus, headings, buttons, labels; not what letters, units and people are called.
_TOLD = "nav.menu a, h1, main button, main label, main legend, main thead th, footer span:last-child"


def _decide(page: Page) -> None:
    """Take the next clue, confirm what is suggested, take it back, and find it again by its number."""
    page.goto("/")
    page.keyboard.press("g")
    page.wait_for_url("**/clues/XS-*")
    number = page.url.rsplit("/", 1)[1].split("?")[0]
    page.keyboard.press("c")
    page.wait_for_url(lambda url: number not in url)
    page.keyboard.press("z")
    page.wait_for_url(f"**/clues/{number}*")
    page.goto(f"/search?q={number}")
    expect(page.get_by_role("link", name=number).first).to_be_visible()


def _keep_a_round(page: Page) -> None:
    page.goto("/rounds")
    page.get_by_role("link", name="2026年第四轮巡察").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("第四轮巡察")


def _answer_nothing(page: Page) -> None:
    page.goto("/accounts/waiting")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _register(page: Page) -> None:
    page.goto("/register")
    page.locator("[name=name]").fill("路小苗")
    page.locator("[name=respondents]").fill("尤德海")
    page.locator("[name=text]").fill("金沟村村主任尤德海2025年3月把修路款三万元打进自己的卡里，村会计可以作证。")
    page.locator("main form button.main").first.click()
    page.wait_for_url(re.compile(r"/register/\d+"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "路小苗" not in page.content()


def _hand_over(page: Page) -> None:
    page.goto("/handover/new")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _look_at_models(page: Page) -> None:
    page.goto("/operate/models")
    expect(page.locator("main")).to_contain_text("scope_categories")


def _retry(page: Page) -> None:
    page.goto("/operate/quarantine")
    expect(page.locator("main table")).to_be_visible()


def _verify(page: Page) -> None:
    page.goto("/audit/verify")
    expect(page.locator("main")).to_contain_text(re.compile("完整|相符|whole|complete|intact", re.IGNORECASE))


ACTS: dict[Role, Callable[[Page], None]] = {
    Role.REGISTRAR: _register,
    Role.REVIEWER: _decide,
    Role.LEAD: _keep_a_round,
    Role.HEAD: _answer_nothing,
    Role.TRANSFER: _hand_over,
    Role.MODELLER: _look_at_models,
    Role.OPERATOR: _retry,
    Role.AUDITOR: _verify,
}


def _walk_the_menu(page: Page, locale: str) -> None:
    links = page.locator("nav.menu a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    for link in links:
        page.locator(f'nav.menu a[href="{link}"]').first.click()
        page.wait_for_load_state()
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        assert page.locator("#trouble").count() == 0, link
        if locale == "en":
            told = [
                text for text in page.locator(_TOLD).locator("visible=true").all_inner_texts() if _CHINESE.search(text)
            ]
            assert not told, link


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("role", list(Role))
def test_a_day_from_the_door_to_the_last_act(
    browser: Browser, desk: Desk, address: str, role: Role, locale: str
) -> None:
    with transaction(desk.office.engine) as session:
        account = session.get(Accounts, desk.accounts[role])
        assert account is not None
        account.locale = locale
    with browser.new_context(base_url=address, viewport=SMALL) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto("/login")
        page.locator("[name=login]").fill(role.value)
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        _walk_the_menu(page, locale)
        ACTS[role](page)
        page.locator("details.me summary").click()
        page.locator('form[action="/logout"] button').click()
        page.wait_for_url(re.compile("/login"))
        page.goto("/queue")
        page.wait_for_url(re.compile("/login"))
