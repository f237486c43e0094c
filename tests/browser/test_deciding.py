"""Deciding in a real browser: by keyboard alone, two people at once, and with the connection lost while saving."""

import re
import time

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from tests.browser.conftest import BrowserPage
from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import reading
from xiansuo.storage.tables import Clues, Decisions

pytestmark = pytest.mark.browser
# Each line decides one clue or steps on: keys as an inspector presses them.
TEN = ("c", "e 6 c", "n", "u", "x 1", "e 1 c", "b 记一笔 Escape n", "a ArrowDown 2 c", "x 3", "n")


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        if re.search(r"[\u4e00-\u9fff]", key):
            page.keyboard.type(key)
        else:
            page.keyboard.press(key)


def decided(desk: Desk) -> int:
    with reading(desk.office.engine) as session:
        return session.scalar(select(func.count()).select_from(Decisions).where(Decisions.act == "decide")) or 0


def number_of(page: Page) -> str:
    page.wait_for_selector("#decide")
    return page.get_attribute("#decide", "data-number") or ""


def test_ten_clues_are_decided_and_one_undone_by_keyboard_alone(desk: Desk, browser_page: BrowserPage) -> None:
    page = browser_page(Role.REVIEWER)
    page.goto("/next")
    for keys in TEN:
        number = number_of(page)
        for key in keys.split():
            press(page, key)
            if keys.startswith("a") and key == "2":
                page.wait_for_selector(".found[open]")
        page.wait_for_function("(last) => document.getElementById('decide')?.dataset.number !== last", arg=number)
        expect(page.locator("#said")).to_contain_text(number)
    assert decided(desk) == len(TEN)
    page.keyboard.press("z")
    page.wait_for_function("(last) => document.getElementById('decide')?.dataset.number === last", arg=number)
    with reading(desk.office.engine) as session:
        outcomes = session.execute(select(Clues.outcome, func.count()).group_by(Clues.outcome)).tuples().all()
        assert session.scalar(select(Clues.state).where(Clues.number == number)) == "open"
    assert {"corrected", "no_substance", "out_of_scope"} <= {one for one, _ in outcomes}


def test_two_reviewers_at_once_never_get_the_same_clue(desk: Desk, browser_page: BrowserPage) -> None:
    pages = [browser_page(Role.REVIEWER), browser_page("reviewer2")]
    seen: list[str] = []
    for page in pages:
        page.goto("/next")
    for _ in range(3):
        seen += [number_of(page) for page in pages]
        for page in pages:
            page.keyboard.press("n")
        for page, last in zip(pages, seen[-2:], strict=True):
            page.wait_for_function("(last) => document.getElementById('decide')?.dataset.number !== last", arg=last)
    assert len(set(seen)) == len(seen) == decided(desk) == 6
    other = number_of(pages[0])
    pages[1].goto(f"/clues/{other}")
    expect(pages[1].locator("#decide-trouble")).to_contain_text("正在审读")
    expect(pages[1].locator("#decide-form")).to_have_count(0)


def test_a_connection_lost_while_saving_loses_nothing_and_saves_once(desk: Desk, browser_page: BrowserPage) -> None:
    page = browser_page(Role.REVIEWER)
    page.goto("/next")
    number = number_of(page)
    lost = {"before": 0, "after": 0}

    def unreliable(route: Route) -> None:
        # The first try never arrives, the second is done but its answer is lost.
        if not lost["before"]:
            lost["before"] = 1
            route.abort("internetdisconnected")
        elif not lost["after"]:
            lost["after"] = 1
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(f"**/clues/{number}/decide", unreliable)
    page.keyboard.press("b")
    page.keyboard.type("路上写的备注")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#kept")).to_contain_text("还没有保存")
    expect(page.locator("#f-note")).to_have_value("路上写的备注")
    page.wait_for_function(
        "(last) => document.getElementById('decide')?.dataset.number !== last", arg=number, timeout=15000
    )
    expect(page.locator("#said")).to_contain_text(f"已保存：{number}")
    assert (lost, decided(desk)) == ({"before": 1, "after": 1}, 1)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "备注" not in kept


def test_what_was_typed_survives_a_reload(browser_page: BrowserPage) -> None:
    page = browser_page(Role.REVIEWER)
    page.goto("/next")
    page.keyboard.press("b")
    page.keyboard.type("写到一半")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("6")
    expect(page.locator("#kept")).to_contain_text("存好")
    chosen = page.inner_text("[data-chosen]")
    time.sleep(0.1)
    page.reload()
    expect(page.locator("#f-note")).to_have_value("写到一半")
    expect(page.locator("[data-chosen]")).to_have_text(chosen)
