"""The pages of handling, what is unanswered, hand-over and ledger."""

import io

import openpyxl
import pytest

from tests.review.desk import Desk
from tests.review.handling_pages import WHOLE, decided, form
from xiansuo.domain.people import Role
from xiansuo.storage.session import CHINA, now

TODAY = now().astimezone(CHINA).date().isoformat()


def test_a_lead_brings_a_clue_to_its_end_and_takes_it_up_again(desk: Desk) -> None:
    (number,), lead = decided(desk), desk.client(Role.LEAD)
    path = f"/clues/{number}/handling"
    answer = lead.post(path, data=form(lead, path, **WHOLE, approved_on=TODAY, end="yes"))
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = lead.get(path).text
    assert "已办结" in page
    answer = lead.post(f"{path}/reopen", data=form(lead, path, why="补充了新证据"))
    assert answer.status_code == 303
    assert "补充了新证据" in lead.get(path).text


def test_what_was_typed_stays_where_something_is_missing(desk: Desk) -> None:
    (number,), lead = decided(desk), desk.client(Role.LEAD)
    path = f"/clues/{number}/handling"
    answer = lead.post(path, data=form(lead, path, owner="承办人甲", reason="写了很久的理由", end="yes"))
    assert answer.status_code == 400
    assert "还不能办结" in answer.text
    assert "写了很久的理由" in answer.text


def test_a_stale_form_shows_what_changed_and_keeps_what_was_typed(desk: Desk) -> None:
    (number,), lead, head = decided(desk), desk.client(Role.LEAD), desk.client(Role.HEAD)
    path = f"/clues/{number}/handling"
    stale = form(lead, path, kind="held", owner="组长写的人")
    head.post(path, data=form(head, path, kind="concluded", owner="领导写的人"))
    answer = lead.post(path, data=stale)
    assert answer.status_code == 409
    for shown in ("演示分管领导", "领导写的人", "组长写的人", "予以了结"):
        assert shown in answer.text


@pytest.mark.parametrize("typed", [{"kind": "guilty"}, {"due": "明天"}])
def test_what_is_no_choice_or_day_is_refused_in_words(desk: Desk, typed: dict[str, str]) -> None:
    (number,), lead = decided(desk), desk.client(Role.LEAD)
    path = f"/clues/{number}/handling"
    answer = lead.post(path, data=form(lead, path, **typed))
    assert answer.status_code == 400
    assert "没有保存" in answer.text


def test_no_disposition_is_chosen_before_a_person_chooses(desk: Desk) -> None:
    (number,), lead = decided(desk), desk.client(Role.LEAD)
    page = lead.get(f"/clues/{number}/handling").text
    chosen = [line for line in page.splitlines() if 'name="kind"' in line and "checked" in line]
    assert not chosen


def test_a_reviewer_reads_the_handling_and_has_no_form(desk: Desk) -> None:
    (number,), reviewer = decided(desk), desk.client(Role.REVIEWER)
    page = reviewer.get(f"/clues/{number}/handling")
    assert page.status_code == 200
    assert 'name="kind"' not in page.text


def test_decided_clues_are_unanswered_until_they_end(desk: Desk) -> None:
    (number,), lead = decided(desk), desk.client(Role.LEAD)
    assert number in lead.get("/unanswered").text
    assert lead.get("/unanswered?lack=nonsense").status_code == 404
    path = f"/clues/{number}/handling"
    lead.post(path, data=form(lead, path, **WHOLE, approved_on=TODAY, end="yes"))
    assert "已办结" in lead.get(path).text
    for lack in ("undisposed", "untold", "unfinished", "overdue", "unreceipted", "returned"):
        assert number not in lead.get(f"/unanswered?lack={lack}").text


def test_a_batch_goes_from_choice_to_receipt_and_return(desk: Desk) -> None:
    numbers, officer = decided(desk, 2), desk.client(Role.TRANSFER)
    sent = form(officer, "/handover/new", receiver="县纪委案管室")
    answer = officer.post("/handover", data={**sent, "clue": numbers})
    path = answer.headers["location"]
    assert officer.post("/handover", data={**sent, "clue": numbers}).headers["location"] == path
    refused = officer.post("/handover", data={**sent, "request_key": "another-key", "clue": numbers})
    assert (refused.status_code, path.split("/")[-1] in refused.text) == (409, True)
    assert officer.post(f"{path}/hand", data={"by": "演示移交员", "on": TODAY}).status_code == 303
    assert officer.post(f"{path}/receipt", data={"by": "演示移交员", "on": TODAY}).status_code == 400
    assert officer.post(f"{path}/receipt", data={"by": "签收人丁", "on": TODAY}).status_code == 303
    returned = {"clue": numbers[0], "reason": "不属本单位管辖", "on": TODAY}
    assert officer.post(f"{path}/return", data=returned).status_code == 303
    assert "不属本单位管辖" in officer.get(path).text
    assert numbers[0] in desk.client(Role.LEAD).get("/unanswered?lack=returned").text


def test_a_printed_list_and_its_file_carry_the_name_and_no_letter(desk: Desk) -> None:
    numbers, officer = decided(desk, 2), desk.client(Role.TRANSFER)
    path = officer.post("/handover", data={**form(officer, "/handover/new", receiver="甲"), "clue": numbers}).headers[
        "location"
    ]
    page = officer.get(f"{path}/list").text
    assert "演示移交员" in page
    assert all(number in page for number in numbers)
    book = openpyxl.load_workbook(io.BytesIO(officer.post(f"{path}/export").content))
    assert [row[1].value for row in book["移交清单"].iter_rows(min_row=2)] == numbers


def test_the_ledger_page_filters_and_exports_what_it_shows(desk: Desk) -> None:
    (number,), lead = decided(desk), desk.client(Role.LEAD)
    page = lead.get("/ledger?state=decided").text
    assert number in page
    assert page.count('<th scope="row"') == 1
    made = lead.post("/ledger/export", data={"state": "decided"})
    assert made.headers["content-disposition"].endswith('.xlsx"')
    lines = list(openpyxl.load_workbook(io.BytesIO(made.content))["台账"].iter_rows(values_only=True))
    assert [line[1] for line in lines[1:]] == [number]


@pytest.mark.parametrize("path", ["/unanswered", "/handover", "/handover/new", "/ledger"])
def test_the_pages_read_english_too(desk: Desk, path: str) -> None:
    decided(desk)
    role = Role.TRANSFER if path.startswith("/handover") else Role.LEAD
    client = desk.client(role)
    client.post("/locale", data={"locale": "en", "next": path})
    assert 'lang="en"' in client.get(path).text
