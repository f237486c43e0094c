"""A lead's and a transfer officer's work from the decision to the end, as they do it in a browser."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import BrowserPage
from tests.review.desk import Desk
from tests.review.handling_pages import decided
from xiansuo.domain.people import Role
from xiansuo.domain.times import CHINA

pytestmark = pytest.mark.browser


def test_a_lead_closes_a_clue_through_all_steps(desk: Desk, browser_page: BrowserPage) -> None:
    (number,) = decided(desk)
    page = browser_page(Role.LEAD)
    page.goto("/unanswered")
    page.get_by_role("link", name=number).click()
    page.wait_for_url(f"**/clues/{number}/handling*")
    page.keyboard.press("e")
    expect(page.get_by_role("alert")).to_contain_text("还不能办结")
    page.get_by_label("初步核实").check()
    page.get_by_label("处置理由").fill("有时间、金额和票据线索。")
    page.get_by_label("承办部门").fill("第二纪检监察室")
    page.get_by_label("承办人").fill("承办人甲")
    page.get_by_label("审批人").fill("演示分管领导")
    page.get_by_label("审批日期").fill(datetime.now(CHINA).date().isoformat())
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已保存")
    page.get_by_label("办理结果").select_option("partly")
    page.get_by_label("不适用", exact=True).check()
    page.get_by_label("反馈说明或不适用的理由").fill("匿名来件，没有可以反馈的对象。")
    page.get_by_role("button", name="保存并办结").click()
    expect(page.get_by_role("status")).to_contain_text("已办结")
    expect(page.get_by_text("部分属实").first).to_be_visible()
    page.goto("/unanswered")
    expect(page.get_by_role("link", name=number)).to_have_count(0)


def test_a_transfer_officer_hands_over_prints_and_records_receipt_and_return(
    desk: Desk, browser_page: BrowserPage
) -> None:
    first, second = decided(desk, 2)
    page = browser_page(Role.TRANSFER)
    page.goto("/handover")
    page.keyboard.press("a")
    page.get_by_label("接收单位").fill("县纪委监委案管室")
    for number in (first, second):
        page.get_by_label(number).check()
    page.get_by_role("button", name="建立批次").click()
    expect(page.get_by_role("heading", name="清单，共 2 条")).to_be_visible()
    page.get_by_role("button", name="登记移交").click()
    page.get_by_label("签收人").fill("签收人丁")
    page.get_by_label("签收日期").fill(datetime.now(CHINA).date().isoformat())
    page.get_by_role("button", name="登记签收").click()
    expect(page.get_by_text("已签收").first).to_be_visible()
    page.get_by_text("登记退回").first.click()
    page.get_by_label("退回理由").first.fill("不属本单位管辖")
    page.get_by_role("button", name="登记退回").first.click()
    expect(page.get_by_text("不属本单位管辖")).to_be_visible()
    page.get_by_role("link", name="打印清单").click()
    expect(page.get_by_role("table")).to_contain_text(second)
    expect(page.get_by_role("table")).to_contain_text("演示移交员")
