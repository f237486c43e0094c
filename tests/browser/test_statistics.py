"""Statistics and briefs in a real browser: a drawn chart, the way to the clues behind a number, and the brief on paper."""

import io

import pypdfium2
import pytest

from tests.browser.conftest import BrowserPage
from tests.review.desk import Desk
from tests.review.worked_desk import work_through
from xiansuo.domain.people import Role

pytestmark = pytest.mark.browser


def test_a_number_leads_to_its_clues_and_charts_are_drawn(desk: Desk, browser_page: BrowserPage) -> None:
    work_through(desk)
    page = browser_page(Role.LEAD)
    page.goto("/statistics")
    charts = page.locator(".chart canvas")
    assert charts.count() >= 3
    link = page.get_by_role("row", name="受理范围内").get_by_role("link")
    count = int(link.inner_text())
    link.click()
    assert page.locator("tbody tr").count() == count
    page.get_by_role("link", name="返回统计").click()
    assert page.url.endswith("/statistics")


def test_a_brief_prints_on_paper_with_the_reader_s_name_and_without_menus(
    desk: Desk, browser_page: BrowserPage
) -> None:
    work_through(desk)
    page = browser_page(Role.LEAD)
    page.goto("/units")
    page.get_by_role("link", name="查看 石坝乡 的简报").click()
    paper = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    texts = [paper[place].get_textpage().get_text_range() for place in range(len(paper))]
    assert 1 <= len(paper) <= 3
    assert all("演示组长" in text for text in texts)
    assert "认定的问题" in texts[0]
    assert not any("待审线索" in text or "打印" in text for text in texts)
