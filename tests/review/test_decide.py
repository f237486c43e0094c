"""The pages on which people decide."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import AuditEvents, ClueBlocks, Clues, Decisions, Drafts, Rounds


@pytest.fixture
def reviewer(desk: Desk) -> TestClient:
    return desk.client(Role.REVIEWER)


def taken(client: TestClient) -> str:
    """Take the next clue and return its number."""
    location = client.get("/next").headers["location"]
    assert location.startswith("/clues/")
    return location.removeprefix("/clues/")


def form(client: TestClient, number: str, **filled: object) -> dict[str, object]:
    page = client.get(f"/clues/{number}").text
    version = re.search(r'data-version="(\d+)"', page)
    assert version
    return {"request_key": uuid4().hex, "version": version[1], **filled}


def row_of(desk: Desk, number: str) -> Clues:
    with reading(desk.office.engine) as session:
        return session.scalars(select(Clues).where(Clues.number == number)).one()


def test_the_bar_shows_one_key_on_every_act(reviewer: TestClient) -> None:
    page = reviewer.get(f"/clues/{taken(reviewer)}").text
    assert [key for key in "ceaxnuprbg" if f'data-key="{key}' not in page] == []
    assert "类别说明" in page


def test_deciding_leads_to_the_next_clue_and_says_what_was_saved(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    answer = reviewer.post(f"/clues/{number}/decide", data=form(reviewer, number, outcome="no_substance", note="空信"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/next")
    follow = taken(reviewer)
    assert follow != number
    assert f"已保存：{number} 无实质内容" in reviewer.get(f"/clues/{follow}").text
    assert row_of(desk, number).outcome == "no_substance"


def test_the_same_form_sent_twice_gives_the_same_answer_and_one_row(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    filled = form(reviewer, number, labels=["four_winds", "bullying"])
    answers = [reviewer.post(f"/clues/{number}/decide", data=filled) for _ in range(2)]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, "/next")] * 2
    with reading(desk.office.engine) as session:
        (row,) = session.scalars(select(Decisions)).all()
    assert row.labels == ["bullying", "four_winds"]


def test_a_second_tab_is_told_what_changed_and_keeps_the_note(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    first, second = (
        form(reviewer, number, outcome="unsure"),
        form(reviewer, number, outcome="no_substance", note="另一页写的"),
    )
    reviewer.post(f"/clues/{number}/decide", data=first)
    answer = reviewer.post(f"/clues/{number}/decide", data=second)
    assert answer.status_code == 409
    assert "另一页写的" in answer.text
    assert "没有保存" in answer.text
    assert row_of(desk, number).state == "disputed"


def test_what_is_missing_is_said_and_the_note_stays(reviewer: TestClient) -> None:
    number = taken(reviewer)
    answer = reviewer.post(
        f"/clues/{number}/decide", data=form(reviewer, number, outcome="out_of_scope", note="转去哪里")
    )
    assert answer.status_code == 400
    assert "去向" in answer.text
    assert "转去哪里" in reviewer.get(f"/clues/{number}").text


def test_a_draft_is_kept_by_the_server_only(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    assert reviewer.post(f"/clues/{number}/draft", data=form(reviewer, number, note="写到一半")).status_code == 204
    assert "写到一半" in reviewer.get(f"/clues/{number}").text
    assert "写到一半" not in desk.client("reviewer2").get(f"/clues/{number}").text
    with reading(desk.office.engine) as session:
        assert len(session.scalars(select(Drafts)).all()) == 1


def test_a_clue_that_somebody_reads_is_for_reading_only(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    other = desk.client("reviewer2")
    page = other.get(f"/clues/{number}").text
    assert "正在审读这条线索" in page
    assert 'id="decide-form"' not in page
    answer = other.post(f"/clues/{number}/decide", data=form(other, number, outcome="no_substance"))
    assert answer.status_code == 409
    assert desk.client(Role.LEAD).post(f"/clues/{number}/release").status_code == 303
    assert 'id="decide-form"' in other.get(f"/clues/{number}").text


def test_marked_text_becomes_an_allegation_and_can_be_moved_and_dropped(reviewer: TestClient) -> None:
    number = taken(reviewer)
    letter = re.search(r'id="text" data-letter="([^"]+)"', reviewer.get(f"/clues/{number}").text)
    assert letter
    htmx = {"HX-Request": "true"}
    marked = {"letter": letter[1], "start": "0", "end": "6", "category": "vote_buying"}
    part = reviewer.post(f"/clues/{number}/allegations", data=marked, headers=htmx).text
    key = re.search(r"/allegations/(\d+-0-\d+-vote_buying)/drop", part)
    assert key
    assert "人工新增" in part
    path = f"/clues/{number}/allegations/{key[1]}"
    assert "bullying" in reviewer.post(f"{path}/refile", data={"category": "bullying"}, headers=htmx).text
    assert reviewer.post(f"{path}/drop", headers=htmx).status_code == 400
    moved = path.replace("vote_buying", "bullying")
    assert "人工新增" not in reviewer.post(f"{moved}/drop", headers=htmx).text
    assert reviewer.post(f"{path}/burn", headers=htmx).status_code == 404


def test_an_undo_opens_the_clue_again(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    reviewer.post(f"/clues/{number}/decide", data=form(reviewer, number, outcome="no_substance", note="手滑"))
    page = reviewer.get(f"/clues/{taken(reviewer)}").text
    act = re.search(r'name="act" value="(\d+)"', page)
    assert act
    answer = reviewer.post(f"/clues/{number}/undo", data={"request_key": uuid4().hex, "act": act[1]})
    assert answer.headers["location"] == f"/clues/{number}"
    assert "手滑" in reviewer.get(f"/clues/{number}").text
    assert row_of(desk, number).state == "open"


def test_recusing_takes_the_clue_away_for_good(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    assert reviewer.post(f"/clues/{number}/recuse", data={"request_key": uuid4().hex}).status_code == 303
    assert reviewer.get(f"/clues/{number}").status_code == 404
    assert taken(desk.client("reviewer2")) == number


def share(desk: Desk, **shares: float) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Rounds).values(**shares))


def test_a_blind_first_page_holds_nothing_of_the_suggestion_until_the_choice(desk: Desk, reviewer: TestClient) -> None:
    share(desk, blind_share=1.0)
    number = taken(reviewer)
    page = reviewer.get(f"/clues/{number}").text
    assert "先盲审" in page
    assert not re.search(r"疑似|系统建议</h2>|<mark|很可能|较可能", page.split('id="keys"')[0])
    answer = reviewer.post(f"/clues/{number}/decide", data=form(reviewer, number, labels="bullying"))
    assert answer.headers["location"] == f"/clues/{number}"
    page = reviewer.get(f"/clues/{number}").text
    assert "不同之处" in page
    kept = form(reviewer, number, labels="bullying", revises="1")
    assert reviewer.post(f"/clues/{number}/decide", data=kept).headers["location"] == "/next"


def test_readings_that_differ_are_laid_side_by_side_without_names(desk: Desk, reviewer: TestClient) -> None:
    share(desk, double_share=1.0)
    number = taken(reviewer)
    reviewer.post(f"/clues/{number}/decide", data=form(reviewer, number, labels="bullying", note="会计亲口说的"))
    other = desk.client("reviewer2")
    assert number in other.get("/second").text
    assert other.get("/second/next").headers["location"] == f"/clues/{number}"
    assert "会计亲口说的" not in other.get(f"/clues/{number}").text
    filled = form(other, number, outcome="no_substance", then="second")
    assert other.post(f"/clues/{number}/decide", data=filled).headers["location"] == "/second/next"
    lead = desk.client(Role.LEAD)
    assert number in lead.get("/adjudicate").text
    page = lead.get(f"/adjudicate/{number}").text
    assert "会计亲口说的" in page
    assert "演示审核员" not in page
    for note, status in (("", 400), ("说得具体", 303)):
        filled = form(lead, number, labels="bullying", note=note, then="adjudicate")
        assert lead.post(f"/clues/{number}/decide", data=filled).status_code == status
    assert row_of(desk, number).state == "decided"
    assert reviewer.get(f"/adjudicate/{number}").status_code == 404


def test_nothing_next_says_so(desk: Desk, reviewer: TestClient) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Clues).values(state="decided"))
    assert "没有等您审读的线索" in reviewer.get("/next").text
    assert "没有等您二次审读的线索" in reviewer.get("/second/next").text


def test_acts_and_readings_leave_their_events(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    reviewer.post(f"/clues/{number}/decide", data=form(reviewer, number, outcome="unsure"))
    with reading(desk.office.engine) as session:
        actions = list(session.scalars(select(AuditEvents.action).where(AuditEvents.object_id == number)))
    assert actions == ["clue.take", "clue.read", "clue.decide"]


def test_logging_out_frees_what_was_being_read(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    reviewer.post("/logout")
    assert taken(desk.client("reviewer2")) == number


def test_who_has_decided_may_still_give_the_clue_up_and_never_meets_it_again(desk: Desk, reviewer: TestClient) -> None:
    number = taken(reviewer)
    reviewer.post(f"/clues/{number}/decide", data=form(reviewer, number, outcome="no_substance"))
    page = reviewer.get(f"/clues/{number}").text
    assert f'action="/clues/{number}/recuse"' in page
    assert 'data-key="r"' in page
    assert reviewer.post(f"/clues/{number}/recuse", data={"request_key": uuid4().hex}).status_code == 303
    assert reviewer.get(f"/clues/{number}").status_code == 404
    with reading(desk.office.engine) as session:
        gone = select(ClueBlocks.source).join(Clues).where(Clues.number == number, ClueBlocks.source == "self")
        assert session.scalars(gone).all() == ["self"]
    for act in ("decide", "postpone", "draft", "lease", "release", "allegations"):
        filled = {"request_key": "x", "version": "1", "letter": "1", "start": "0", "end": "3", "category": "four_winds"}
        assert reviewer.post(f"/clues/{number}/{act}", data=filled).status_code == 404, act
