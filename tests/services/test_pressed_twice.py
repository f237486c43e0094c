"""A button pressed twice at the same moment: every act that carries a request key is done once, on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.services.deciding import GRAFT, Room, together
from tests.services.handling_samples import asked, decided, transfer_officer, whole
from xiansuo.domain.reveal import Secret
from xiansuo.domain.rounds import RoundPlan
from xiansuo.services import decide, handling, handover, recusal, reveal, rounds
from xiansuo.storage.session import reading
from xiansuo.storage.tables import (
    ClueBlocks,
    Decisions,
    Dispositions,
    HandOvers,
    Letters,
    Reveals,
    Rounds,
)
from xiansuo.storage.tables.base import Base

Act = Callable[[], object]


def _decide(room: Room) -> Act:
    act, choice = room.asked(room.numbers[0], request="k"), decide.Choice(labels=(GRAFT,))
    return lambda: decide.decide(room.office, room.people["jia"], act, choice)


def _postpone(room: Room) -> Act:
    act, jia = room.asked(room.numbers[0], "等材料", request="k"), room.people["jia"]
    return lambda: decide.postpone(room.office, jia, act, jia.today + timedelta(days=5))


def _handle(room: Room) -> Act:
    lead, number = room.people["lead"], decided(room)
    act = asked(room, number, "k")
    return lambda: handling.record(room.office, lead, act, whole(lead.today))


def _hand_over(room: Room) -> Act:
    officer, number = transfer_officer(room), decided(room)
    return lambda: handover.open_batch(room.office, officer, "县纪委案管室", [number], request="k")


def _open_round(room: Room) -> Act:
    head = room.people["head"]
    plan = RoundPlan("二轮", head.today, head.today + timedelta(days=9), all_units=True)
    return lambda: rounds.create(room.office, head, plan, "k")


def _ask(room: Room) -> Act:
    number = room.numbers[0]
    with reading(room.office.engine) as session:
        letter = session.scalars(select(Letters.number).where(Letters.id == room.letters[number])).one()
    wanted = reveal.Ask(number, letter, Secret.IDENTITY, "核实反映人是否本人来信并约谈", "k")
    return lambda: reveal.ask(room.office, room.people["jia"], wanted)


def _give_up(room: Room) -> Act:
    return lambda: recusal.recuse(room.office, room.people["jia"], room.numbers[0], "k")


@pytest.mark.parametrize(
    ("prepare", "table", "rows"),
    [
        (_decide, Decisions, 1),
        (_postpone, Decisions, 1),
        (_handle, Dispositions, 1),
        (_hand_over, HandOvers, 1),
        (_open_round, Rounds, 2),
        (_ask, Reveals, 1),
        (_give_up, ClueBlocks, 1),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_an_act_pressed_twice_at_once_is_done_once_and_answers_alike(
    room: Room, prepare: Callable[[Room], Act], table: type[Base], rows: int
) -> None:
    act = prepare(room)
    first, second = together(act, act)
    assert first == second
    with reading(room.office.engine) as session:
        assert session.scalar(select(func.count()).select_from(table)) == rows
