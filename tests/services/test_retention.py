"""What goes and what stays: the dry run tells what is carried out, and nothing near an open clue goes."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.services.deciding import TEXT, Room, furnish
from tests.services.erasing_samples import REASON, aged, ended, erased, proposed
from tests.services.handling_samples import asked, transfer_officer
from tests.storage.samples import new_letter
from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Relation
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, UsageError
from xiansuo.rulebook.schema import RuleBookError
from xiansuo.services import site_artifact
from xiansuo.services.erasure import carry_out, confirm, listed, propose, withdraw
from xiansuo.services.gold import teachable
from xiansuo.services.handling import reopen
from xiansuo.services.office import Office
from xiansuo.services.retention import held, hold, plan, release, totals
from xiansuo.services.retention_rules import FILE, load_retention
from xiansuo.settings import Settings
from xiansuo.storage.repositories import audit, clues, erasures, letters, site_models, sources
from xiansuo.storage.repositories.clues import ClueLetter
from xiansuo.storage.repositories.erasures import State
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.retention import Kept, Kind
from xiansuo.storage.repositories.site_models import Act, NewSiteModel
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import (
    ClueBlocks,
    ClueLetters,
    Clues,
    Decisions,
    HandOverClues,
    HandOvers,
    Letters,
    SiteModels,
)


def states(room: Room) -> dict[int, str]:
    with reading(room.office.engine) as session:
        return dict(session.execute(select(Letters.id, Letters.state)).tuples().all())


def gone(room: Room) -> set[int]:
    return {id_ for id_, state in states(room).items() if state == LetterState.ERASED}


def touch(room: Room, letter: int, clue: str) -> None:
    """Let a letter touch another clue."""
    with transaction(room.office.engine) as session:
        row = ClueLetters(clue_id=room.clue(clue).id, letter_id=letter, relation="bundled", adds=[], main=False)
        session.add(row)


def test_the_shipped_periods_are_nobodys_law_and_each_kind_has_one() -> None:
    rules = load_retention(Settings().rules)
    assert {rule.kind for rule in rules} == set(Kind)
    assert {rule.authority for rule in rules} == {"本办约定"}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("对象: 来件\n", "对象: 审计日志\n", "对象"),
        ("对象: 来件\n", "对象: 原件\n", "只写一次"),
        ("起算: 收到", "起算: 办结", "没有办结和反馈"),
        ("期限: 36", "期限: 0", "期限"),
        ("期限: 36", "期限: 36.5", "整数"),
        ("单位: 个月", "单位: 年", "单位"),
        ("已核对: false", "已核对: true", "依据"),
        ("名称: 办结后的原件", "名字: 办结后的原件", "名字"),
    ],
)
def test_a_wrong_rule_is_refused_with_a_sentence_that_names_it(tmp_path: Path, was: str, now: str, told: str) -> None:
    text = (Settings().rules / FILE).read_text("utf-8")
    assert was in text
    (tmp_path / FILE).write_text(text.replace(was, now, 1), "utf-8")
    with pytest.raises(RuleBookError, match=told):
        load_retention(tmp_path)


def test_what_the_dry_run_tells_is_what_is_carried_out(room: Room) -> None:
    ended(room, 0)
    ended(room, 1, years=1)
    officer = transfer_officer(room)
    tomorrow = plan(room.office, officer, officer.today + timedelta(days=1))
    assert [one.item.ref for one in tomorrow.going] == [room.letters[room.numbers[0]]]
    assert "有 1 件到期可以销毁" in tomorrow.sentence
    before = states(room)
    assert plan(room.office, officer, officer.today).kinds == {Kind.LETTER: 1}
    assert states(room) == before
    id_, _ = proposed(room, officer)
    confirm(room.office, room.people["head"], id_)
    done = carry_out(room.office, id_)
    assert done.certificate["counts"] == {"letter": 1}
    assert gone(room) == {one.item.ref for one in tomorrow.going}
    assert plan(room.office, officer, officer.today).going == ()


def test_an_erased_letter_is_still_counted_and_says_which_certificate_it_went_by(room: Room) -> None:
    number = ended(room)
    done = erased(room)
    with reading(room.office.engine) as session:
        (letter,) = letters.get(session, [room.letters[number]])
        assert sum(letters.count(session).values()) == len(room.numbers)
        assert done.number in letter.text
        assert {note for (note,) in session.execute(select(Decisions.note))} == {""}
    assert room.clue(number).outcome == "confirmed"
    assert TEXT not in repr(done)


def test_the_certificate_is_numbered_hangs_in_the_trail_and_names_no_letter(room: Room) -> None:
    number = ended(room)
    done = erased(room)
    told = done.certificate
    assert (told["proposed_by"], told["confirmed_by"], done.state) == ("yijiao", "head", State.DONE)
    assert number not in str(told)
    with reading(room.office.engine) as session:
        event = audit.search(session, audit.Sought(action="retention.erased"))[0]
        assert event.object_id == f"{done.number} {done.digest.hex() if done.digest else ''}"
        assert audit.verify(session).holds


def test_one_person_alone_erases_nothing(room: Room) -> None:
    ended(room)
    id_, officer = proposed(room)
    with pytest.raises(RefusedError, match="一件也没有销毁"):
        carry_out(room.office, id_)
    with pytest.raises(NotVisibleError):
        confirm(room.office, officer, id_)
    with pytest.raises(NotVisibleError):
        propose(room.office, room.people["head"], officer.today, REASON, request="r2")
    assert not gone(room)


def test_what_was_withdrawn_is_not_carried_out_and_can_be_proposed_again(room: Room) -> None:
    ended(room)
    id_, officer = proposed(room)
    with pytest.raises(UsageError, match="没有到期"):
        propose(room.office, officer, officer.today, REASON, request="r2")
    withdraw(room.office, room.people["head"], id_, "还要再核对一遍。")
    with pytest.raises(ConflictError, match="撤回"):
        confirm(room.office, room.people["head"], id_)
    assert proposed(room, officer, request="r3")[0] != id_
    assert not gone(room)


def test_doing_it_twice_does_it_once(room: Room) -> None:
    ended(room)
    id_, officer = proposed(room)
    assert proposed(room, officer)[0] == id_
    number = confirm(room.office, room.people["head"], id_).number
    assert confirm(room.office, room.people["head"], id_).number == number
    assert carry_out(room.office, id_).digest == carry_out(room.office, id_).digest


def test_nobody_proposes_what_is_not_over_yet(room: Room) -> None:
    ended(room)
    officer = transfer_officer(room)
    with pytest.raises(UsageError, match="已经到期"):
        propose(room.office, officer, officer.today + timedelta(days=1), REASON, request="r1")


def test_a_letter_a_person_holds_stays_until_a_person_releases_it(room: Room) -> None:
    number = ended(room)
    hold(room.office, room.people["jia"], number, "申诉还在办，暂时保留。", request="h1")
    hold(room.office, room.people["jia"], number, "申诉还在办，暂时保留。", request="h1")
    officer = transfer_officer(room)
    assert [one.kept for one in plan(room.office, officer, officer.today).held] == [(Kept.PERSON,)]
    (standing,) = held(room.office, room.people["head"])
    with pytest.raises(RefusedError):
        release(room.office, room.people["jia"], standing.id, "申诉办完了。")
    release(room.office, room.people["head"], standing.id, "申诉办完了。")
    assert len(plan(room.office, officer, officer.today).going) == 1
    with reading(room.office.engine) as session:
        assert len(audit.search(session, audit.Sought(action="retention"))) == 2


def test_what_comes_to_be_held_or_reopened_after_the_proposal_stays(room: Room) -> None:
    first, second = ended(room, 0), ended(room, 1)
    id_, _ = proposed(room)
    confirm(room.office, room.people["head"], id_)
    hold(room.office, room.people["head"], first, "申诉还在办，暂时保留。", request="h1")
    reopen(room.office, room.people["lead"], asked(room, second), "又有新的情况。")
    done = carry_out(room.office, id_)
    assert not gone(room)
    assert done.certificate["counts"] == {}
    assert done.certificate["kept"] == {"open_clue": 1, "person": 1}


def test_a_letter_that_touches_an_open_clue_stays_and_so_do_its_mates(room: Room) -> None:
    number, open_ = ended(room), room.numbers[1]
    with transaction(room.office.engine) as session:
        source = sources.get_or_create(session, "来件", "paths")
        (mate,) = letters.add(session, [new_letter(source, text=TEXT)])
        clues.attach_all(session, [ClueLetter(room.clue(number).id, mate, Relation.COPY)])
        session.execute(update(Letters).where(Letters.id == mate).values(state=LetterState.RANKED))
    touch(room, mate, open_)
    officer = transfer_officer(room)
    with transaction(room.office.engine) as session:
        session.execute(update(Clues).values(screened=True))
    found = plan(room.office, officer, officer.today)
    assert not found.going
    assert {one.item.ref: one.kept for one in found.held} == {
        room.letters[number]: (Kept.LINKED,),
        mate: (Kept.OPEN_CLUE,),
    }


@pytest.mark.parametrize("seed", range(6))
def test_whatever_hangs_together_nothing_near_an_open_clue_or_a_hold_goes(office: Office, seed: int) -> None:
    room = furnish(office)
    lots = random.Random(seed)  # noqa: S311 - which office is made
    for place in lots.sample(range(4), 3):
        ended(room, place, years=20)
    for _ in range(lots.randint(1, 3)):
        letter, clue = lots.choice(list(room.letters.values())), lots.choice(room.numbers)
        if room.letters[clue] != letter:
            with transaction(room.office.engine) as session:
                known = session.get(ClueLetters, (room.clue(clue).id, letter))
            if known is None:
                touch(room, letter, clue)
    if lots.random() < 0.5:
        hold(room.office, room.people["head"], lots.choice(room.numbers), "申诉还在办。", request="h")
    protected = _protected(room)
    try:
        erased(room)
    except UsageError:
        return
    assert not gone(room) & protected


def _protected(room: Room) -> set[int]:
    """Reckon apart from the program which letters must stay: one step from anything that is not ended."""
    with reading(room.office.engine) as session:
        placed = session.execute(select(ClueLetters.clue_id, ClueLetters.letter_id)).tuples().all()
        open_ = {id_ for id_, state in session.execute(select(Clues.id, Clues.state)).tuples() if state != "closed"}
    holds = {one.ref for one in held(room.office, room.people["head"])}
    near = {letter for clue, letter in placed if clue in open_}
    mates = {letter for clue, letter in placed if clue in {one for one, other in placed if other in near}}
    return mates | {letter for clue, letter in placed if clue in holds}


def test_a_recused_person_neither_counts_nor_finds_what_hides_from_them(room: Room) -> None:
    ended(room)
    id_, officer = proposed(room)
    head = room.people["head"]
    assert [one.erasure.id for one in listed(room.office, head)] == [id_]
    with transaction(room.office.engine) as session:
        row = ClueBlocks(account_id=head.account, clue_id=room.clue(room.numbers[0]).id, source="declared")
        row.created = session.get_one(Clues, row.clue_id).created
        session.add(row)
    assert listed(room.office, head) == []
    assert plan(room.office, head, head.today).in_hand == ()
    with pytest.raises(NotVisibleError):
        confirm(room.office, head, id_)
    assert len(plan(room.office, officer, officer.today).in_hand) == 1
    assert len(totals(room.office, officer.today).in_hand) == 1


def test_a_batch_without_receipt_keeps_its_clues(room: Room) -> None:
    number = ended(room)
    with transaction(room.office.engine) as session:
        batch = HandOvers(
            number="YJ-1", request="b", receiver="第二室", state="handed", created_by=room.people["head"].account
        )
        batch.created, batch.handed_by, batch.received_by, batch.note = room.clue(number).created, "", "", ""
        session.add(batch)
        session.flush()
        session.add(HandOverClues(batch_id=batch.id, clue_id=room.clue(number).id, position=1, return_reason=""))
    officer = transfer_officer(room)
    assert [one.kept for one in plan(room.office, officer, officer.today).held] == [(Kept.BATCH,)]


def test_the_period_runs_from_the_last_clue_that_ended(room: Room) -> None:
    first, second = ended(room, 0), ended(room, 1, years=1)
    touch(room, room.letters[first], second)
    officer = transfer_officer(room)
    assert plan(room.office, officer, officer.today).going == ()
    aged(room, second, years=20)
    assert len(plan(room.office, officer, officer.today).going) == 2
    assert Category.EMBEZZLEMENT.value in str(room.clue(first).labels)
    with reading(room.office.engine) as session:
        assert erasures.listed(session) == []


def _in_use(room: Room, last_decision: int) -> None:
    """Put a site model into use that learned up to an act."""
    with transaction(room.office.engine) as session:
        new = NewSiteModel("m-site", "b", "a", last_decision, 1, None, 1.0, "m", {}, True, (), "定时任务")
        site_models.add(session, new)
        site_models.put_in_use(session, "m-site", act=Act.PROMOTE, actor="x", reason="y", request="p")


def test_a_model_in_use_holds_what_it_learned_from_until_a_person_changes_it(room: Room) -> None:
    ended(room)
    officer = transfer_officer(room)
    _in_use(room, last_decision=0)
    assert len(plan(room.office, officer, officer.today).going) == 1
    with transaction(room.office.engine) as session:
        session.execute(update(SiteModels).values(last_decision=room.rows(room.numbers[0])[0].id))
    assert [one.kept for one in plan(room.office, officer, officer.today).held] == [(Kept.MODEL,)]
    with transaction(room.office.engine) as session:
        site_models.put_in_use(session, "", act=Act.ROLLBACK, actor="x", reason="y", request="q")
    assert len(plan(room.office, officer, officer.today).going) == 1


def test_a_model_made_from_erased_letters_goes_with_them_and_learning_leaves_them_out(room: Room) -> None:
    number = ended(room)
    _in_use(room, last_decision=room.rows(number)[0].id)
    with transaction(room.office.engine) as session:
        site_models.put_in_use(session, "", act=Act.ROLLBACK, actor="x", reason="y", request="q")
        assert [one.letter for one in teachable(session)] == [room.letters[number]]
    folder = site_artifact.folder_of(room.office, "m-site")
    folder.mkdir(parents=True)
    assert erased(room).certificate["models_removed"] == ["m-site"]
    assert not folder.exists()
    with reading(room.office.engine) as session:
        assert teachable(session) == []
        assert [one.name for one in site_models.listed(session)] == ["m-site"]
