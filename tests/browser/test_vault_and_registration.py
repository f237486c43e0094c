"""In the browser: the vault window from request to end, a visit from the form to the queue, the auditor's day."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from tests.browser.conftest import BrowserPage
from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import ClueLetters, Clues, Letters, Reveals

pytestmark = pytest.mark.browser


def test_a_request_is_granted_seen_under_a_watermark_and_ends_by_itself(desk: Desk, browser_page: BrowserPage) -> None:
    with reading(desk.office.engine) as session:
        joined = select(Clues.number, Letters.number).join(ClueLetters, ClueLetters.clue_id == Clues.id)
        named = joined.join(Letters, Letters.id == ClueLetters.letter_id).where(Letters.signed == "real_name")
        clue, letter = session.execute(named.order_by(Letters.id)).tuples().first() or ("", "")
    asker, lead = browser_page(Role.REVIEWER), browser_page(Role.LEAD)
    asker.goto(f"/vault/request?clue={clue}&letter={letter}")
    asker.get_by_label("理由").fill("核实补助发放时间，须与反映人当面约谈")
    asker.get_by_role("button", name="提交申请").click()
    expect(asker.get_by_text("等待另一位有权限的人员批准。自己")).to_be_visible()
    lead.goto("/vault")
    lead.get_by_role("link", name=re.compile("查看申请")).click()
    lead.wait_for_url(re.compile(r"/vault/\d+"))
    lead.keyboard.press("g")
    expect(lead.get_by_text("已批准。")).to_be_visible()
    asker.reload()
    asker.keyboard.press("o")
    expect(asker.locator(".remaining")).to_have_text(re.compile(r"^(29|30):\d\d$"))
    asker.wait_for_function("document.querySelector('.watermark').naturalWidth > 0")
    asker.emulate_media(media="print")
    expect(asker.locator(".window")).to_be_hidden()
    asker.emulate_media(media="screen")
    with transaction(desk.office.engine) as session:
        session.execute(update(Reveals).values(expires=now() + timedelta(seconds=3)))
    asker.goto("/vault/1/view")
    expect(asker).to_have_url(re.compile(r"/vault/1$"), timeout=8000)
    expect(asker.get_by_text("查看时间已过")).to_be_visible()
    asker.go_back()
    expect(asker.locator(".window")).to_have_count(0)


def test_a_visit_is_registered_and_stands_in_the_queue(desk: Desk, browser_page: BrowserPage) -> None:
    registrar, reviewer = browser_page(Role.REGISTRAR), browser_page(Role.REVIEWER)
    registrar.goto("/register")
    registrar.get_by_label("姓名", exact=True).fill("庾知鹤")
    registrar.get_by_label("电话").fill("13900051827")
    registrar.get_by_label("如实记录").fill(
        "村会计彭大山2024年3月冒用六户村民的名字，领走危房改造补助款三万六千元，存进他妻子的存折。庾知鹤手里有存折复印件。"
    )
    registrar.get_by_role("button", name="保存登记").click()
    number = registrar.locator("dd strong").inner_text()
    for _ in range(40):
        registrar.reload()
        if registrar.get_by_text("已移交审核").count():
            break
        registrar.wait_for_timeout(250)
    with reading(desk.office.engine) as session:
        held = select(Clues.number).join(ClueLetters, ClueLetters.clue_id == Clues.id)
        held = held.join(Letters, Letters.id == ClueLetters.letter_id).where(Letters.number == number)
        clue = session.scalars(held).one()
    reviewer.goto(f"/clues/{clue}")
    expect(reviewer.get_by_text("危房改造补助款").first).to_be_visible()
    expect(reviewer.get_by_text("庾知鹤")).to_have_count(0)


def test_the_auditor_finds_a_refusal_and_proves_the_trail(browser_page: BrowserPage) -> None:
    browser_page(Role.OPERATOR).goto("/queue")
    auditor = browser_page(Role.AUDITOR)
    auditor.goto("/audit")
    auditor.get_by_label("只看被拒绝的").check()
    auditor.get_by_role("button", name="查询").click()
    expect(auditor.locator("tbody tr")).to_have_count(1)
    expect(auditor.locator("tbody")).to_contain_text("演示管理员")
    auditor.keyboard.press("a")
    expect(auditor).to_have_url(re.compile("/audit/anchors$"))
    auditor.keyboard.press("a")
    expect(auditor.get_by_text("已取锚点")).to_be_visible()
    letters = auditor.locator("code.anchor").inner_text()
    auditor.goto("/audit/verify")
    auditor.get_by_label("与另存的锚点比对").fill(f"第 1 条  {letters}")
    auditor.get_by_role("button", name="核验").click()
    expect(auditor.get_by_text("与所填锚点相符。")).to_be_visible()
