"""A decision whose process is killed before any one of its statements, and sent again by the browser."""

import os
import signal
from dataclasses import replace
from itertools import count

from sqlalchemy import Engine, event

from tests.services.deciding import GRAFT, Room
from xiansuo.domain.decision import ClueState
from xiansuo.services.decide import Asked, Choice, decide
from xiansuo.services.office import Office
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import open_engine, reading

MOST = 200
CONFIRM = Choice(labels=(GRAFT,))


def decided(room: Room, asked: Asked, *, dies_at: int) -> bool:
    """Decide in a process of its own that is killed before its statement of this number; tell whether it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            office = opened_anew(room.office)
            numbers = count(1)

            def die(*_given: object) -> None:
                if next(numbers) == dies_at:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(Engine, "before_cursor_execute", die)
            event.listen(Engine, "commit", die)
            decide(office, room.people["jia"], asked, CONFIRM)
            os._exit(0)
        finally:
            os._exit(1)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in {0, -signal.SIGKILL}
    return ended == 0


def opened_anew(office: Office) -> Office:
    """The same office over connections of its own: a process may not use those of the one it was forked from."""
    url = office.engine.url
    is_file = url.get_backend_name() == "sqlite"
    where = office.state_dir if is_file else url.render_as_string(hide_password=False)
    return replace(office, engine=open_engine(where))


def told(room: Room) -> list[str]:
    """What the trail says was done with clues."""
    with reading(room.office.engine) as session:
        return [one.action for one in audit.page(session) if one.object_kind == "clue"]


def test_a_decision_killed_anywhere_is_not_there_at_all_and_sent_again_is_there_once(room: Room) -> None:
    number = room.numbers[0]
    asked = room.asked(number, "看过")
    before = room.clue(number).version
    for at in range(1, MOST):
        if decided(room, asked, dies_at=at):
            break
        assert (room.rows(number), room.state(number), room.clue(number).version) == ([], ClueState.OPEN, before)
        assert told(room) == []
    assert 5 < at < MOST
    again = decide(room.office, room.people["jia"], asked, CONFIRM)
    assert (again.state, room.state(number)) == (ClueState.DECIDED, ClueState.DECIDED)
    assert (len(room.rows(number)), room.clue(number).version, len(told(room))) == (1, before + 1, 1)
