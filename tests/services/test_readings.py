"""Double reading and blind first readings: who is drawn, who sees what when, and how readings become a decision."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.services.deciding import GRAFT, WINDS, Room
from xiansuo.domain.decision import ClueState, Mode, Outcome
from xiansuo.errors import RefusedError
from xiansuo.services import leases
from xiansuo.services.decide import Choice, StaleError, decide
from xiansuo.services.readings import Turn, draw, hidden_suggestions, turn_of
from xiansuo.storage.repositories import decisions
from xiansuo.storage.repositories.lots import RoundShares
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Accounts, ClueBlocks

CONFIRM, CORRECT = Choice(labels=(GRAFT,)), Choice(labels=(WINDS,))
OUTSIDE = Choice(Outcome.OUT_OF_SCOPE, destination="Z1")


def turn(room: Room, login: str, number: str) -> Turn:
    viewer = room.people[login]
    with reading(room.office.engine) as session:
        clue = decisions.find(session, number, visible(viewer))
        assert clue
        return turn_of(room.office, session, viewer, clue)


def test_lots_are_the_same_again_differ_by_seed_and_fall_evenly(room: Room) -> None:
    def lots(seed: str) -> list[float]:
        return [draw(room.office, clue, RoundShares(1, 0.2, 0.1, seed)).double for clue in range(2000)]

    assert lots("a") == lots("a") != lots("b")
    assert sum(lot < 0.2 for lot in lots("a")) == pytest.approx(400, abs=60)
    drawn = [draw(room.office, clue, RoundShares(1, 0.2, 0.1, "a")) for clue in range(2000)]
    assert sum(one.is_double and one.is_blind for one in drawn) == pytest.approx(40, abs=25)


def test_a_double_read_clue_waits_for_another_person_who_sees_nothing_of_the_first_reading(room: Room) -> None:
    room.shares(double=1.0)
    number, jia, yi = room.numbers[0], room.people["jia"], room.people["yi"]
    assert decide(room.office, jia, room.asked(number, "甲看过"), CONFIRM).state is ClueState.SECOND
    clue = room.clue(number)
    assert (clue.outcome, clue.final_labels, clue.first_reader) == (None, [], jia.account)
    assert turn(room, "jia", number).mode is None
    with pytest.raises(RefusedError, match="另一人"):
        decide(room.office, jia, room.asked(number), CONFIRM)
    assert leases.next_second(room.office, jia) is None
    assert leases.next_second(room.office, yi) == number
    assert room.rows(number)[0].lots[1] == 1.0


@pytest.mark.parametrize(
    ("second", "state", "outcome"),
    [
        (CONFIRM, ClueState.DECIDED, "confirmed"),
        (CORRECT, ClueState.DISPUTED, None),
        (OUTSIDE, ClueState.DISPUTED, None),
    ],
)
def test_two_readings_that_agree_decide_and_others_go_to_the_lead(
    room: Room, second: Choice, state: ClueState, outcome: str | None
) -> None:
    room.shares(double=1.0)
    number = room.numbers[0]
    decide(room.office, room.people["jia"], room.asked(number), CONFIRM)
    assert decide(room.office, room.people["yi"], room.asked(number), second).state is state
    assert [row.mode for row in room.rows(number)] == [Mode.OPEN, Mode.SECOND]
    assert (room.clue(number).outcome, room.clue(number).first_reader) == (outcome, room.people["jia"].account)


def test_the_lead_decides_between_two_readings(room: Room) -> None:
    room.shares(double=1.0)
    number = room.numbers[0]
    decide(room.office, room.people["jia"], room.asked(number), CONFIRM)
    decide(room.office, room.people["yi"], room.asked(number), OUTSIDE)
    with pytest.raises(RefusedError, match="裁定"):
        decide(room.office, room.people["yi"], room.asked(number), CONFIRM)
    done = decide(room.office, room.people["lead"], room.asked(number, "会计冒领说得具体"), CONFIRM)
    assert (done.state, room.rows(number)[-1].mode) == (ClueState.DECIDED, Mode.ADJUDICATED)


@pytest.mark.parametrize("others", ["locked", "kept away"])
def test_a_lead_who_read_first_decides_alone_only_where_nobody_else_could(room: Room, others: str) -> None:
    room.shares(double=1.0)
    number, lead = room.numbers[0], room.people["lead"]
    decide(room.office, lead, room.asked(number), CONFIRM)
    with pytest.raises(RefusedError):
        decide(room.office, lead, room.asked(number, "再看"), CONFIRM)
    with transaction(room.office.engine) as session:
        if others == "locked":
            session.execute(update(Accounts).where(Accounts.role == "reviewer").values(state="locked"))
        else:
            clue = room.clue(number).id
            for login in ("jia", "yi"):
                row = ClueBlocks(account_id=room.people[login].account, clue_id=clue, source="self", created=now())
                session.add(row)
    assert decide(room.office, lead, room.asked(number, "无人可二读"), CONFIRM).state is ClueState.DECIDED


def test_blind_first_hides_the_suggestion_until_the_choice_and_records_both_steps(room: Room) -> None:
    room.shares(blind=1.0)
    number, jia = room.numbers[0], room.people["jia"]
    clue = room.clue(number).id
    assert hidden_suggestions(room.office, jia, [clue]) == {clue}
    assert turn(room, "jia", number).blind
    done = decide(room.office, jia, room.asked(number), CORRECT)
    assert (done.compare, done.state) == (True, ClueState.DECIDED)
    assert hidden_suggestions(room.office, jia, [clue]) == frozenset()
    decide(room.office, jia, room.asked(number), replace(CONFIRM, revises=True))
    rows = [(row.mode, row.saw, row.labels) for row in room.rows(number)]
    assert rows == [(Mode.BLIND_FIRST, False, ["four_winds"]), (Mode.BLIND_FIRST, True, ["embezzlement"])]
    assert room.clue(number).outcome == "confirmed"
    with pytest.raises(StaleError, match="定下"):
        decide(room.office, jia, room.asked(number), replace(CORRECT, revises=True))


def test_whoever_only_reads_sees_suggestions_of_blind_clues(room: Room) -> None:
    room.shares(blind=1.0)
    assert (
        hidden_suggestions(room.office, room.people["head"], [room.clue(number).id for number in room.numbers]) == set()
    )


def test_a_blind_choice_can_no_longer_be_changed_once_the_second_reader_has_read(room: Room) -> None:
    room.shares(double=1.0, blind=1.0)
    number, jia, yi = room.numbers[0], room.people["jia"], room.people["yi"]
    leases.next_clue(room.office, jia)
    decide(room.office, jia, room.asked(number), CONFIRM)
    with pytest.raises(StaleError, match="jia"):
        decide(room.office, yi, room.asked(number), CONFIRM)
    leases.free_all(room.office, jia.account)
    assert turn(room, "yi", number).blind
    decide(room.office, yi, room.asked(number), CONFIRM)
    with pytest.raises(StaleError):
        decide(room.office, jia, room.asked(number), replace(CORRECT, revises=True))
    decide(room.office, yi, room.asked(number), replace(CONFIRM, revises=True))
    assert (room.state(number), [row.mode for row in room.rows(number)]) == (
        ClueState.DECIDED,
        [Mode.BLIND_FIRST, Mode.SECOND, Mode.SECOND],
    )
