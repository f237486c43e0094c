"""The pages of statistics, of one respondent and of a unit's brief: numbers lead to what they count, and nobody reads more than the own part."""

import io
import re
from html import unescape
from urllib.parse import quote

import docx
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from tests.review.desk import Desk, open_desk
from tests.review.worked_desk import clear, viewer, work_through
from xiansuo.domain.people import Role
from xiansuo.evaluation.figures import CLUE_DIMENSIONS, LETTER_DIMENSIONS
from xiansuo.review.locale import catalogue
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import AuditEvents, ClueBlocks, Clues, Exports

_LINK = re.compile(r'<a href="(/statistics/clues\?[^"]*)">(\d+)</a>')
_ROW = re.compile(r'<tr><th scope="row">')


@pytest.fixture(scope="module")
def worked(desk_template, tmp_path_factory: pytest.TempPathFactory):  # noqa: ANN001, ANN201 - fixtures of the desk
    """One worked desk for the tests that only read."""
    desk = open_desk(desk_template, tmp_path_factory.mktemp("worked") / "desk")
    confirmed = work_through(desk)
    clear(desk, confirmed[1])
    yield desk
    desk.office.engine.dispose()


def _rows_behind(client: TestClient, address: str) -> int:
    page = client.get(unescape(address)).text
    return len(_ROW.findall(page))


def _clue(desk: Desk, number: str) -> Clues:
    with reading(desk.office.engine) as session:
        found = session.scalar(select(Clues).where(Clues.number == number))
        assert found is not None
        return found


@pytest.mark.parametrize("path", ["/statistics?round=1", "/statistics/matrix?by=system"])
def test_every_number_of_a_page_leads_to_as_many_rows(worked: Desk, path: str) -> None:
    client = worked.client(Role.HEAD)
    links = _LINK.findall(client.get(path).text)
    assert len(links) > 3
    for address, count in links:
        assert _rows_behind(client, address) == min(int(count), 50), address


def test_totals_are_all_that_a_reader_of_totals_gets(worked: Desk) -> None:
    client = worked.client(Role.MODELLER)
    page = client.get("/statistics")
    assert page.status_code == 200
    assert not _LINK.findall(page.text)
    assert "金沟村" not in page.text
    assert client.get("/statistics/matrix").status_code == 403
    assert client.get("/statistics/clues?all=").status_code == 403


def test_an_unknown_round_or_unit_does_not_exist(worked: Desk) -> None:
    client = worked.client(Role.LEAD)
    for path in (
        "/statistics?round=99",
        "/statistics/matrix?round=99",
        "/statistics/clues?round=99&all=",
        "/units/无此单位/brief",
    ):
        assert client.get(path).status_code == 404


def test_a_clue_that_a_person_must_not_meet_is_on_none_of_the_pages(desk: Desk) -> None:
    number = work_through(desk)[1]
    clue = _clue(desk, number)
    paths = [
        f"/respondents?name={quote(clue.respondents[0])}",
        f"/units/{quote(clue.unit)}/brief",
        "/statistics/clues?all=",
    ]
    before = [desk.client(Role.LEAD).get(path).text for path in paths]
    with transaction(desk.office.engine) as session:
        session.add(ClueBlocks(account_id=desk.accounts["lead"], clue_id=clue.id, source="self", created=now()))
    after = [desk.client(Role.LEAD).get(path).text for path in paths]
    assert all(number in text for text in before)
    assert not any(number in text for text in after)
    assert _total(desk, "lead") == _total(desk, "head") - 1


def _total(desk: Desk, login: str) -> int:
    found = re.search(r'href="/statistics/clues\?all=">(\d+)<', desk.client(login).get("/statistics").text)
    assert found is not None
    return int(found[1])


def test_a_respondent_s_page_tells_what_was_found_untrue_first(worked: Desk) -> None:
    page = worked.client(Role.LEAD).get("/respondents?name=尤德海").text
    assert "已查否或已澄清" in page
    assert page.index("不属实") < page.index("有实质内容的事项")
    assert "分" not in re.findall(r"\d+ ?分", page)


def test_the_same_name_in_two_units_is_shown_apart(desk: Desk) -> None:
    with transaction(desk.office.engine) as session:
        for clue, unit in zip(
            session.scalars(select(Clues).order_by(Clues.id).limit(2)), ("金沟村", "石桥村"), strict=True
        ):
            clue.respondents, clue.unit = ["单立人"], unit
    client = desk.client(Role.REVIEWER)
    assert client.get("/respondents?name=单立人").text.count('<section class="card person"') == 2
    assert client.get("/respondents?name=单立人&unit=金沟村").text.count('<section class="card person"') == 1


def test_a_brief_tells_confirmed_clues_only(worked: Desk) -> None:
    page = worked.client(Role.LEAD).get("/units/岚桥县/brief").text
    with reading(worked.office.engine) as session:
        undecided = session.scalars(select(Clues.number).where(Clues.outcome.is_(None))).all()
    assert undecided
    assert not any(number in page for number in undecided)
    assert "演示组长" in page


def test_a_brief_leaves_as_a_document_with_mark_number_and_audit(desk: Desk) -> None:
    number = work_through(desk)[0]
    unit = _clue(desk, number).unit
    answer = desk.client(Role.LEAD).get(f"/units/{quote(unit)}/brief.docx")
    paper = docx.Document(io.BytesIO(answer.content))
    text = "\n".join(line.text for line in paper.paragraphs)
    assert number in text
    assert unit in text
    assert "演示组长" in paper.sections[0].header.paragraphs[0].text
    with reading(desk.office.engine) as session:
        assert session.scalars(select(Exports.kind)).all() == ["brief"]
        assert session.scalar(select(func.count()).where(AuditEvents.action == "brief.export")) == 1


def test_reading_is_written_down_without_a_name(worked: Desk) -> None:
    worked.client(Role.LEAD).get("/respondents?name=尤德海")
    with reading(worked.office.engine) as session:
        wanted = select(AuditEvents.object_kind, AuditEvents.object_id).where(AuditEvents.action == "respondent.read")
        events = session.execute(wanted).all()
    assert events
    assert all(kind == "clue" and id_.startswith("XS-") for kind, id_ in events)


def test_every_title_and_definition_is_translated() -> None:
    english = catalogue("en")
    for one in (*LETTER_DIMENSIONS, *CLUE_DIMENSIONS):
        texts = (one.title, one.measure, one.definition, *(name for _, name in one.values))
        assert all(english.gettext(text) != text for text in texts)


def test_suggestions_nobody_checked_do_not_open_to_who_may_have_to_read_them_blind(worked: Desk) -> None:
    assert viewer(worked, "lead").rounds
    assert worked.client(Role.LEAD).get("/statistics/clues?pending=four_winds").status_code == 403
    assert worked.client(Role.HEAD).get("/statistics/clues?pending=four_winds").status_code == 200
