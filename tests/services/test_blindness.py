"""What a person must not know before reading blind: no count, filter, clock, list or export tells the suggestion."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from tests.services.deciding import GRAFT, Room
from xiansuo.domain.board import NO_CATEGORY, Due, Filters, Show
from xiansuo.domain.people import Viewer
from xiansuo.services import ledger, today
from xiansuo.services.board import counts, open_board
from xiansuo.services.decide import Choice, decide, postpone
from xiansuo.services.ledger_sheet import COLUMNS
from xiansuo.services.readings import draw, hidden_suggestions
from xiansuo.services.workplace import open_clue
from xiansuo.storage.repositories import lots
from xiansuo.storage.repositories.clues import FOUND
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues

BY_SUGGESTION = [
    Filters(category=GRAFT.value),
    Filters(category=NO_CATEGORY),
    Filters(grade="中"),
    Filters(flag="现任"),
]


def unlabelled(room: Room) -> None:
    """Let no clue have a category, and all be overdue wherever that makes a difference."""
    with transaction(room.office.engine) as session:
        changed = {"labels": [], "category": None, "flags": ["现任"]}
        session.execute(update(Clues).values(changed))


def test_the_database_draws_the_same_clues_as_the_record_of_a_decision_tells(room: Room) -> None:
    room.shares(blind=0.5)
    jia, ids = room.people["jia"], [room.clue(number).id for number in room.numbers]
    with reading(room.office.engine) as session:
        (share,) = lots.shares(session, [room.round])
    drawn = {id_ for id_ in ids if draw(room.office, id_, share).is_blind}
    assert hidden_suggestions(room.office, jia, ids) == drawn


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 1.0])
def test_blind_lots_fall_evenly_and_each_round_has_its_own(share: float) -> None:
    drawn = [lots.blind_lot(clue, 3_141_592_653) < share for clue in range(10_000)]
    assert sum(drawn) == pytest.approx(10_000 * share, abs=150)
    assert lots.blind_lot(7, 1) != lots.blind_lot(7, 2)


@pytest.mark.parametrize("filters", BY_SUGGESTION, ids=lambda one: str(one.query()))
def test_no_filter_by_suggestion_tells_that_a_blind_clue_is_there(room: Room, filters: Filters) -> None:
    room.shares(blind=1.0)
    found = open_board(room.office, room.people["jia"], filters)
    assert (found.rows, found.total, found.after) == ((), 0, "")


def test_counts_tell_nothing_of_blind_clues_but_that_they_wait(room: Room) -> None:
    room.shares(blind=1.0)
    found = counts(room.office, room.people["jia"], Filters())
    assert (found.category, found.grade) == ({}, {})
    assert found.show[Show.WAITING.value] == len(room.numbers)
    told = counts(room.office, room.people["head"], Filters())
    assert told.category == {GRAFT.value: len(room.numbers)}


def _clocks(room: Room, viewer: Viewer) -> list[object]:
    return [row.clocks for row in open_board(room.office, viewer, Filters()).rows]


def test_neither_clocks_nor_the_filter_by_limits_tell_that_a_blind_clue_is_thought_out_of_scope(room: Room) -> None:
    room.shares(blind=1.0)
    jia = replace(room.people["jia"], today=room.people["jia"].today.replace(year=room.people["jia"].today.year + 1))
    before = (
        _clocks(room, jia),
        open_board(room.office, jia, Filters(due=Due.NEAR)).total,
        today.today(room.office, jia),
    )
    unlabelled(room)
    after = _clocks(room, jia), open_board(room.office, jia, Filters(due=Due.NEAR)).total, today.today(room.office, jia)
    assert before == after


def test_a_blind_row_has_no_turn_that_tells_its_category(room: Room) -> None:
    room.shares(blind=1.0)
    with transaction(room.office.engine) as session:
        opened = session.scalar(select(Clues.created).limit(1))
        assert opened
        session.execute(update(Clues).values(created=opened.replace(year=opened.year - 1)))
    found = open_board(room.office, room.people["jia"], Filters())
    assert found.rows
    assert not any(row.turn for row in found.rows)


def _cells(room: Room, login: str, number: str) -> dict[str, object]:
    rows = ledger.rows(room.office, room.people[login])
    (row,) = (one for one in rows if one.clue == number)
    return {column.heading: column.cell(row) for column in COLUMNS}


def test_the_ledger_keeps_a_suggestion_from_whoever_reads_blind_and_tells_it_to_the_others(room: Room) -> None:
    room.shares(blind=1.0)
    number = room.numbers[0]
    blind = _cells(room, "jia", number)
    assert blind["问题类别"] == "—"
    assert not any(blind[name] for name in ("问题小类", "主要问题（脱敏摘要）", "可查性（系统建议）", "优先标记"))
    assert "贪污侵占" in str(_cells(room, "head", number)["问题类别"])
    decide(room.office, room.people["jia"], room.asked(number), Choice(labels=(GRAFT,)))
    assert _cells(room, "jia", number)["问题类别"] == _cells(room, "head", number)["问题类别"]


def test_a_postponed_clue_keeps_its_suggestion_in_the_ledger(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    before = _cells(room, "head", number)["问题类别"]
    postpone(room.office, jia, room.asked(number, "等材料"), jia.today.replace(year=jia.today.year + 1))
    assert _cells(room, "head", number)["问题类别"] == before


def test_a_clue_opened_again_tells_nobody_who_reads_blind_how_it_was_found_before(room: Room) -> None:
    number = room.numbers[0]
    decide(room.office, room.people["yi"], room.asked(number), Choice(labels=(GRAFT,)))
    with transaction(room.office.engine) as session:
        session.execute(update(Clues).where(Clues.number == number).values(state="open", **dict.fromkeys(FOUND)))
    assert [told.finding for told in open_clue(room.office, room.people["jia"], number).history if told.finding]
    room.shares(blind=1.0)
    assert open_clue(room.office, room.people["jia"], number).history == ()
