"""What holds after a clue was merged, postponed until today, or closed to somebody who had acted on it."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from tests.services.deciding import GRAFT, Room
from xiansuo.domain.board import Filters, Show
from xiansuo.domain.decision import ClueState
from xiansuo.errors import NotVisibleError
from xiansuo.services import ledger, recusal
from xiansuo.services.board import open_board
from xiansuo.services.decide import Choice, decide, last_act, undo
from xiansuo.services.waking import wake_due
from xiansuo.services.workplace import open_clue
from xiansuo.storage.repositories import ledger as ledger_rows
from xiansuo.storage.repositories import outstanding, rounds
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Clues, HandOverClues, HandOvers

CONFIRM = Choice(labels=(GRAFT,))


def put(room: Room, number: str, **columns: object) -> None:
    with transaction(room.office.engine) as session:
        session.execute(update(Clues).where(Clues.number == number).values(columns))


def sent_back(room: Room, number: str) -> None:
    """Let a clue have been handed over and returned."""
    with transaction(room.office.engine) as session:
        batch = HandOvers(number="YJ-2026-001", receiver="县纪委", state="received", request="r", note="")
        batch.handed_by, batch.received_by = "", ""
        batch.created, batch.created_by = now(), room.people["head"].account
        session.add(batch)
        session.flush()
        row = {
            "batch_id": batch.id,
            "clue_id": room.clue(number).id,
            "position": 1,
            "returned_on": room.people["head"].today,
        }
        session.execute(insert(HandOverClues).values(**row, return_reason=""))


def test_a_merged_clue_holds_no_round_open_and_waits_for_nobody(room: Room) -> None:
    number, lead = room.numbers[0], room.people["lead"]
    sent_back(room, number)
    with reading(room.office.engine) as session:
        assert number in rounds.unfinished(session, room.round, lead)
        assert ledger_rows.count(session, outstanding.returned()) == 1
    put(room, number, state=ClueState.MERGED)
    with reading(room.office.engine) as session:
        assert number not in rounds.unfinished(session, room.round, lead)
        assert ledger_rows.count(session, outstanding.returned()) == 0


def test_a_merged_clue_keeps_its_number_in_the_ledger_and_nothing_is_suggested_for_it(room: Room) -> None:
    number, head = room.numbers[0], room.people["head"]
    put(room, number, state=ClueState.MERGED)
    (row,) = (one for one in ledger.rows(room.office, head) if one.clue == number)
    assert (row.state, row.categories, row.grade, row.summary) == (ClueState.MERGED, (), None, "")
    shown = open_board(room.office, head, Filters(show=Show.ALL))
    assert number not in {one.clue.number for one in shown.rows}


def test_a_postponed_clue_comes_back_on_its_day_whoever_looks_first(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    put(room, number, state=ClueState.POSTPONED, postponed_until=jia.today + timedelta(days=1))
    assert wake_due(room.office, jia.today) == 0
    put(room, number, postponed_until=jia.today)
    assert number in {one.clue.number for one in open_board(room.office, jia, Filters()).rows}
    assert (room.state(number), wake_due(room.office, jia.today)) == (ClueState.OPEN, 0)


def test_who_gave_a_clue_up_is_neither_told_of_the_own_act_nor_may_take_it_back(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    asked = room.asked(number)
    decide(room.office, jia, asked, CONFIRM)
    with reading(room.office.engine) as session:
        act = last_act(session, jia)
    assert act
    recusal.recuse(room.office, jia, number, "r")
    assert open_clue(room.office, jia, room.numbers[1]).undoable is None
    for again in (lambda: decide(room.office, jia, asked, CONFIRM), lambda: undo(room.office, jia, asked, act.id)):
        with pytest.raises(NotVisibleError):
            again()
