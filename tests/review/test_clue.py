import re

import pytest
from sqlalchemy import select, update

from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import AuditEvents, ClueBlocks, Clues, Letters, Rounds

RECORD = "XS-2026-0013"
BUNDLE = "XS-2026-0016"


def bare(page: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", page))


def letter_text(desk: Desk, number: str) -> str:
    with reading(desk.office.engine) as session:
        wanted = select(Letters.text).join(Clues, Clues.main_letter == Letters.id).where(Clues.number == number)
        return session.scalars(wanted).one()


@pytest.mark.parametrize("number", [RECORD, BUNDLE])
def test_the_page_holds_every_character_of_the_masked_letter(desk: Desk, number: str) -> None:
    page = desk.client(Role.REVIEWER).get(f"/clues/{number}").text
    body = page[page.index('id="text"') : page.index('<div id="tip"')]
    lines = [line for line in letter_text(desk, number).splitlines() if line.strip()]
    # Who speaks is shown twice: as a sign for the eye and as written.
    shown = bare(re.sub(r'<span class="who"[^>]*>.*?</span>', "", body[body.index(">") + 1 :]))
    assert shown.replace("&#34;", '"') == bare("".join(lines))


def test_a_mark_says_which_rule_saw_what_and_leads_to_its_card(desk: Desk) -> None:
    page = desk.client(Role.REVIEWER).get(f"/clues/{BUNDLE}").text
    assert 'href="#card-1"' in page
    assert 'id="card-1"' in page
    assert "国家标准和到手的钱对不上" in page
    assert 'aria-describedby="why-1"' in page


def test_a_clue_read_blind_first_shows_no_trace_of_the_suggestion(desk: Desk) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Rounds).values(blind_share=1.0))
    page = desk.client(Role.REVIEWER).get(f"/clues/{BUNDLE}").text
    reading_part = page[page.index('<div class="reading">') : page.index('<div id="tip"')]
    assert "<mark" not in page
    assert "盲审" in page
    for trace in (
        "很可能",
        "较可能",
        "排序分",
        "为什么排在这里",
        'class="alleged',
        "疑似",
        "rule:",
        "data-said",
        "data-c=",
    ):
        assert trace not in reading_part, trace
    assert 'id="rank"' not in page
    assert "疑似惠民待遇侵占" not in page


def test_an_interview_shows_its_turns(desk: Desk) -> None:
    page = desk.client(Role.REVIEWER).get(f"/clues/{RECORD}").text
    assert page.count('class="turn interviewer"') == page.count('class="turn interviewee"') == 5


def test_a_clue_somebody_must_not_meet_is_the_same_page_as_one_that_is_not_there(desk: Desk) -> None:
    with transaction(desk.office.engine) as session:
        clue = session.scalars(select(Clues.id).where(Clues.number == BUNDLE)).one()
        account = desk.accounts["reviewer"]
        session.add(ClueBlocks(clue_id=clue, account_id=account, source="profile", created=now()))
    client = desk.client(Role.REVIEWER)
    for rest in (
        "",
        "/letters/2026-000018",
        "/compare",
        "/move",
        "/entities?letter=2026-000018&start=6&type=respondent",
    ):
        hidden, absent = client.get(f"/clues/{BUNDLE}{rest}"), client.get(f"/clues/XS-2026-9999{rest}")
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.text.replace(BUNDLE, "") == absent.text.replace("XS-2026-9999", "")


def test_reading_and_comparing_are_on_record(desk: Desk) -> None:
    client = desk.client(Role.HEAD)
    client.get(f"/clues/{BUNDLE}")
    client.get(f"/clues/{BUNDLE}/compare")
    with reading(desk.office.engine) as session:
        wanted = select(AuditEvents.action).where(AuditEvents.object_id == BUNDLE, AuditEvents.actor == "head")
        assert {"clue.read", "clue.compare"} <= set(session.scalars(wanted))


def test_a_letter_is_moved_out_and_the_page_offers_to_take_it_back(desk: Desk) -> None:
    client = desk.client(Role.LEAD)
    form = client.get(f"/clues/{BUNDLE}/move?letter=2026-000040").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    sent = {"request_key": "r1", "version": version[1], "what": "own", "letter": "2026-000040"}
    client.post(f"/clues/{BUNDLE}/move", data=sent)
    assert "撤销" in client.get(f"/clues/{BUNDLE}").text
    stale = client.post(f"/clues/{BUNDLE}/move", data={**sent, "request_key": "r2", "letter": "2026-000028"})
    assert stale.status_code == 409
    client.post(f"/clues/{BUNDLE}/move/undo", data={"request_key": "r1"})
    assert "2026-000040" in client.get(f"/clues/{BUNDLE}").text


def test_a_refused_name_leaves_the_form_as_it_was_filled_in(desk: Desk) -> None:
    client = desk.client(Role.LEAD)
    page = client.get(f"/clues/{BUNDLE}").text
    link = re.search(r'href="(/clues/[^"]+/entities\?[^"]*type=respondent)"', page)
    assert link
    path = link[1].replace("&amp;", "&")
    start = re.search(r"start=(\d+)", path)
    assert start
    sent = {"request_key": "r1", "letter": "2026-000018", "start": start[1], "type": "respondent"}
    answer = client.post(f"/clues/{BUNDLE}/entities", data={**sent, "new_type": "respondent", "value": "13800001234"})
    assert answer.status_code == 400
    assert 'value="13800001234"' in answer.text
    assert client.get(path).status_code == 200
