"""The daily look at deadlines counts what pages show, and puts postponed clues back."""

from datetime import timedelta

from sqlalchemy import update

from tests.services.deciding import Room
from xiansuo.domain.decision import ClueState
from xiansuo.services.due import look
from xiansuo.services.today import Task, today
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Clues


def test_the_daily_look_counts_what_a_reviewer_sees(room: Room) -> None:
    day = room.people["jia"].today
    with transaction(room.office.engine) as session:
        late = update(Clues).where(Clues.number.in_(room.numbers[:2]))
        session.execute(late.values(since=day - timedelta(days=200), received=day - timedelta(days=200)))
    found = look(room.office, day)
    shown = {one.task: one.count for one in today(room.office, room.people["jia"]).waiting}
    assert found["over"] == shown[Task.OVER] == 2
    assert found["near"] == shown.get(Task.NEAR, 0)


def test_a_postponed_clue_comes_back_on_its_day(room: Room) -> None:
    day = room.people["jia"].today
    with transaction(room.office.engine) as session:
        chosen = update(Clues).where(Clues.number == room.numbers[0])
        session.execute(chosen.values(state=ClueState.POSTPONED, postponed_until=day))
    assert look(room.office, day - timedelta(days=1))["woken"] == 0
    assert look(room.office, day)["woken"] == 1
    assert room.state(room.numbers[0]) is ClueState.OPEN
