import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import true

from tests.services.deciding import GRAFT, WINDS, Room, furnish
from xiansuo.domain.category import Category
from xiansuo.domain.decision import Outcome
from xiansuo.domain.people import Role
from xiansuo.errors import RefusedError
from xiansuo.evaluation.agreement import Agreement
from xiansuo.services.agreement import agreement, agreement_for
from xiansuo.services.decide import Choice, decide
from xiansuo.services.office import Office
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Samples

NONE: Sequence[Category] = ()
TEAMS = (("jia", "yi"), ("yi", "lead"), ("lead", "jia"))


def _read(room: Room, login: str, number: str, labels: Sequence[Category], *, revises: bool = False) -> None:
    choice = Choice(labels=tuple(labels), revises=revises) if labels else Choice(Outcome.NO_SUBSTANCE, revises=revises)
    decide(room.office, room.people[login], room.asked(number), choice)


def _measured(room: Room, **between: object) -> Agreement:
    with reading(room.office.engine) as session:
        return agreement(session, where=true(), **between)  # type: ignore[arg-type]


def _read_twice(room: Room, numbers: Sequence[str], *, alike: int) -> None:
    room.shares(double=1.0)
    for place, number in enumerate(numbers):
        first, second = TEAMS[place % 3]
        _read(room, first, number, [GRAFT])
        _read(room, second, number, [GRAFT] if place < alike else NONE)


@pytest.fixture
def busy(office: Office) -> Room:
    return furnish(office, 33)


def test_only_clues_that_a_lot_chose_are_compared(room: Room) -> None:
    _read_twice(room, room.numbers[:2], alike=1)
    room.shares(double=0.0)
    _read(room, "jia", room.numbers[2], [GRAFT])
    assert _measured(room).pairs == 2


def test_the_word_of_the_lead_between_two_readers_is_no_reading(room: Room) -> None:
    room.shares(double=1.0)
    number = room.numbers[0]
    _read(room, "jia", number, [GRAFT])
    _read(room, "yi", number, [WINDS])
    decide(room.office, room.people["lead"], room.asked(number, "看过"), Choice(labels=(WINDS,)))
    assert _measured(room).pairs == 1


def test_the_figures_are_those_of_the_readings(busy: Room) -> None:
    _read_twice(busy, busy.numbers, alike=24)
    found = _measured(busy)
    assert (found.pairs, found.withheld, found.lacking) == (33, False, 0)
    assert found.same is not None
    assert found.same.value == pytest.approx(24 / 33)
    scope = found.questions[0]
    # The suggestion named the category in every clue, as did every first reader.
    assert (scope.people.both, scope.people.one, scope.machine.both, scope.machine.one) == (24, 9, 57, 9)


def test_nothing_in_the_figures_names_or_counts_a_person(busy: Room) -> None:
    _read_twice(busy, busy.numbers, alike=30)
    told = json.dumps(asdict(_measured(busy)), ensure_ascii=False)
    assert not [word for word in ("jia", "yi", "lead", "reader", "account") if f'"{word}' in told]


def test_two_readers_alone_get_no_figure_about_themselves(busy: Room) -> None:
    busy.shares(double=1.0)
    for number in busy.numbers:
        _read(busy, "jia", number, [GRAFT])
        _read(busy, "yi", number, [GRAFT])
    found = _measured(busy)
    assert (found.pairs, found.withheld, found.same, found.questions) == (33, True, None, ())


def test_what_sight_changes_is_counted_on_the_share_drawn_and_without_the_random_sample(room: Room) -> None:
    room.shares(blind=0.999)
    first, second, third = room.numbers[:3]
    _read(room, "jia", first, [WINDS])
    _read(room, "jia", first, [GRAFT], revises=True)
    _read(room, "yi", second, [GRAFT])
    _read(room, "lead", third, [GRAFT])
    with transaction(room.office.engine) as session:
        clue, at = room.clue(third), room.clue(third).created
        session.add(Samples(clue_id=clue.id, drawn=at.date(), lot=0.0, share=0.1, pile=4, rank=5.0, created=at))
    assert (_measured(room).sight.blind, _measured(room).sight.seen) == (2, 0)


def test_a_pair_counts_on_the_day_of_its_second_reading(room: Room) -> None:
    _read_twice(room, room.numbers[:1], alike=1)
    today = room.people["jia"].today
    assert _measured(room, since=today, until=today).pairs == 1
    assert _measured(room, until=today - timedelta(days=1)).pairs == 0


def test_a_person_without_the_power_is_refused_and_one_outside_the_round_sees_nothing(room: Room) -> None:
    _read_twice(room, room.numbers[:1], alike=1)
    with pytest.raises(RefusedError):
        agreement_for(room.office, room.people["jia"])
    assert agreement_for(room.office, room.people["lead"]).pairs == 1
    outside = replace(room.people["lead"], rounds=(), role=Role.LEAD)
    assert agreement_for(room.office, outside).pairs == 0
