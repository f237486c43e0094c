import re
from datetime import timedelta

from sqlalchemy import func, select, update

from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Accounts, Rounds

_KEY = re.compile(r'name="request_key" value="(\w+)"')


def _new(desk: Desk, **more: str | list[str]) -> dict[str, object]:
    page = desk.client(Role.LEAD).get("/rounds/new").text
    found = _KEY.search(page)
    assert found is not None
    with reading(desk.office.engine) as session:
        day = session.scalars(select(Rounds.starts)).first()
    assert day is not None
    form = {"request_key": found[1], "name": "专项", "starts": str(day), "ends": str(day + timedelta(days=60))}
    return {**form, "scope": "chosen", "units": ["柳河镇"], **more}


def test_a_round_is_made_once_although_the_button_was_pressed_twice(desk: Desk) -> None:
    lead, form = desk.client(Role.LEAD), _new(desk)
    answers = [lead.post("/rounds", data=form) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    with reading(desk.office.engine) as session:
        assert session.scalar(select(func.count()).select_from(Rounds)) == 2


def test_a_round_without_units_is_refused_and_what_was_typed_stays(desk: Desk) -> None:
    answer = desk.client(Role.LEAD).post("/rounds", data=_new(desk, units=[]))
    assert answer.status_code == 400
    assert "请至少选一个单位" in answer.text
    assert 'value="专项"' in answer.text


def test_a_lead_narrows_a_member_draws_another_and_ends_the_access(desk: Desk) -> None:
    lead = desk.client(Role.LEAD)
    path = lead.post("/rounds", data=_new(desk)).headers["location"]
    member = {"account": desk.accounts["reviewer"], "units": ["白杨村"]}
    assert lead.post(f"{path}/members", data=member).status_code == 303
    found = _KEY.search(lead.get(path).text)
    assert found is not None
    lot = {"request_key": found[1], "candidates": [desk.accounts["reviewer2"]], "wanted": 1, "seed": "20261123"}
    assert lead.post(f"{path}/draw", data=lot).status_code == 303
    page = lead.get(path).text
    assert "20261123" in page
    assert "白杨村" in page
    assert lead.post(f"{path}/members/{desk.accounts['reviewer']}/end").status_code == 303
    assert "已于" in lead.get(path).text


def test_closing_is_refused_with_the_list_of_what_has_no_end(desk: Desk) -> None:
    answer = desk.client(Role.LEAD).post("/rounds/1/close")
    assert answer.status_code == 400
    assert "XS-" in answer.text


def test_while_clues_are_checked_a_person_sees_none_and_is_told_so_until_it_is_done(desk: Desk) -> None:
    reviewer, told = desk.client(Role.REVIEWER), "正在为您核对哪些线索须回避"
    with transaction(desk.office.engine) as session:
        session.execute(update(Accounts).where(Accounts.id == desk.accounts["reviewer"]).values(screened=False))
    assert all(told in reviewer.get(path).text for path in ("/me/recusals", "/"))
    assert 'href="/clues/' not in reviewer.get("/queue").text
    assert reviewer.post("/me/recusals", data={"regions": ["远方县"]}).status_code == 303
    assert not any(told in reviewer.get(path).text for path in ("/me/recusals", "/"))
    assert 'href="/clues/' in reviewer.get("/queue").text


def test_what_a_reviewer_declares_takes_the_clue_and_its_page_away(desk: Desk) -> None:
    reviewer = desk.client(Role.REVIEWER)
    declared = {"relatives": ["郑广发"], "relations": ["姑父"]}
    assert reviewer.post("/me/recusals", data=declared).status_code == 303
    assert "郑广发" in reviewer.get("/me/recusals").text
    assert "郑广发" not in reviewer.get("/queue").text


def test_a_lead_completes_a_declaration_and_the_operator_never_reads_it(desk: Desk) -> None:
    lead, path = desk.client(Role.LEAD), f"/recusals/{desk.accounts['reviewer']}"
    stamp = re.search(r'name="stamp" value="(\w+)"', lead.get(path).text)
    assert stamp is not None
    whole = {"stamp": stamp[1], "regions": ["石坝乡"], "systems": ["学校"]}
    assert lead.post(path, data=whole).status_code == 303
    assert "石坝乡" in lead.get(path).text
    assert lead.post(path, data=whole).status_code == 400
    assert "已申报" in lead.get("/recusals").text
    assert desk.client(Role.OPERATOR).get(path).status_code == 404
    assert lead.get(f"/recusals/{desk.accounts['operator']}").status_code == 404
