"""The pages on models: figures of both side by side, reasons in words, promote and go back as acts that happen once."""

import re
from collections.abc import Iterator

import pytest
from httpx import Response

from tests.review.desk import Desk
from tests.review.model_desk import IN_USE, PASSED, REFUSED, add_models
from xiansuo.domain.people import Role
from xiansuo.services.promote import SHIPPED, history

KEY = "0123456789abcdef"


@pytest.fixture
def models(desk: Desk) -> Desk:
    add_models(desk)
    return desk


def lines(page: Response) -> Iterator[str]:
    """The rows of tables as text."""
    for row in re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL):
        yield " ".join(re.sub("<[^>]+>", " ", row).split())


def test_the_champion_and_the_challengers_are_shown_with_who_and_why(models: Desk) -> None:
    page = models.client(Role.MODELLER).get("/operate/models")
    assert f'<p class="big">{IN_USE}</p>' in page.text
    rows = list(lines(page))
    assert any(REFUSED in row and "未通过" in row for row in rows)
    assert any("启用" in row and "漏的少一条" in row and "modeller" in row for row in rows)


def test_a_comparison_shows_both_models_the_difference_and_its_range(models: Desk) -> None:
    page = models.client(Role.MODELLER).get(f"/operate/models/{REFUSED}")
    assert any(re.fullmatch(r"近期认定 漏掉 50 0 14 \+14 \+\d+ 到 \+\d+", row) for row in lines(page))
    assert "不能启用，理由如下" in page.text
    assert "记住了名字" in page.text
    assert "确认启用" not in page.text


@pytest.mark.parametrize("name", [PASSED, REFUSED])
def test_nothing_on_the_page_stays_chinese_in_english(models: Desk, name: str) -> None:
    modeller = models.client(Role.MODELLER)
    modeller.post("/locale", data={"locale": "en"})
    page = modeller.get(f"/operate/models/{name}").text
    main = re.sub("<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    assert set(re.findall("[\u4e00-\u9fff]+", main)) <= {"某某"}


def test_a_model_that_passed_is_put_into_use_once_and_taken_back(models: Desk) -> None:
    modeller = models.client(Role.MODELLER)
    for _ in range(2):
        answer = modeller.post(f"/operate/models/{PASSED}/promote", data={"request_key": KEY, "reason": "漏的少"})
        assert answer.headers["location"] == "/operate/models"
    assert [one.model for one in history(models.office).promotions] == [PASSED, IN_USE]
    modeller.post("/operate/models/rollback", data={"request_key": KEY + "1", "reason": "误提多"})
    assert history(models.office).in_use == IN_USE
    modeller.post("/operate/models/rollback", data={"request_key": KEY + "2", "reason": "误提多"})
    assert history(models.office).in_use == SHIPPED


@pytest.mark.parametrize(
    ("path", "reason", "sentence"),
    [
        (f"/operate/models/{REFUSED}/promote", "试试", "没有通过比较"),
        (f"/operate/models/{IN_USE}/promote", "试试", "已经在用"),
        (f"/operate/models/{PASSED}/promote", "", "请写明理由"),
    ],
)
def test_what_is_refused_is_said_on_the_page(models: Desk, path: str, reason: str, sentence: str) -> None:
    answer = models.client(Role.MODELLER).post(path, data={"request_key": KEY, "reason": reason})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert history(models.office).in_use == IN_USE


def test_a_reader_or_a_lead_finds_no_such_page(models: Desk) -> None:
    for role in (Role.REVIEWER, Role.LEAD, Role.HEAD):
        client = models.client(role)
        assert client.get(f"/operate/models/{PASSED}").status_code == 404
        data = {"request_key": KEY, "reason": "试试"}
        assert client.post(f"/operate/models/{PASSED}/promote", data=data).status_code == 404
    assert models.client(Role.MODELLER).get("/operate/models/none").status_code == 404
