"""What people do with clues, on both databases: once, on the version they saw, while nobody else holds it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.services.deciding import GRAFT, WINDS, Room, together, tomorrow
from xiansuo.domain.decision import Act, ClueState, Mode, Origin, Outcome
from xiansuo.domain.draft import Draft, Place
from xiansuo.errors import NotVisibleError, RefusedError, XiansuoError
from xiansuo.services import leases
from xiansuo.services.decide import Choice, Done, StaleError, decide, last_act, postpone, undo
from xiansuo.storage.repositories import audit, drafts
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Clues, Leases

CONFIRM = Choice(labels=(GRAFT,))
OUTSIDE = Choice(Outcome.OUT_OF_SCOPE, destination="Z1")


@pytest.mark.parametrize(
    ("choice", "outcome", "labels"),
    [
        (CONFIRM, "confirmed", ["embezzlement"]),
        (Choice(labels=(WINDS, GRAFT)), "corrected", ["embezzlement", "four_winds"]),
        (OUTSIDE, "out_of_scope", []),
        (Choice(Outcome.NO_SUBSTANCE), "no_substance", []),
    ],
)
def test_a_decision_is_kept_with_what_was_seen_and_settles_the_clue(
    room: Room, choice: Choice, outcome: str, labels: list[str]
) -> None:
    number = room.numbers[0]
    before = room.clue(number).version
    done = decide(room.office, room.people["jia"], room.asked(number, "看过"), choice)
    (row,) = room.rows(number)
    clue = room.clue(number)
    assert (done.state, row.outcome, row.labels, row.note) == (ClueState.DECIDED, outcome, labels, "看过")
    assert (row.clue_version, row.shown, row.saw, row.round_id, len(row.suggestions)) == (
        before,
        "很可能",
        True,
        room.round,
        1,
    )
    assert (clue.state, clue.outcome, clue.final_labels) == ("decided", outcome, labels)
    assert clue.final_category == (labels or [None])[0]
    assert clue.version == before + 1


def test_what_a_person_is_not_sure_about_goes_to_the_lead(room: Room) -> None:
    number = room.numbers[0]
    assert (
        decide(room.office, room.people["jia"], room.asked(number), Choice(Outcome.UNSURE)).state is ClueState.DISPUTED
    )
    assert room.clue(number).outcome is None


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (Choice(), "问题类别"),
        (Choice(Outcome.OUT_OF_SCOPE), "去向"),
        (Choice(Outcome.OUT_OF_SCOPE, destination="Z99"), "去向"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_saved(room: Room, choice: Choice, sentence: str) -> None:
    number = room.numbers[0]
    with pytest.raises(XiansuoError, match=sentence):
        decide(room.office, room.people["jia"], room.asked(number), choice)
    assert (room.rows(number), room.state(number)) == ([], ClueState.OPEN)


def test_allegations_that_were_dropped_moved_and_added_are_kept(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    letter = room.letters[number]
    with transaction(room.office.engine) as session:
        draft = Draft(dropped=frozenset({Place(letter, 0, 11, GRAFT)}), added=(Place(letter, 12, 18, WINDS),))
        drafts.save(session, jia.account, room.clue(number).id, draft)
    decide(room.office, jia, room.asked(number), Choice(labels=(WINDS,)))
    (row,) = room.rows(number)
    assert (row.outcome, row.allegations) == ("corrected", [[letter, 12, 18, "four_winds", "", Origin.ADDED]])


def test_a_double_click_writes_one_row(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    asked = room.asked(number)
    done = together(*[lambda: decide(room.office, jia, asked, CONFIRM)] * 6)
    assert done == [Done(number, Act.DECIDE, ClueState.DECIDED, Outcome.CONFIRMED)] * 6
    assert len(room.rows(number)) == 1


def test_of_two_people_who_decide_at_once_one_decides_and_the_other_is_told(room: Room) -> None:
    number = room.numbers[0]
    acts = [(room.people[login], room.asked(number)) for login in ("jia", "yi", "lead")]
    done = together(*[lambda act=act: decide(room.office, *act, CONFIRM) for act in acts])  # type: ignore[misc]
    assert sorted(type(one).__name__ for one in done) == ["Done", "StaleError", "StaleError"]
    assert len(room.rows(number)) == 1


def test_of_two_tabs_the_later_one_is_told_that_the_clue_changed(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    one, other = room.asked(number), room.asked(number)
    decide(room.office, jia, one, CONFIRM)
    with pytest.raises(StaleError, match="有了变化"):
        decide(room.office, jia, other, OUTSIDE)
    assert len(room.rows(number)) == 1


def test_a_request_key_of_another_act_does_nothing(room: Room) -> None:
    first, second = room.numbers[:2]
    asked = room.asked(first)
    decide(room.office, room.people["jia"], asked, CONFIRM)
    with pytest.raises(StaleError):
        decide(room.office, room.people["jia"], room.asked(second, request=asked.request), CONFIRM)
    assert room.state(second) is ClueState.OPEN


def test_a_clue_that_somebody_reads_can_be_decided_by_nobody_else(room: Room) -> None:
    number = leases.next_clue(room.office, room.people["jia"])
    assert number == room.numbers[0]
    with pytest.raises(StaleError, match="正由 jia 审读"):
        decide(room.office, room.people["yi"], room.asked(number), CONFIRM)


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_lost_lease_locks_nobody_out_unless_somebody_took_the_clue(room: Room, *, taken_over: bool) -> None:
    jia, yi = room.people["jia"], room.people["yi"]
    number = leases.next_clue(room.office, jia)
    assert number is not None
    with transaction(room.office.engine) as session:
        session.execute(update(Leases).values(expires=now() - timedelta(seconds=1)))
    if taken_over:
        assert leases.next_clue(room.office, yi) == number
        with pytest.raises(StaleError):
            decide(room.office, jia, room.asked(number), CONFIRM)
    else:
        assert decide(room.office, jia, room.asked(number), CONFIRM).state is ClueState.DECIDED


def test_people_who_ask_at_once_get_different_clues(room: Room) -> None:
    got = together(*[lambda who=who: leases.next_clue(room.office, room.people[who]) for who in ("jia", "yi", "lead")])  # type: ignore[misc]
    assert sorted(map(str, got)) == sorted(room.numbers[:3])


def test_a_person_who_asks_again_gets_the_clue_at_hand_and_then_the_one_behind_it(room: Room) -> None:
    jia, numbers = room.people["jia"], room.numbers
    assert [leases.next_clue(room.office, jia) for _ in range(2)] == [numbers[0]] * 2
    assert leases.next_clue(room.office, jia, after=numbers[0]) == numbers[1]
    assert leases.next_clue(room.office, room.people["yi"]) == numbers[0]


def test_nothing_is_next_for_whoever_may_not_decide_or_when_all_is_done(room: Room) -> None:
    assert leases.next_clue(room.office, room.people["head"]) is None
    for number in room.numbers:
        decide(room.office, room.people["jia"], room.asked(number), CONFIRM)
    assert leases.next_clue(room.office, room.people["jia"]) is None


def test_a_lead_frees_what_another_holds_and_logging_out_frees_all(room: Room) -> None:
    jia, yi = room.people["jia"], room.people["yi"]
    number = leases.next_clue(room.office, jia)
    assert number
    leases.free(room.office, yi, number)
    assert leases.renew(room.office, yi, number).by == "jia"
    leases.free(room.office, room.people["lead"], number)
    assert leases.renew(room.office, yi, number).mine
    leases.free_all(room.office, yi.account)
    assert leases.renew(room.office, jia, number).mine


def test_a_clue_that_is_not_visible_cannot_be_decided_or_held(room: Room) -> None:
    stranger = replace(room.people["jia"], rounds=())
    number = room.numbers[0]
    for act in (
        lambda: decide(room.office, stranger, room.asked(number), CONFIRM),
        lambda: leases.renew(room.office, stranger, number),
    ):
        with pytest.raises(NotVisibleError):
            act()
    assert leases.next_clue(room.office, stranger) is None


def test_seconds_run_from_the_taking_to_the_act(room: Room) -> None:
    number = leases.next_clue(room.office, room.people["jia"])
    assert number
    with transaction(room.office.engine) as session:
        session.execute(update(Leases).values(taken=now() - timedelta(seconds=90)))
    decide(room.office, room.people["jia"], room.asked(number), CONFIRM)
    assert 90 <= room.rows(number)[0].seconds < 100


def test_postponing_needs_a_day_and_a_reason_and_the_day_brings_the_clue_back(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    for note, until in (("", jia.today + timedelta(1)), ("等材料", jia.today), ("等材料", None)):
        with pytest.raises(XiansuoError, match="暂缓"):
            postpone(room.office, jia, room.asked(number, note), until)
    postpone(room.office, jia, room.asked(number, "等材料"), jia.today + timedelta(days=1))
    assert leases.next_clue(room.office, jia) == room.numbers[1]
    assert leases.next_clue(room.office, tomorrow(room.people["yi"])) == number
    assert room.state(number) is ClueState.OPEN


def own(room: Room, login: str) -> int:
    with reading(room.office.engine) as session:
        act = last_act(session, room.people[login])
        return act.id if act else 0


def test_an_undo_leads_to_the_state_before_and_brings_back_what_was_typed(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    postpone(room.office, jia, room.asked(number, "等材料"), jia.today + timedelta(days=3))
    postponed = room.clue(number)
    decide(room.office, jia, room.asked(number, "还是定了"), OUTSIDE)
    undo(room.office, jia, room.asked(number), own(room, "jia"))
    clue = room.clue(number)
    assert (clue.state, clue.outcome, clue.postponed_until, clue.first_reader) == (
        "postponed",
        None,
        postponed.postponed_until,
        None,
    )
    with reading(room.office.engine) as session:
        assert drafts.get(session, jia.account, clue.id).note == "还是定了"
    undo(room.office, jia, room.asked(number), own(room, "jia"))
    assert (room.state(number), own(room, "jia")) == (ClueState.OPEN, 0)


def test_an_undo_done_twice_takes_back_one_act(room: Room) -> None:
    jia = room.people["jia"]
    for number in room.numbers[:2]:
        decide(room.office, jia, room.asked(number), CONFIRM)
    act, asked = own(room, "jia"), room.asked(room.numbers[1])
    done = together(*[lambda: undo(room.office, jia, asked, act)] * 4)
    assert done == [Done(room.numbers[1], Act.UNDO, ClueState.OPEN)] * 4
    with pytest.raises(StaleError, match="撤销过"):
        undo(room.office, jia, room.asked(room.numbers[1]), act)
    assert [room.state(number) for number in room.numbers[:2]] == [ClueState.DECIDED, ClueState.OPEN]


def test_nobody_takes_back_what_another_did_or_what_was_built_upon_or_of_yesterday(room: Room) -> None:
    number, jia, lead = room.numbers[0], room.people["jia"], room.people["lead"]
    decide(room.office, jia, room.asked(number), Choice(Outcome.UNSURE))
    act = own(room, "jia")
    for who in ("yi", "lead"):
        with pytest.raises(StaleError):
            undo(room.office, room.people[who], room.asked(number), act)
    with pytest.raises(StaleError):
        undo(room.office, tomorrow(jia), room.asked(number), act)
    decide(room.office, lead, room.asked(number, "定为此类"), CONFIRM)
    assert own(room, "jia") == 0


def test_every_act_leaves_its_event_and_no_text(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    decide(room.office, jia, room.asked(number, "备注里的字"), CONFIRM)
    undo(room.office, jia, room.asked(number), own(room, "jia"))
    with reading(room.office.engine) as session:
        events = audit.page(session)
    assert [(one.actor, one.action, one.object_id) for one in events] == [
        ("jia", "clue.decide", number),
        ("jia", "clue.undo", number),
    ]


def test_only_the_lead_touches_what_is_decided_and_nobody_what_is_closed(room: Room) -> None:
    number = room.numbers[0]
    decide(room.office, room.people["jia"], room.asked(number), CONFIRM)
    with pytest.raises(RefusedError, match="组长"):
        decide(room.office, room.people["yi"], room.asked(number), OUTSIDE)
    with pytest.raises(XiansuoError, match="理由"):
        decide(room.office, room.people["lead"], room.asked(number), OUTSIDE)
    decide(room.office, room.people["lead"], room.asked(number, "看错了"), OUTSIDE)
    assert (room.rows(number)[-1].mode, room.clue(number).outcome) == (Mode.ADJUDICATED, "out_of_scope")
    with transaction(room.office.engine) as session:
        session.execute(update(Clues).values(state="closed"))
    with pytest.raises(RefusedError, match="办结"):
        decide(room.office, room.people["lead"], room.asked(number, "再改"), CONFIRM)
