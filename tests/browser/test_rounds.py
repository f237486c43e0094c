from playwright.sync_api import expect

from tests.browser.conftest import BrowserPage
from tests.review.desk import Desk
from tests.review.twins import some_clue
from xiansuo.domain.people import Role


def test_a_lead_makes_a_round_with_units_and_a_member(browser_page: BrowserPage) -> None:
    page = browser_page(Role.LEAD, "zh")
    page.goto("/rounds/new")
    page.get_by_label("轮次名称").fill("柳河镇专项")
    page.get_by_placeholder("查找单位").fill("柳河镇")
    page.locator(".picker-list").get_by_text("柳河镇 乡镇", exact=True).click()
    page.get_by_role("button", name="建立轮次").click()
    expect(page.get_by_role("heading", name="柳河镇专项")).to_be_visible()
    page.get_by_label("人员").select_option(label="演示审核员甲（审核员）")
    page.get_by_role("button", name="保存成员").click()
    expect(page.get_by_role("cell", name="演示审核员甲")).to_be_visible()


def test_a_reviewer_declares_a_relative_and_the_clue_is_gone(desk: Desk, browser_page: BrowserPage) -> None:
    clue = next(one for one in (some_clue(desk, place) for place in range(40)) if one.respondents)
    page = browser_page(Role.REVIEWER, "zh")
    page.goto(f"/clues/{clue.number}")
    expect(page.get_by_text(clue.number).first).to_be_visible()
    page.goto("/me/recusals")
    page.get_by_label("亲属姓名 1").fill(clue.respondents[0])
    page.get_by_role("button", name="保存申报").click()
    # Until every clue is checked against the declaration, a second status says so.
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    page.goto(f"/clues/{clue.number}")
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
