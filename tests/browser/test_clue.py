"""The clue page in a browser: reasons on hover and focus, cards and text, two letters side by side, a correction and its undo."""

import pytest

from tests.browser.conftest import BrowserPage
from xiansuo.domain.people import Role

pytestmark = pytest.mark.browser
BUNDLE = "/clues/XS-2026-0016"


def test_marks_tell_their_reasons_and_lead_to_their_cards_by_mouse_and_by_keyboard(browser_page: BrowserPage) -> None:
    page = browser_page(Role.REVIEWER)
    page.goto(f"{BUNDLE}/letters/2026-000028")
    page.locator("mark.run").first.hover()
    assert "国家标准和到手的钱对不上" in page.locator("#tip").inner_text()
    page.locator("#at-1").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "card-1"
    page.locator("#card-1 .quote a").click()
    assert page.locator("mark.run.lit").count() > 0
    first = page.locator("mark.run").first
    coloured = first.evaluate("one => getComputedStyle(one).backgroundColor")
    for box in page.locator("[data-toggle]").all():
        box.uncheck()
    assert first.evaluate("one => getComputedStyle(one).backgroundColor") != coloured


def test_two_letters_stand_side_by_side_with_their_differences_marked(browser_page: BrowserPage) -> None:
    page = browser_page(Role.REVIEWER, locale="en")
    page.goto(f"{BUNDLE}/compare?left=2026-000028&right=2026-000040")
    assert page.locator("tr.same").count() > 0
    assert page.locator("del").count() + page.locator("ins").count() > 0
    page.locator("select[name=right]").select_option("2026-000018")
    page.wait_for_url("**right=2026-000018**")


def test_a_name_is_corrected_everywhere_and_taken_back(browser_page: BrowserPage) -> None:
    page = browser_page(Role.LEAD)
    page.goto(BUNDLE)
    assert "郑广发" in page.locator(".about").inner_text()
    page.locator("#entities > summary").click()
    page.locator("#entities a[href*='type=respondent']").first.click()
    assert "件来件" in page.locator(".form-card .notice").inner_text()
    page.locator("input[value=none]").check()
    page.locator("main button.main").click()
    page.wait_for_url("**/letters/**")
    assert "郑广发" not in page.locator("h1 + .about").inner_text()
    page.locator("#entities").evaluate("one => { one.open = true; }")
    page.locator("#entities form.inline button").first.click()
    page.wait_for_url("**/XS-2026-0016#entities")
    assert "郑广发" in page.locator("h1 + .about").inner_text()
