"""Decisions as gold: which count, how much, and how the gold stood when an earlier decision was the last one."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.services.deciding import GRAFT, WINDS, Room
from tests.services.mailbag import draw
from tests.storage.samples import new_letter
from xiansuo.domain.decision import Act, Mode, Outcome, Standing
from xiansuo.domain.gold import Care, Gold
from xiansuo.domain.suggestion import Facts, Relation
from xiansuo.services import relink
from xiansuo.services.decide import Choice, decide, postpone, undo
from xiansuo.services.gold import gold, teachable
from xiansuo.storage.repositories import clues, decisions, letters, links
from xiansuo.storage.repositories.clues import ClueLetter
from xiansuo.storage.repositories.decisions import NewDecision
from xiansuo.storage.repositories.links import StoredFacts
from xiansuo.storage.session import add_rows, reading, transaction
from xiansuo.storage.tables import Clues, Decisions

CONFIRM, CORRECT = Choice(labels=(GRAFT,)), Choice(labels=(WINDS,))
OUTSIDE = Choice(Outcome.OUT_OF_SCOPE, destination="Z1")


def told(room: Room, until: int | None = None) -> list[Gold]:
    with reading(room.office.engine) as session:
        return gold(session, until=until)


def decided(room: Room, login: str, place: int, choice: Choice, note: str = "") -> int:
    """Decide about the clue at this place and return the decision's id."""
    number = room.numbers[place]
    decide(room.office, room.people[login], room.asked(number, note), choice)
    return room.rows(number)[-1].id


def letter_of(room: Room, place: int) -> int:
    return room.letters[room.numbers[place]]


def test_gold_is_told_in_the_order_of_decisions_by_main_letter(room: Room) -> None:
    second, first = decided(room, "jia", 1, CONFIRM), decided(room, "yi", 0, OUTSIDE)
    assert [(one.decision, one.letter, one.in_scope) for one in told(room)] == [
        (second, letter_of(room, 1), True),
        (first, letter_of(room, 0), False),
    ]
    assert {one.care for one in told(room)} == {Care.SEEN}


def test_what_was_taken_back_is_no_gold_but_was_before(room: Room) -> None:
    first = decided(room, "jia", 0, CONFIRM)
    undo(room.office, room.people["jia"], room.asked(room.numbers[0]), first)
    assert told(room) == []
    assert [one.decision for one in told(room, until=first)] == [first]


def test_a_postponed_clue_is_no_gold(room: Room) -> None:
    jia = room.people["jia"]
    postpone(room.office, jia, room.asked(room.numbers[0], "等核对"), jia.today + timedelta(days=3))
    assert told(room) == []


def test_two_readings_are_gold_when_they_agree_or_the_lead_has_decided(room: Room) -> None:
    room.shares(double=1.0)
    decided(room, "jia", 0, CONFIRM)
    decided(room, "jia", 1, CONFIRM)
    assert told(room) == []
    agreed, differs = decided(room, "yi", 0, CONFIRM), decided(room, "yi", 1, OUTSIDE)
    assert [(one.decision, one.care) for one in told(room)] == [(agreed, Care.DOUBLE)]
    final = decided(room, "lead", 1, OUTSIDE, "说得不具体")
    assert [(one.decision, one.care, one.in_scope) for one in told(room)][1:] == [(final, Care.ADJUDICATED, False)]
    assert [one.decision for one in told(room, until=differs)] == [agreed]


def test_a_reading_that_was_blind_counts_more_also_after_it_was_compared(room: Room) -> None:
    room.shares(blind=1.0)
    first = decided(room, "jia", 0, CORRECT)
    revised = decided(room, "jia", 0, Choice(labels=(GRAFT,), revises=True))
    (one,) = told(room)
    assert (one.decision, one.care, one.categories) == (revised, Care.BLIND, {GRAFT})
    (before,) = told(room, until=first)
    assert (before.care, before.categories) == (Care.BLIND, {WINDS})


def test_nobody_learns_from_what_was_not_sure_had_no_substance_or_was_drawn(room: Room) -> None:
    decided(room, "jia", 0, Choice(Outcome.UNSURE))
    decided(room, "jia", 1, Choice(Outcome.NO_SUBSTANCE))
    decided(room, "jia", 2, CONFIRM)
    kept = decided(room, "jia", 3, CONFIRM)
    draw(room.office, room.clue(room.numbers[2]).id)
    assert [(one.letter, one.teaches) for one in told(room)] == [
        (letter_of(room, 1), False),
        (letter_of(room, 2), False),
        (letter_of(room, 3), True),
    ]
    with reading(room.office.engine) as session:
        assert [one.decision for one in teachable(session)] == [kept]


def test_a_clue_that_came_back_with_a_new_letter_keeps_its_gold_until_it_is_read_again(room: Room) -> None:
    first = decided(room, "jia", 0, CONFIRM)
    with transaction(room.office.engine) as session:
        (earlier,) = letters.get(session, [letter_of(room, 0)])
        (new,) = letters.add(session, [new_letter(earlier.source_id, text="同一件事的另一封信。")])
        clues.attach(session, ClueLetter(room.clue(room.numbers[0]).id, new, Relation.SAME_MATTER))
        session.execute(update(Clues).values(screened=True))
    assert [one.decision for one in told(room)] == [first]
    again = decided(room, "yi", 0, OUTSIDE)
    assert [(one.decision, one.in_scope) for one in told(room)] == [(again, False)]
    assert [(one.decision, one.in_scope) for one in told(room, until=first)] == [(first, True)]


def moved(room: Room, place: int, to: int | None) -> str:
    """Merge the clue into another one, or take its main letter out; return the key of the act."""
    with transaction(room.office.engine) as session:
        links.replace_facts(session, {id_: StoredFacts((), Facts()) for id_ in room.letters.values()})
    clue = room.clue(room.numbers[place])
    asked = relink.Asked(f"move-{place}", clue.number, clue.version)
    lead = room.people["lead"]
    if to is not None:
        relink.merge(room.office, lead, asked, to=room.numbers[to])
    else:
        with reading(room.office.engine) as session:
            (letter,) = letters.get(session, [clue.main_letter])
        relink.move(room.office, lead, asked, letter.number)
    return asked.request


def test_a_merged_clue_keeps_its_gold_and_the_letter_it_was_told_by(room: Room) -> None:
    first = decided(room, "jia", 0, CONFIRM)
    moved(room, 0, to=1)
    assert [(one.decision, one.letter) for one in told(room)] == [(first, letter_of(room, 0))]


def test_gold_lapses_when_a_letter_is_taken_out_and_is_back_when_that_is_undone(room: Room) -> None:
    moved(room, 1, to=0)
    first = decided(room, "jia", 0, CONFIRM)
    request = moved(room, 0, to=None)
    other = decided(room, "jia", 2, CONFIRM)
    assert [one.decision for one in told(room)] == [other]
    assert [(one.decision, one.letter) for one in told(room, until=first)] == [(first, letter_of(room, 0))]
    relink.undo(room.office, room.people["lead"], room.numbers[0], request)
    assert next((one.decision, one.letter) for one in told(room)) == (first, letter_of(room, 0))
    assert [one.decision for one in told(room, until=other)] == [other]


@pytest.mark.parametrize("room", ["sqlite"], indirect=True)
def test_twenty_thousand_decided_clues_are_told(room: Room) -> None:
    with transaction(room.office.engine) as session:
        template = session.scalars(select(Clues)).first()
        assert template is not None
        columns = {one.name: getattr(template, one.name) for one in Clues.__table__.columns}
        add_rows(session, Clues, [{**columns, "id": 10 + n, "number": f"XS-9-{n}"} for n in range(20_000)])
        new = NewDecision(10, room.people["jia"].account, "a", 1, Act.DECIDE, Standing(), mode=Mode.OPEN)
        row = session.get_one(Decisions, decisions.add(session, new))
        one = {column.name: getattr(row, column.name) for column in Decisions.__table__.columns}
        one |= {"outcome": "confirmed", "labels": [GRAFT.value]}
        add_rows(
            session, Decisions, [{**one, "id": 10 + n, "clue_id": 10 + n, "request": str(n)} for n in range(20_000)]
        )
    assert len(told(room)) == 20_000
