from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from tests.services.people import add_account, viewer_of
from tests.services.samples import BANQUET, BENEFITS
from tests.services.test_screening import take_in
from xiansuo.domain.people import Power, Role
from xiansuo.domain.recusal import RecusalProfile
from xiansuo.domain.rounds import RoundPlan, lots
from xiansuo.domain.times import CHINA
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, UsageError
from xiansuo.services import rounds
from xiansuo.services.office import Office
from xiansuo.services.recusal import declare
from xiansuo.services.rounds import AskedDraw
from xiansuo.services.screening import screen_waiting
from xiansuo.services.triage import Bench
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Clues

TODAY = datetime.now(CHINA).date()
VILLAGE, TOWN = "青石村村民委员会", "柳河镇人民政府"


def plan(*units: str, days: int = 30, **more: object) -> RoundPlan:
    return RoundPlan("第一轮", TODAY - timedelta(days=30), TODAY + timedelta(days=days), units, **more)  # type: ignore[arg-type]


@pytest.fixture
def lead(office: Office) -> int:
    return add_account(office, "lead", Role.LEAD, "景明")


@pytest.fixture
def reviewers(office: Office) -> list[int]:
    names = ("卫青禾", "沈清", "贺平安", "顾远")
    return [add_account(office, f"reviewer{number}", Role.REVIEWER, name) for number, name in enumerate(names)]


def open_round(office: Office, lead: int, made: RoundPlan | None = None) -> int:
    return rounds.create(office, viewer_of(office, lead), made or plan(TOWN), "schluessel")


def test_a_round_is_made_once_and_its_maker_is_in_it(office: Office, lead: int) -> None:
    first = open_round(office, lead)
    assert open_round(office, lead) == first
    assert [one.round for one in viewer_of(office, lead).rounds] == [first]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (plan(), "单位"),
        (plan("没有这个单位"), "单位名册"),
        (plan(TOWN, days=-31), "结束日期"),
        (plan(TOWN, days=2000), "结束日期"),
        (plan(TOWN, double_share=1.5), "比例"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_a_sentence(
    office: Office, lead: int, wrong: RoundPlan, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        open_round(office, lead, wrong)


def test_access_ends_with_the_last_day(office: Office, lead: int) -> None:
    id_ = open_round(office, lead)
    rounds.change(office, viewer_of(office, lead), id_, plan(TOWN, days=-1))
    assert viewer_of(office, lead).rounds == ()


def test_a_plan_that_somebody_else_changed_is_not_overwritten(office: Office, lead: int) -> None:
    id_, viewer = open_round(office, lead), viewer_of(office, lead)
    rounds.change(office, viewer, id_, plan(VILLAGE), stamp=plan(TOWN).stamp)
    with pytest.raises(ConflictError):
        rounds.change(office, viewer, id_, plan(TOWN), stamp=plan(TOWN).stamp)


def test_a_member_is_narrowed_to_units_of_the_round_only(office: Office, lead: int, reviewers: list[int]) -> None:
    id_, viewer = open_round(office, lead, plan(VILLAGE)), viewer_of(office, lead)
    with pytest.raises(UsageError, match="本轮"):
        rounds.put_member(office, viewer, id_, reviewers[0], [TOWN])
    rounds.put_member(office, viewer, id_, reviewers[0], [VILLAGE])
    assert viewer_of(office, reviewers[0]).rounds[0].units == (VILLAGE,)
    rounds.end_member(office, viewer, id_, reviewers[0])
    assert viewer_of(office, reviewers[0]).rounds == ()


def test_a_round_of_others_is_not_there_for_a_lead(office: Office, lead: int) -> None:
    id_ = open_round(office, lead)
    stranger = viewer_of(office, add_account(office, "lead2", Role.LEAD, "庄严明"))
    head = viewer_of(office, add_account(office, "head", Role.HEAD, "祁远"))
    assert rounds.listed(office, stranger) == []
    assert [one.round.id for one in rounds.listed(office, head)] == [id_]
    with pytest.raises(NotVisibleError):
        rounds.get(office, stranger, id_)


def test_the_same_seed_draws_the_same_people(office: Office, lead: int, reviewers: list[int]) -> None:
    id_, viewer = open_round(office, lead), viewer_of(office, lead)
    drawn = rounds.draw(office, viewer, id_, AskedDraw("key-1", frozenset(reviewers), 2, "8813"))
    assert drawn.drawn == tuple(lots("8813", drawn.candidates)[:2])
    assert rounds.draw(office, viewer, id_, AskedDraw("key-1", frozenset(reviewers), 3, "4")) == drawn
    inside = {member.login for member in rounds.get(office, viewer, id_).inside}
    assert inside == {"lead", *drawn.drawn}
    assert rounds.get(office, viewer, id_).round.draws == (drawn,)


def test_a_seed_is_made_by_chance_where_none_is_given(office: Office, lead: int, reviewers: list[int]) -> None:
    id_, viewer = open_round(office, lead), viewer_of(office, lead)
    seeds = {rounds.draw(office, viewer, id_, AskedDraw(f"k{n}", frozenset(reviewers), 1)).seed for n in range(3)}
    assert len(seeds) == 3


def test_whoever_must_stay_away_is_left_out_of_the_draw(office: Office, lead: int, reviewers: list[int]) -> None:
    id_, viewer = open_round(office, lead), viewer_of(office, lead)
    declare(office, viewer_of(office, reviewers[0]), RecusalProfile(units=(VILLAGE,)))
    declare(office, viewer_of(office, reviewers[1]), RecusalProfile(regions=("柳河镇",)))
    drawn = rounds.draw(office, viewer, id_, AskedDraw("key-1", frozenset(reviewers), 2))
    assert drawn.left_out == ("reviewer0", "reviewer1")
    assert set(drawn.drawn) == {"reviewer2", "reviewer3"}
    with pytest.raises(UsageError, match="2 人"):
        rounds.draw(office, viewer, id_, AskedDraw("key-2", frozenset(reviewers), 3))


def test_only_people_whose_access_ends_with_rounds_are_drawn(office: Office, lead: int) -> None:
    id_, viewer = open_round(office, lead), viewer_of(office, lead)
    head = add_account(office, "head", Role.HEAD, "祁远")
    with pytest.raises(UsageError):
        rounds.draw(office, viewer, id_, AskedDraw("key-1", frozenset({head}), 1))
    with pytest.raises(UsageError):
        rounds.put_member(office, viewer, id_, head)


def test_a_round_is_closed_only_when_every_clue_has_its_end(bench: Bench, lead: int, reviewers: list[int]) -> None:
    office = bench.office
    take_in(bench, BENEFITS, BANQUET)
    id_ = open_round(office, lead)
    screen_waiting(office)
    rounds.put_member(office, viewer_of(office, lead), id_, reviewers[0])
    assert rounds.get(office, viewer_of(office, lead), id_).clues == 2
    with pytest.raises(RefusedError):
        rounds.close(office, viewer_of(office, lead), id_)
    assert len(rounds.unanswered(office, viewer_of(office, lead), id_)) == 2
    with transaction(office.engine) as session:
        session.execute(update(Clues).values(state="closed"))
    rounds.close(office, viewer_of(office, lead), id_)
    assert viewer_of(office, reviewers[0]).rounds == ()
    with pytest.raises(RefusedError):
        rounds.put_member(office, viewer_of(office, lead), id_, reviewers[0])


def test_a_round_over_a_township_holds_the_clues_of_its_villages(bench: Bench, lead: int) -> None:
    take_in(bench, BENEFITS, BANQUET)
    screen_waiting(bench.office)
    id_ = open_round(bench.office, lead)
    assert rounds.get(bench.office, viewer_of(bench.office, lead), id_).clues == 2
    rounds.change(bench.office, viewer_of(bench.office, lead), id_, plan(VILLAGE))
    assert rounds.get(bench.office, viewer_of(bench.office, lead), id_).clues == 1
    assert viewer_of(bench.office, lead).may(Power.ROUNDS)
