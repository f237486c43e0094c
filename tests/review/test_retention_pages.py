"""The pages of retention: one person proposes, another confirms, a third hears nothing of it, and a hidden clue is counted for nobody."""

import pytest
from sqlalchemy import select

from tests.review.desk import Desk
from tests.review.expired_desk import expire
from xiansuo.domain.people import Role
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Accounts, ClueBlocks, Clues, Erasures, Letters

REASON = "保管期限已满，经鉴定无留存价值。"


@pytest.fixture
def expired(desk: Desk) -> str:
    return expire(desk)


def letter_of(desk: Desk, clue: str) -> Letters:
    with reading(desk.office.engine) as session:
        wanted = select(Letters).join(Clues, Clues.main_letter == Letters.id).where(Clues.number == clue)
        return session.scalars(wanted).one()


def proposal(desk: Desk) -> Erasures:
    with reading(desk.office.engine) as session:
        return session.scalars(select(Erasures)).one()


def test_one_proposes_another_confirms_and_the_certificate_can_be_printed(desk: Desk, expired: str) -> None:
    officer, head = desk.client(Role.TRANSFER), desk.client(Role.HEAD)
    assert letter_of(desk, expired).number in officer.get("/retention").text
    assert officer.post("/retention/propose", data={"reason": REASON, "request_key": "k"}).status_code == 303
    path = f"/retention/{proposal(desk).id}"
    assert officer.post(f"{path}/confirm", data={"sure": "1"}).status_code == 404
    assert head.post(f"{path}/confirm").status_code == 400
    assert letter_of(desk, expired).state == "ranked"
    assert head.post(f"{path}/confirm", data={"sure": "1"}).status_code == 303
    assert letter_of(desk, expired).state == "erased"
    printed = head.get(f"{path}/certificate").text
    assert proposal(desk).number in printed
    assert expired not in printed
    assert "<script" not in printed


def test_the_pages_of_an_erased_clue_still_open_and_say_where_its_text_went(desk: Desk, expired: str) -> None:
    officer, head = desk.client(Role.TRANSFER), desk.client(Role.HEAD)
    officer.post("/retention/propose", data={"reason": REASON, "request_key": "k"})
    head.post(f"/retention/{proposal(desk).id}/confirm", data={"sure": "1"})
    for path in (f"/clues/{expired}", f"/clues/{expired}/handling", "/ledger", "/queue", "/statistics", "/"):
        assert head.get(path).status_code == 200, path
    assert proposal(desk).number in head.get(f"/clues/{expired}").text


def test_a_hold_keeps_it_and_only_who_disposes_releases_it(desk: Desk, expired: str) -> None:
    officer, head = desk.client(Role.TRANSFER), desk.client(Role.HEAD)
    officer.post("/retention/hold", data={"number": expired, "reason": "申诉还在办，暂时保留。", "request_key": "h"})
    assert officer.post("/retention/propose", data={"reason": REASON}).status_code == 400
    assert officer.post("/retention/release", data={"hold_id": "1", "reason": REASON}).status_code == 404
    assert head.post("/retention/release", data={"hold_id": "1", "reason": "申诉办完了。"}).status_code == 303
    assert officer.post("/retention/propose", data={"reason": REASON}).status_code == 303


def test_who_is_recused_sees_neither_number_nor_count_nor_list(desk: Desk, expired: str) -> None:
    number = letter_of(desk, expired).number
    with transaction(desk.office.engine) as session:
        account = session.scalars(select(Accounts.id).where(Accounts.login == Role.TRANSFER.value)).one()
        clue = session.scalars(select(Clues.id).where(Clues.number == expired)).one()
        session.add(ClueBlocks(account_id=account, clue_id=clue, source="declared", created=now()))
    page = desk.client(Role.TRANSFER).get("/retention").text
    assert number not in page
    assert "0 件可以销毁" in page
    assert number in desk.client(Role.HEAD).get("/retention").text


def test_the_day_can_be_chosen_and_nonsense_is_today(desk: Desk, expired: str) -> None:
    officer = desk.client(Role.TRANSFER)
    assert letter_of(desk, expired).number not in officer.get("/retention?on=1999-01-01").text
    assert officer.get("/retention?on=yesterday").status_code == 200
