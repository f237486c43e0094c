"""The draw from what was set aside: by secret lot alone, at one share for all, in place whatever moves, and noticed by nobody."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.services.deciding import GRAFT, Room, furnish
from tests.services.samples import BENEFITS, write
from xiansuo.domain.board import Filters
from xiansuo.domain.decision import Mode, Outcome
from xiansuo.domain.people import Viewer
from xiansuo.services import board, elusion, leases
from xiansuo.services.board import counts, open_board
from xiansuo.services.briefly import Briefly
from xiansuo.services.decide import Choice, decide
from xiansuo.services.elusion import base_rate, draw, lot, statement
from xiansuo.services.office import Office
from xiansuo.services.queue import as_records, top
from xiansuo.services.readings import hidden_suggestions
from xiansuo.services.stopping import draw_more
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.services.turns import Lined
from xiansuo.services.workplace import open_clue
from xiansuo.storage.repositories import samples
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import ClueBlocks, Clues, Samples


def low(room: Room, *numbers: str, rank: float = 5.0) -> None:
    """Let clues rank below the floor."""
    with transaction(room.office.engine) as session:
        session.execute(update(Clues).where(Clues.number.in_(numbers)).values(rank=rank))


def share(room: Room, to: float) -> None:
    with transaction(room.office.engine) as session:
        samples.raise_share(session, to, "测试", "多抽")


def drawn(office: Office) -> set[int]:
    with reading(office.engine) as session:
        return set(session.scalars(select(Samples.clue_id)))


def today(room: Room) -> Viewer:
    return room.people["jia"]


def test_only_what_waits_below_the_floor_is_set_aside_and_drawn(room: Room) -> None:
    share(room, 1.0)
    low(room, *room.numbers[2:])
    assert draw(room.office, today(room).today) == 2
    assert drawn(room.office) == {room.clue(number).id for number in room.numbers[2:]}
    assert room.clue(room.numbers[0]).set_aside is None
    assert draw(room.office, today(room).today) == 0


@pytest.mark.parametrize("wanted", [0.3, 0.7])
def test_who_is_drawn_hangs_on_the_lot_alone_and_a_larger_share_draws_more_of_the_same(
    office: Office, wanted: float
) -> None:
    room = furnish(office, 60)
    low(room, *room.numbers)
    ids = [room.clue(number).id for number in room.numbers]
    draw(office, today(room).today)
    few = drawn(office)
    share(room, wanted)
    draw(office, today(room).today)
    assert few <= drawn(office) == {one for one in ids if lot(office.keyring, one) < wanted}


def test_lots_fall_evenly(office: Office) -> None:
    lots = [lot(office.keyring, clue) for clue in range(20_000)]
    assert sum(one < 0.02 for one in lots) == pytest.approx(400, abs=80)
    assert sum(lots) / len(lots) == pytest.approx(0.5, abs=0.01)


def test_a_clue_that_rises_after_it_was_set_aside_stays_in_the_pile(room: Room) -> None:
    share(room, 1.0)
    low(room, *room.numbers)
    draw(room.office, today(room).today)
    low(room, room.numbers[0], rank=95.0)
    with reading(room.office.engine) as session:
        assert statement(session).pile == len(room.numbers)


def test_what_is_not_yet_checked_for_recusals_is_not_drawn(room: Room) -> None:
    share(room, 1.0)
    low(room, *room.numbers)
    with transaction(room.office.engine) as session:
        session.execute(update(Clues).values(screened=False))
    assert draw(room.office, today(room).today) == 0


def test_a_statement_counts_what_people_found_in_the_sample_and_before_it(room: Room) -> None:
    share(room, 1.0)
    low(room, *room.numbers[1:])
    draw(room.office, today(room).today)
    for number, choice in zip(room.numbers, _choices(), strict=False):
        decide(room.office, today(room), room.asked(number), choice)
    with reading(room.office.engine) as session:
        said = statement(session)
        nothing = statement(session, where=Clues.id < 0)
        before = statement(session, until=today(room).today - timedelta(days=1))
        rate = base_rate(session)
    assert (said.pile, said.read, said.found, said.pending, said.ahead.found) == (3, 3, 1, 0, 1)
    assert (said.most, said.low, said.may_remain) == (1, 1, 0)
    assert (nothing.pile, before.pile) == (0, 0)
    assert rate is not None
    assert (rate.low, rate.rate, rate.high) == (0.5, 0.5, 0.5)


def _choices() -> list[Choice]:
    outside = Choice(Outcome.NO_SUBSTANCE)
    return [Choice(labels=(GRAFT,)), Choice(labels=(GRAFT,)), outside, outside]


def test_a_drawn_clue_is_read_blind_first_and_both_steps_are_kept(room: Room) -> None:
    share(room, 1.0)
    low(room, room.numbers[3])
    draw(room.office, today(room).today)
    number, jia = room.numbers[3], today(room)
    assert hidden_suggestions(room.office, jia, [room.clue(number).id]) == {room.clue(number).id}
    done = decide(room.office, jia, room.asked(number), Choice(labels=(GRAFT,)))
    assert done.compare
    (row,) = room.rows(number)
    assert (row.mode, row.saw) == (Mode.BLIND_FIRST, False)
    assert hidden_suggestions(room.office, jia, [room.clue(number).id]) == frozenset()


def test_whoever_decides_nothing_sees_no_clue_kept_back(room: Room) -> None:
    share(room, 1.0)
    low(room, *room.numbers)
    draw(room.office, today(room).today)
    assert hidden_suggestions(room.office, room.people["head"], drawn(room.office)) == frozenset()


def _twin_office(office: Office) -> Room:
    """All clues alike in content and rank, all read blind first."""
    room = furnish(office, 45)
    room.shares(blind=1.0)
    low(room, *room.numbers)
    return room


@pytest.mark.parametrize("login", ["jia", "lead", "head"])
def test_no_list_count_or_page_tells_a_drawn_clue_from_another_blind_one(office: Office, login: str) -> None:
    room = _twin_office(office)
    before = _seen(room, login)
    share(room, 0.5)
    assert 0 < draw(office, today(room).today) < len(room.numbers)
    assert _seen(room, login) == before


def _seen(room: Room, login: str) -> object:
    """Everything a person can see of the clues; where those brought forward stand is left out."""
    viewer = room.people[login]
    board = open_board(room.office, viewer, Filters(), limit=100)
    rows = sorted(board.rows, key=lambda row: row.clue.number)
    told = sorted(as_records(top(room.office, limit=None, viewer=viewer)), key=lambda row: str(row["clue"]))
    pages = [replace(open_clue(room.office, viewer, number), request="") for number in room.numbers[:6]]
    leases.free_all(room.office, viewer.account)
    return rows, counts(room.office, viewer, Filters()), pages, told


def test_who_is_shown_suggestions_finds_the_board_as_it_was_and_only_who_reads_blind_meets_the_drawn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The foremost of each turn are kept for a minute, which would hide what the draw does.
    monkeypatch.setattr(board, "_LINES", Briefly[Lined](0.0))
    # The last has the first lot: one that stands at its turn's place already would not move.
    monkeypatch.setattr(elusion, "lot", lambda _keyring, clue: 1 / (clue + 1))
    room = _twin_office(office)
    before = {login: _order(room, login) for login in ("head", "jia")}
    share(room, 0.5)
    draw(office, today(room).today)
    assert _order(room, "head") == before["head"]
    assert _order(room, "jia") != before["jia"]


def _order(room: Room, login: str) -> list[tuple[str, str]]:
    found = open_board(room.office, room.people[login], Filters(), limit=100)
    return [(row.clue.number, row.turn) for row in found.rows]


def test_who_asks_for_more_is_told_only_of_clues_that_person_may_meet(room: Room) -> None:
    low(room, *room.numbers)
    draw(room.office, today(room).today)
    lead = room.people["lead"]
    with transaction(room.office.engine) as session:
        kept = room.clue(room.numbers[0]).id
        session.add(ClueBlocks(clue_id=kept, account_id=lead.account, source="t", created=now()))
    before = len(drawn(room.office))
    more = draw_more(room.office, lead, 1.0, "都读")
    assert kept in drawn(room.office)
    assert more == len(room.numbers) - before - 1


def test_every_run_draws_from_what_it_set_aside(bench: Bench, letters_folder: Path) -> None:
    with transaction(bench.office.engine) as session:
        samples.raise_share(session, 1.0, "测试", "全抽")
    ingest_paths(bench, [write(letters_folder, {"1.txt": BENEFITS, "2.txt": "柳河镇街上的路灯坏了，请有关部门维修。"})])
    work_off(bench)
    floor = bench.analyser.ranking.rubric.floor
    with reading(bench.office.engine) as session:
        low = set(session.scalars(select(Clues.id).where(Clues.rank < floor)))
    assert drawn(bench.office) == low != set()


def test_the_queue_at_the_command_line_keeps_the_suggestion_back_as_the_page_does(room: Room) -> None:
    share(room, 1.0)
    low(room, room.numbers[3])
    draw(room.office, today(room).today)
    rows = {str(row["clue"]): row for row in as_records(top(room.office, limit=None, viewer=today(room)))}
    kept, shown = rows[room.numbers[3]], rows[room.numbers[0]]
    assert (kept["rank"], kept["labels"], kept["scope"], kept["why"]) == (None, [], None, [])
    assert (shown["rank"], shown["labels"]) == (90.0, [GRAFT.value])
    told = {
        str(row["clue"]): row["rank"] for row in as_records(top(room.office, limit=None, viewer=room.people["head"]))
    }
    assert told[room.numbers[3]] == 5.0


def test_the_drawn_come_first_at_their_turn(office: Office) -> None:
    room = furnish(office, 60)
    low(room, *room.numbers[45:])
    share(room, 1.0)
    draw(office, today(room).today)
    order = [str(row["clue"]) for row in as_records(top(office, limit=None, viewer=today(room)))]
    with reading(office.engine) as session:
        first = session.scalar(select(Clues.number).join(Samples).order_by(Samples.lot).limit(1))
    assert first in order[:40]
