"""The page that says how much may have been missed, and what a lead may do there."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.review.desk import Desk, open_desk
from tests.review.sampled_desk import read, set_aside
from tests.review.worked_desk import viewer
from xiansuo.domain.board import Filters
from xiansuo.domain.people import Role
from xiansuo.evaluation.finite import most
from xiansuo.services.board import open_board
from xiansuo.services.stopping import look
from xiansuo.storage.repositories import audit
from xiansuo.storage.repositories.audit import Sought
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import ClueBlocks, Clues, Samples, SampleShares, Stops

PATH = "/statistics/elusion"


@pytest.fixture(scope="module")
def sampled(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk in which about half of 120 set-aside clues were drawn and all but two of those read."""
    desk = open_desk(desk_template, tmp_path_factory.mktemp("sampled") / "desk")
    read(desk, set_aside(desk, 120, 0.5)[:-2], found=1)
    yield desk
    desk.office.engine.dispose()


def _page(desk: Desk, who: Role, path: str = PATH) -> str:
    answer = desk.client(who).get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


def test_the_page_says_what_the_sample_says(sampled: Desk) -> None:
    said = look(sampled.office, viewer(sampled, "head")).said
    page = _page(sampled, Role.HEAD)
    assert said.enough
    assert said.most == most(said.pile, said.read + said.pending, said.found + said.pending)
    assert f"先后有 {said.pile} 条线索排在后面（延后）。从中随机抽读 {said.read} 条" in page
    assert f"至多 {said.most} 条" in page
    assert "当作含问题" in page


def test_with_too_few_read_the_page_says_how_many_are_lacking_and_no_figure(desk: Desk) -> None:
    read(desk, set_aside(desk, 300, 0.02)[:3])
    page = _page(desk, Role.HEAD)
    assert "抽读得还太少" in page
    assert "的把握说" not in page


def test_what_is_typed_in_the_place_of_a_round_is_not_on_the_trail(sampled: Desk) -> None:
    _page(sampled, Role.HEAD, f"{PATH}?round=13900001234")
    with reading(sampled.office.engine) as session:
        (newest,) = audit.search(session, Sought(action="elusion.read"), limit=1)
    assert newest.object_id == ""


@pytest.mark.parametrize("who", [Role.LEAD, Role.HEAD, Role.TRANSFER])
def test_those_who_may_look_behind_numbers_read_it_in_both_languages(sampled: Desk, who: Role) -> None:
    assert "这些话成立的前提" in _page(sampled, who)
    client = sampled.client(who)
    assert client.get(PATH, params={"round": "1"}).status_code == 200


@pytest.mark.parametrize("who", [Role.MODELLER, Role.REVIEWER, Role.AUDITOR])
def test_nobody_else_reads_it(sampled: Desk, who: Role) -> None:
    assert sampled.client(who).get(PATH).status_code in {403, 404}


def test_a_clue_a_person_must_not_meet_counts_nowhere_on_the_page(desk: Desk) -> None:
    drawn = set_aside(desk, 60, 0.5)
    read(desk, drawn, found=1)
    before = look(desk.office, viewer(desk, "head"))
    with transaction(desk.office.engine) as session:
        clue = session.scalars(select(Clues.id).where(Clues.number == drawn[0])).one()
        session.add(ClueBlocks(clue_id=clue, account_id=desk.accounts["head"], source="screen", created=now()))
    after = look(desk.office, viewer(desk, "head"))
    assert (before.said.found, after.said.found) == (1, 0)
    assert after.said.pile == before.said.pile - 1
    assert after.curve.read == before.curve.read - 1


def test_more_is_drawn_once_and_never_less(desk: Desk) -> None:
    set_aside(desk, 100, 0.1)
    head = desk.client(Role.HEAD)
    asked = {"share": "30", "reason": "要说到百分之五"}
    for _ in range(2):
        assert head.post(f"{PATH}/share", data=asked).status_code == 303
    assert "只能调高" in head.post(f"{PATH}/share", data={**asked, "share": "5"}).text
    assert "百分数" in head.post(f"{PATH}/share", data={**asked, "share": "很多"}).text
    with reading(desk.office.engine) as session:
        assert sorted(session.scalars(select(SampleShares.share))) == [0.1, 0.3]
        assert session.scalars(select(Samples.share).order_by(Samples.share.desc())).first() == 0.3


def _states(desk: Desk) -> list[tuple[str, str]]:
    with reading(desk.office.engine) as session:
        return list(session.execute(select(Clues.number, Clues.state).order_by(Clues.id)).tuples())


def test_stopping_is_one_persons_act_that_hides_and_closes_nothing(desk: Desk) -> None:
    set_aside(desk, 40, 0.5)
    states, seen = _states(desk), open_board(desk.office, viewer(desk, "reviewer"), Filters(), limit=200)
    lead = desk.client(Role.LEAD)
    asked = {"request_key": "k" * 16, "reason": "抽读够了", "round": "1"}
    for _ in range(2):
        assert lead.post(f"{PATH}/stop", data=asked).status_code == 303
    assert "已经停止" in lead.post(f"{PATH}/stop", data={**asked, "request_key": "m" * 16}).text
    after = open_board(desk.office, viewer(desk, "reviewer"), Filters(), limit=200)
    assert _states(desk) == states
    assert {row.clue.id for row in after.rows} == {row.clue.id for row in seen.rows}
    with reading(desk.office.engine) as session:
        (stop,) = session.scalars(select(Stops)).all()
        assert (stop.reason, stop.statement["pile"] >= 40, stop.withdrawn) == ("抽读够了", True, None)
    assert lead.post(f"{PATH}/stops/{stop.id}/withdraw", data={"round": "1"}).status_code == 303
    assert "恢复" in _page(desk, Role.LEAD)


def test_a_stop_needs_a_reason_and_a_range_the_person_leads(desk: Desk) -> None:
    lead = desk.client(Role.LEAD)
    asked = {"request_key": "k" * 16, "reason": " ", "round": "1"}
    assert "要写明理由" in lead.post(f"{PATH}/stop", data=asked).text
    assert "分管领导决定" in lead.post(f"{PATH}/stop", data={**asked, "reason": "够了", "round": ""}).text
    assert desk.client(Role.TRANSFER).post(f"{PATH}/stop", data=asked).status_code in {403, 404}
    with reading(desk.office.engine) as session:
        assert session.scalars(select(Stops)).all() == []


def test_the_figures_of_anothers_stop_stay_with_that_person(desk: Desk) -> None:
    set_aside(desk, 40, 0.5)
    desk.client(Role.HEAD).post(f"{PATH}/stop", data={"request_key": "k" * 16, "reason": "够了"})
    assert "当时的数字" in _page(desk, Role.HEAD)
    assert "抽读 0 条，含问题 0 条" in _page(desk, Role.HEAD)
    assert "抽读 0 条，含问题 0 条" not in _page(desk, Role.LEAD)


def test_stopped_clues_are_not_brought_forward_for_waiting_long(desk: Desk) -> None:
    set_aside(desk, 60, 0.02)
    # Nothing is veiled from a head, whatever the lot of this installation drew.
    someone = viewer(desk, "head")
    later = replace(someone, today=someone.today + timedelta(days=300))
    told = [row.turn for row in open_board(desk.office, later, Filters(), limit=100).rows if "后面" in row.turn]
    desk.client(Role.LEAD).post(f"{PATH}/stop", data={"request_key": "k" * 16, "reason": "够了", "round": "1"})
    fresh = replace(later, today=later.today + timedelta(days=1))
    after = [row.turn for row in open_board(desk.office, fresh, Filters(), limit=100).rows if "后面" in row.turn]
    assert told
    assert not after
