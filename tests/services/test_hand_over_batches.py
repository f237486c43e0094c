"""Batches of clues handed on: list, receipt of both sides, returns; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.services.deciding import Room
from tests.services.handling_samples import aged, asked, decided, transfer_officer, whole
from xiansuo.domain.handling import BatchState
from xiansuo.domain.people import Viewer
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services import handover
from xiansuo.services.handling import record
from xiansuo.services.unanswered import Lack, counts, rows, total
from xiansuo.storage.repositories.handovers import Batch
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import ClueBlocks


@pytest.fixture
def officer(room: Room) -> Viewer:
    return transfer_officer(room)


def opened(room: Room, officer: Viewer, *places: int, request: str = "key-1") -> Batch:
    numbers = [decided(room, place) for place in places]
    return handover.open_batch(room.office, officer, "县纪委案管室", numbers, request=request)


def received(room: Room, officer: Viewer, number: str) -> Batch:
    handover.hand(room.office, officer, number, by="移交员丙", on=officer.today)
    return handover.receive(room.office, officer, number, by="签收人丁", on=officer.today)


def test_a_batch_is_handed_over_and_signed_for_by_both_sides(room: Room, officer: Viewer) -> None:
    batch = opened(room, officer, 0, 1)
    received(room, officer, batch.number)
    seen = handover.look(room.office, officer, batch.number)
    assert (seen.batch.state, seen.batch.handed_by, seen.batch.received_by) == (
        BatchState.RECEIVED,
        "移交员丙",
        "签收人丁",
    )
    assert [line.row.clue for line in seen.lines] == room.numbers[:2]
    assert batch.number.startswith(f"YJ-{officer.today.year}-")


def test_opening_and_signing_twice_does_it_once(room: Room, officer: Viewer) -> None:
    batch = opened(room, officer, 0)
    again = handover.open_batch(room.office, officer, "县纪委案管室", room.numbers[:1], request="key-1")
    assert again.number == batch.number
    assert received(room, officer, batch.number) is not None
    handover.receive(room.office, officer, batch.number, by="签收人丁", on=officer.today)
    assert len(handover.listed(room.office, officer)) == 1


def test_a_clue_in_an_open_batch_is_refused_with_its_number(room: Room, officer: Viewer) -> None:
    batch = opened(room, officer, 0)
    with pytest.raises(ConflictError, match=batch.number):
        handover.open_batch(room.office, officer, "审计局", room.numbers[:1], request="key-2")
    assert len(handover.listed(room.office, officer)) == 1


def test_only_decided_clues_are_handed_on(room: Room, officer: Viewer) -> None:
    with pytest.raises(ConflictError, match="待审"):
        handover.open_batch(room.office, officer, "审计局", room.numbers[:1], request="key-2")
    assert handover.waiting(room.office, officer) == []


def test_a_batch_under_preparation_takes_and_gives_clues_and_a_handed_one_does_not(room: Room, officer: Viewer) -> None:
    batch = opened(room, officer, 0)
    other = decided(room, 1)
    handover.add(room.office, officer, batch.number, [other, room.numbers[0]])
    handover.take_out(room.office, officer, batch.number, room.numbers[0])
    assert [line.row.clue for line in handover.look(room.office, officer, batch.number).lines] == [other]
    handover.hand(room.office, officer, batch.number, by="移交员丙", on=officer.today)
    for act in (handover.take_out, lambda *given: handover.add(*given[:3], [given[3]])):
        with pytest.raises(ConflictError, match="已经移交"):
            act(room.office, officer, batch.number, other)


def test_nobody_signs_for_what_he_hands_over_and_no_day_runs_backwards(room: Room, officer: Viewer) -> None:
    batch = opened(room, officer, 0)
    with pytest.raises(ConflictError, match="还没有移交"):
        handover.receive(room.office, officer, batch.number, by="签收人丁", on=officer.today)
    handover.hand(room.office, officer, batch.number, by="移交员丙", on=officer.today)
    with pytest.raises(RefusedError, match="同一个人"):
        handover.receive(room.office, officer, batch.number, by="移交员丙", on=officer.today)
    for day in (officer.today - timedelta(days=1), officer.today + timedelta(days=1)):
        with pytest.raises(XiansuoError, match="日期"):
            handover.receive(room.office, officer, batch.number, by="签收人丁", on=day)


def test_what_came_back_is_unanswered_until_it_goes_on(room: Room, officer: Viewer) -> None:
    batch, lead = opened(room, officer, 0, 1), room.people["lead"]
    received(room, officer, batch.number)
    number = room.numbers[0]
    with pytest.raises(XiansuoError, match="退回理由"):
        handover.give_back(room.office, officer, batch.number, number, reason=" ", on=officer.today)
    handover.give_back(room.office, officer, batch.number, number, reason="不属本单位管辖", on=officer.today)
    assert [row.followed.clue.number for row in rows(room.office, lead, Lack.RETURNED)] == [number]
    assert [row.clue for row in handover.waiting(room.office, officer, returned=True)] == [number]
    handover.open_batch(room.office, officer, "县审计局", [number], request="key-9")
    assert rows(room.office, lead, Lack.RETURNED) == []


def test_a_clue_on_its_way_cannot_end(room: Room, officer: Viewer) -> None:
    batch, lead = opened(room, officer, 0), room.people["lead"]
    handover.hand(room.office, officer, batch.number, by="移交员丙", on=officer.today)
    with pytest.raises(XiansuoError, match=batch.number):
        record(room.office, lead, asked(room, room.numbers[0]), whole(lead.today), end=True)
    assert counts(room.office, lead)[Lack.UNRECEIPTED] == 1


def test_every_clue_that_is_not_at_its_end_is_found_and_none_that_is(room: Room) -> None:
    lead = room.people["lead"]
    undisposed, untold, unfinished, ended = (decided(room, place) for place in range(4))
    late = whole(lead.today - timedelta(days=1))
    steps = {
        untold: (replace(late, feedback=None, due=lead.today - timedelta(days=1)), False),
        unfinished: (late, False),
        ended: (late, True),
    }
    for number, (handling, end) in steps.items():
        record(room.office, lead, asked(room, number), handling, end=end)
    found = {
        lack: [row.followed.clue.number for row in rows(room.office, lead, lack)]
        for lack in (Lack.UNDISPOSED, Lack.UNTOLD, Lack.UNFINISHED)
    }
    assert found == {Lack.UNDISPOSED: [undisposed], Lack.UNTOLD: [untold], Lack.UNFINISHED: [unfinished]}
    assert [row.followed.clue.number for row in rows(room.office, lead, Lack.OVERDUE)] == [untold]
    assert total(room.office, lead, room.round) == 3


def test_a_clue_without_disposition_is_overdue_after_a_month(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    aged(room, number, days=40)
    assert [row.followed.clue.number for row in rows(room.office, lead, Lack.OVERDUE)] == [number]


def test_who_is_kept_away_meets_a_clue_in_no_list_batch_or_count(room: Room, officer: Viewer) -> None:
    batch, lead = opened(room, officer, 0, 1), room.people["lead"]
    with transaction(room.office.engine) as session:
        hidden = room.clue(room.numbers[0]).id
        for viewer in (officer, lead):
            session.add(ClueBlocks(account_id=viewer.account, clue_id=hidden, source="self", created=now()))
    assert [line.row.clue for line in handover.look(room.office, officer, batch.number).lines] == [room.numbers[1]]
    assert [one.clues for one in handover.listed(room.office, officer)] == [1]
    assert counts(room.office, lead)[Lack.UNDISPOSED] == 1
    with pytest.raises(NotVisibleError):
        handover.take_out(room.office, officer, batch.number, room.numbers[0])
