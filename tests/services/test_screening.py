from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.services.people import add_account, add_round, viewer_of
from tests.services.samples import BANQUET, BENEFITS, REGISTER, item
from xiansuo.domain.people import Power, Role
from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.errors import NotVisibleError, UsageError
from xiansuo.services.ingest import Intake, ingest
from xiansuo.services.office import Office, import_register
from xiansuo.services.recusal import complete, declare, give_back, given_up, own_profile, profile_for, recuse
from xiansuo.services.screening import screen_account, screen_waiting
from xiansuo.services.triage import Bench, work_off
from xiansuo.storage.repositories import letters
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Accounts, AuditEvents, ClueBlocks, Clues, ClueUnits, Leases

ALL = {"青石村", "柳河镇"}


def take_in(bench: Bench, *texts: str) -> None:
    intake = Intake(bench.office, bench.analyser.finder, source="测试", kind="folder")
    ingest(intake, [item(text, name=str(number)) for number, text in enumerate(texts)])
    work_off(bench)


def seen(office: Office, account: int) -> set[str]:
    """Return a word of each clue that an account may see."""
    viewer = viewer_of(office, account)
    with reading(office.engine) as session:
        units = session.scalars(select(Clues.unit).where(visible(viewer, Power.READ_CLUES)))
        return {next(word for word in ALL if word in unit) for unit in units}


@pytest.fixture
def reviewer(bench: Bench) -> int:
    """A reviewer in a round over all units, and two letters about two units."""
    take_in(bench, BENEFITS, BANQUET)
    account = add_account(bench.office, "reviewer", Role.REVIEWER, "卫青禾")
    add_round(bench.office, [account])
    screen_waiting(bench.office)
    return account


def test_a_new_account_sees_nothing_before_every_clue_was_checked_for_it(bench: Bench) -> None:
    take_in(bench, BENEFITS)
    account = add_account(bench.office, "reviewer", Role.REVIEWER, "卫青禾")
    add_round(bench.office, [account])
    assert seen(bench.office, account) == set()
    screen_account(bench.office, account)
    assert seen(bench.office, account) == {"青石村"}


def test_whoever_bears_the_name_of_a_respondent_never_sees_the_clue(bench: Bench) -> None:
    take_in(bench, BENEFITS, BANQUET)
    account = add_account(bench.office, "reviewer", Role.REVIEWER, "孙广田")
    add_round(bench.office, [account])
    screen_account(bench.office, account)
    assert seen(bench.office, account) == {"青石村"}


@pytest.mark.parametrize(
    ("profile", "left"),
    [
        (RecusalProfile(relatives=(Relative("马德才", "堂兄"),)), {"柳河镇"}),
        (RecusalProfile(units=("青石村",)), set()),
        (RecusalProfile(units=("柳河镇",)), set()),
        (RecusalProfile(regions=("柳河镇",)), set()),
        (RecusalProfile(systems=("村",)), {"柳河镇"}),
        (RecusalProfile(relatives=(Relative("福满楼"),)), {"青石村"}),
        (RecusalProfile(relatives=(Relative("马德财"),)), ALL),
    ],
)
def test_a_declaration_takes_clues_away_at_once(
    bench: Bench, reviewer: int, profile: RecusalProfile, left: set[str]
) -> None:
    assert seen(bench.office, reviewer) == ALL
    declare(bench.office, viewer_of(bench.office, reviewer), profile)
    assert seen(bench.office, reviewer) == left


def test_a_relative_who_wrote_keeps_away_although_the_letter_shows_no_name(bench: Bench, reviewer: int) -> None:
    signed = "柳河镇水管站站长把公车给儿子开，油钱在站里报销。\n反映人：冯秀英\n电话：13800001111"
    take_in(bench, signed)
    with reading(bench.office.engine) as session:
        assert "冯秀英" not in "".join(one.text for one in letters.get(session, letters.ids(session)))
    before = len(_clues(bench.office, reviewer))
    declare(bench.office, viewer_of(bench.office, reviewer), RecusalProfile(relatives=(Relative("冯秀英", "母亲"),)))
    assert len(_clues(bench.office, reviewer)) == before - 1


def test_a_letter_that_comes_later_is_checked_before_anybody_sees_it(bench: Bench, reviewer: int) -> None:
    declare(bench.office, viewer_of(bench.office, reviewer), RecusalProfile(relatives=(Relative("马德才"),)))
    take_in(bench, "青石村会计马德才还把村里的林木卖了四万元没有入账。", "青石村支书收红包两万元，有收条为证。")
    with reading(bench.office.engine) as session:
        assert session.scalars(select(Clues.screened)).all().count(False) == 0
        hidden = set(session.scalars(select(ClueBlocks.clue_id).where(ClueBlocks.account_id == reviewer)))
    assert hidden
    assert not hidden & set(_clues(bench.office, reviewer))


def test_an_account_is_closed_to_everything_while_it_is_checked_and_opens_with_the_next_run(
    bench: Bench, reviewer: int
) -> None:
    with transaction(bench.office.engine) as session:
        session.execute(update(Accounts).values(screened=False))
    assert seen(bench.office, reviewer) == set()
    work_off(bench)
    assert seen(bench.office, reviewer) == ALL


def test_another_register_checks_every_clue_anew(bench: Bench, reviewer: int) -> None:
    import_register(bench.office, REGISTER)
    assert seen(bench.office, reviewer) == set()
    screen_waiting(bench.office)
    assert seen(bench.office, reviewer) == ALL


def test_a_clue_stands_under_its_unit_and_all_above_it(bench: Bench) -> None:
    take_in(bench, BENEFITS)
    with reading(bench.office.engine) as session:
        rows = session.execute(
            select(ClueUnits.unit, ClueUnits.depth)
            .join(Clues, Clues.id == ClueUnits.clue_id)
            .where(Clues.unit.contains("青石"))
        )
        assert dict(rows.tuples().all()) == {"青石村村民委员会": 0, "柳河镇人民政府": 1, "清水县": 2}


def test_only_somebody_else_takes_an_entry_out_of_a_declaration(bench: Bench, reviewer: int) -> None:
    office, head = bench.office, add_account(bench.office, "head", Role.HEAD, "祁远")
    viewer = viewer_of(office, reviewer)
    declare(office, viewer, RecusalProfile(relatives=(Relative("马德才", "堂兄"),)))
    declare(office, viewer, RecusalProfile(units=("县档案馆",)))
    assert [one.name for one in own_profile(office, viewer).relatives] == ["马德才"]
    complete(office, viewer_of(office, head), reviewer, RecusalProfile(units=("县档案馆",)))
    assert own_profile(office, viewer).relatives == ()
    assert seen(office, reviewer) == ALL


def test_a_declaration_is_shown_to_nobody_but_the_person_and_who_keeps_recusals(bench: Bench, reviewer: int) -> None:
    office = bench.office
    declare(office, viewer_of(office, reviewer), RecusalProfile(relatives=(Relative("马德才"),)))
    outside = add_account(office, "lead2", Role.LEAD, "庄严明")
    inside = add_account(office, "lead", Role.LEAD, "景明")
    add_round(office, [inside, reviewer], name="二")
    for who in (outside, reviewer, add_account(office, "operator", Role.OPERATOR, "甘泉")):
        with pytest.raises(NotVisibleError):
            profile_for(office, viewer_of(office, who), reviewer)
    person, profile = profile_for(office, viewer_of(office, inside), reviewer)
    assert (person.login, [one.name for one in profile.relatives]) == ("reviewer", ["马德才"])
    with reading(office.engine) as session:
        assert session.scalars(select(AuditEvents.action).order_by(AuditEvents.id.desc())).first() == "recusal.read"


@pytest.mark.parametrize("name", ["马", "名" * 41])
def test_an_entry_too_short_or_too_long_is_refused_with_a_sentence(bench: Bench, reviewer: int, name: str) -> None:
    with pytest.raises(UsageError, match="字"):
        declare(bench.office, viewer_of(bench.office, reviewer), RecusalProfile(relatives=(Relative(name),)))


def test_who_gives_a_clue_up_never_gets_it_back_by_herself(bench: Bench, reviewer: int) -> None:
    office, viewer = bench.office, viewer_of(bench.office, reviewer)
    number = _number(office, "青石村")
    _lease(office, reviewer, number)
    recuse(office, viewer, number, "a")
    recuse(office, viewer, number, "a")
    declare(office, viewer, RecusalProfile(units=("县档案馆",)))
    take_in(bench, "青石村会计马德才还冒领了低保金三千元，存折在他手里。")
    assert seen(office, reviewer) == {"柳河镇"}
    with reading(office.engine) as session:
        assert session.scalars(select(AuditEvents.action)).all().count("clue.recuse") == 1
        assert session.scalars(select(Leases.clue_id)).all() == []


def test_a_clue_that_is_not_there_and_one_that_is_kept_away_cannot_be_given_up_alike(
    bench: Bench, reviewer: int
) -> None:
    viewer = viewer_of(bench.office, reviewer)
    number = _number(bench.office, "青石村")
    declare(bench.office, viewer, RecusalProfile(relatives=(Relative("马德才"),)))
    for one in (number, "XS-2026-9999"):
        with pytest.raises(NotVisibleError):
            recuse(bench.office, viewer, one, "a")


def test_a_lead_sees_that_a_clue_was_given_up_and_may_give_it_back(bench: Bench, reviewer: int) -> None:
    office, lead = bench.office, add_account(bench.office, "lead", Role.LEAD, "景明")
    add_round(office, [lead, reviewer], name="二")
    screen_waiting(office)
    number = _number(office, "青石村")
    recuse(office, viewer_of(office, reviewer), number, "a")
    assert [(one.clue, one.account) for one in given_up(office, viewer_of(office, lead))] == [(number, reviewer)]
    with pytest.raises(NotVisibleError):
        give_back(office, viewer_of(office, reviewer), number, reviewer)
    give_back(office, viewer_of(office, lead), number, reviewer)
    assert seen(office, reviewer) == ALL


def _clues(office: Office, account: int) -> list[int]:
    with reading(office.engine) as session:
        return list(session.scalars(select(Clues.id).where(visible(viewer_of(office, account)))))


def _number(office: Office, unit: str) -> str:
    with reading(office.engine) as session:
        return session.scalars(select(Clues.number).where(Clues.unit.contains(unit))).one()


def _lease(office: Office, account: int, number: str) -> None:
    with transaction(office.engine) as session:
        clue = session.scalars(select(Clues).where(Clues.number == number)).one()
        session.add(
            Leases(clue_id=clue.id, account_id=account, taken=clue.created, expires=clue.created + timedelta(days=1))
        )
