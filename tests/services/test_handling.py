"""A clue ends only with disposition, owner, reason, approval and feedback, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.deciding import Room
from tests.services.handling_samples import asked, decided, sign, whole
from xiansuo.domain.decision import ClueState
from xiansuo.domain.handling import Disposition, Feedback, Gap, Handling, Move
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.handling import look, record, reopen
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import ClueBlocks


def test_a_clue_ends_with_everything_in_place_and_says_who_did_it(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    done = record(room.office, lead, asked(room, number), whole(lead.today), end=True)
    seen = look(room.office, lead, number)
    assert (done.state, room.state(number), seen.handling.ended_on) == (ClueState.CLOSED, ClueState.CLOSED, lead.today)
    assert [(step.move, step.by) for step in seen.followed.steps] == [(Move.END, "lead")]


@pytest.mark.parametrize(
    ("gone", "gap"),
    [
        ({"kind": None}, Gap.DISPOSITION),
        ({"owner": " "}, Gap.OWNER),
        ({"reason": ""}, Gap.REASON),
        ({"approved_by": ""}, Gap.APPROVAL),
        ({"approved_on": None}, Gap.APPROVAL),
        ({"result": None}, Gap.RESULT),
        ({"feedback": None}, Gap.FEEDBACK),
        ({"feedback": Feedback.DONE}, Gap.FEEDBACK_DAY),
        ({"feedback_note": " "}, Gap.FEEDBACK_REASON),
    ],
)
def test_a_clue_does_not_end_while_something_is_missing(room: Room, gone: dict[str, object], gap: Gap) -> None:
    number, lead = decided(room), room.people["lead"]
    with pytest.raises(XiansuoError, match=gap):
        record(room.office, lead, asked(room, number), replace(whole(lead.today), **gone), end=True)
    assert room.state(number) is ClueState.DECIDED
    assert not look(room.office, lead, number).followed.steps


def test_what_is_concluded_without_checking_needs_no_result() -> None:
    assert Gap.RESULT not in Handling(kind=Disposition.REFERRED).gaps()


def test_doing_it_twice_does_it_once(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    act = asked(room, number)
    first = record(room.office, lead, act, whole(lead.today), end=True)
    assert record(room.office, lead, act, whole(lead.today), end=True) == first
    assert len(look(room.office, lead, number).followed.steps) == 1


def test_what_somebody_else_recorded_in_the_meantime_is_not_overwritten(room: Room) -> None:
    number, lead, head = decided(room), room.people["lead"], room.people["head"]
    stale = asked(room, number)
    record(room.office, head, asked(room, number), Handling(kind=Disposition.HELD))
    with pytest.raises(ConflictError, match="head"):
        record(room.office, lead, stale, whole(lead.today))
    assert look(room.office, lead, number).handling.kind is Disposition.HELD


def test_a_clue_that_nobody_decided_has_no_handling(room: Room) -> None:
    with pytest.raises(ConflictError, match="还没有人工认定"):
        record(room.office, room.people["lead"], asked(room, room.numbers[0]), Handling(owner="甲"))


def test_nobody_approves_the_own_proposal_but_a_head_may(room: Room) -> None:
    number, lead, head = decided(room), room.people["lead"], room.people["head"]
    with pytest.raises(RefusedError, match="本人"):
        record(room.office, lead, asked(room, number), replace(whole(lead.today), approved_by="lead"))
    proposed = replace(whole(lead.today), approved_by="", approved_on=None)
    record(room.office, lead, asked(room, number), proposed)
    with pytest.raises(RefusedError, match="本人"):
        record(room.office, head, asked(room, number), replace(proposed, approved_by="lead", approved_on=lead.today))
    other = decided(room, 1)
    assert record(room.office, head, asked(room, other), replace(whole(lead.today), approved_by="head"), end=True)


def test_another_disposition_makes_the_approval_void(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    record(room.office, lead, asked(room, number), whole(lead.today))
    changed = replace(whole(lead.today), kind=Disposition.CONCLUDED)
    assert record(room.office, lead, asked(room, number), changed).approval_void
    assert Gap.APPROVAL in look(room.office, lead, number).gaps


@pytest.mark.parametrize("name", ["approved_on", "notified_on", "feedback_on"])
def test_nothing_is_recorded_for_a_day_that_has_not_come(room: Room, name: str) -> None:
    number, lead = decided(room), room.people["lead"]
    wrong = replace(whole(lead.today), **{name: lead.today + timedelta(days=1)})
    with pytest.raises(XiansuoError, match="晚于今天"):
        record(room.office, lead, asked(room, number), wrong)


def test_a_closed_clue_is_taken_up_again_for_a_reason_only(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    record(room.office, lead, asked(room, number), whole(lead.today), end=True)
    with pytest.raises(ConflictError, match="已经办结"):
        record(room.office, lead, asked(room, number), whole(lead.today))
    with pytest.raises(XiansuoError, match="理由"):
        reopen(room.office, lead, asked(room, number), "  ")
    reopen(room.office, lead, asked(room, number), "来人补充了新证据")
    seen = look(room.office, lead, number)
    assert (seen.state, seen.handling.ended_on, seen.handling.owner) == (ClueState.DECIDED, None, "承办人甲")
    assert seen.followed.steps[-1].why == "来人补充了新证据"


def test_a_result_starts_the_clock_for_telling_a_reporter_who_gave_a_name(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    record(room.office, lead, asked(room, number), replace(whole(lead.today), feedback=None))
    limits = [clock.limit.id for clock in look(room.office, lead, number).clocks]
    assert "real-name-feedback" not in limits
    sign(room, number)
    limits = [clock.limit.id for clock in look(room.office, lead, number).clocks]
    assert "real-name-feedback" in limits


def test_who_is_kept_away_from_a_clue_can_neither_see_nor_record(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    act = asked(room, number)
    with transaction(room.office.engine) as session:
        session.add(ClueBlocks(account_id=lead.account, clue_id=room.clue(number).id, source="self", created=now()))
    with pytest.raises(NotVisibleError):
        look(room.office, lead, number)
    with pytest.raises(NotVisibleError):
        record(room.office, lead, act, whole(lead.today))


def test_a_reviewer_reads_the_handling_and_records_nothing(room: Room) -> None:
    number, jia = decided(room), room.people["jia"]
    assert not look(room.office, jia, number).may_record
    with pytest.raises(NotVisibleError):
        record(room.office, jia, asked(room, number), whole(jia.today))


def test_every_step_is_an_event_that_says_nothing_of_the_clue(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    record(room.office, lead, asked(room, number), whole(lead.today), end=True)
    with reading(room.office.engine) as session:
        last = audit.page(session)[-1]
    assert (last.actor, last.action, last.object_kind, last.object_id) == ("lead", "handling.end", "clue", number)
