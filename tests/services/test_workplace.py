"""What a person finds when opening a clue, and what is kept while working on it."""

from datetime import date

import pytest

from tests.services.deciding import GRAFT, TEXT, WINDS, Room
from xiansuo.domain.decision import Act, ClueState, Mode, Origin, Outcome
from xiansuo.errors import NotVisibleError, XiansuoError
from xiansuo.services.decide import Choice, decide, undo
from xiansuo.services.drafting import (
    Typed,
    add_allegation,
    drop_allegation,
    keep,
    refile_allegation,
    restore_allegation,
)
from xiansuo.services.workplace import Workplace, open_clue

CONFIRM = Choice(labels=(GRAFT,))


def opened(room: Room, login: str, number: str = "") -> Workplace:
    return open_clue(room.office, room.people[login], number or room.numbers[0])


def letter_number(room: Room) -> str:
    return opened(room, "lead").allegations[0].letter


def test_opening_takes_a_free_clue_and_tells_the_next_who_reads(room: Room) -> None:
    place = opened(room, "jia")
    assert (place.held.mine, place.mode, place.suggested, place.word) == (True, Mode.OPEN, (GRAFT,), "很可能")
    assert [(one.quote, one.one.subtype) for one in place.allegations] == [(TEXT[:11], "B6")]
    other = opened(room, "yi")
    assert (other.held.by, other.mode) == ("jia", None)
    assert opened(room, "head").turn.why_not


def test_what_is_typed_is_there_again(room: Room) -> None:
    jia, number = room.people["jia"], room.numbers[0]
    keep(room.office, jia, number, Typed("会计姓名对不上", (WINDS,), "Z1", date(2030, 1, 2)))
    place = opened(room, "jia")
    assert (place.draft.note, place.labels, place.destination) == ("会计姓名对不上", (WINDS,), "Z1")
    assert (place.draft.until, place.outcome) == (date(2030, 1, 2), Outcome.CORRECTED)
    assert opened(room, "yi").draft.note == ""


def test_a_marked_passage_becomes_an_allegation_without_the_blanks_around_it(room: Room) -> None:
    jia, number = room.people["jia"], room.numbers[0]
    letter = letter_number(room)
    add_allegation(room.office, jia, number, letter, (12, 18), WINDS)
    listed = opened(room, "jia").allegations
    assert [(one.quote, one.one.origin) for one in listed] == [(TEXT[:11], Origin.KEPT), (TEXT[12:18], Origin.ADDED)]
    refile_allegation(room.office, jia, number, listed[1].key, GRAFT)
    drop_allegation(room.office, jia, number, listed[0].key)
    place = opened(room, "jia")
    assert (place.labels, [one.one.dropped for one in place.allegations]) == ((GRAFT,), [True, False])
    restore_allegation(room.office, jia, number, listed[0].key)
    assert not opened(room, "jia").allegations[0].one.dropped


@pytest.mark.parametrize("marked", [(5, 5), (9, 3), (-1, 4), (0, 999)])
def test_what_cannot_be_marked_is_refused(room: Room, marked: tuple[int, int]) -> None:
    letter = letter_number(room)
    with pytest.raises(XiansuoError, match="没有选中文字"):
        add_allegation(room.office, room.people["jia"], room.numbers[0], letter, marked, WINDS)


def test_a_letter_of_another_clue_is_refused(room: Room) -> None:
    letter = opened(room, "jia", room.numbers[1]).allegations[0].letter
    with pytest.raises(XiansuoError, match="没有选中文字"):
        add_allegation(room.office, room.people["jia"], room.numbers[0], letter, (0, 4), WINDS)


def test_who_may_not_decide_keeps_no_draft(room: Room) -> None:
    with pytest.raises(NotVisibleError):
        keep(room.office, room.people["head"], room.numbers[0], Typed("x"))


def test_blind_nothing_of_the_suggestion_is_shown_until_the_choice(room: Room) -> None:
    room.shares(blind=1.0)
    number = room.numbers[0]
    place = opened(room, "jia")
    assert (place.blind, place.suggested, place.labels, place.allegations, place.word) == (True, (), (), (), "")
    decide(room.office, room.people["jia"], room.asked(number), Choice(labels=(WINDS,)))
    place = opened(room, "jia")
    assert (place.blind, place.suggested, place.labels) == (False, (GRAFT,), (WINDS,))
    assert place.first
    assert place.first.labels == (WINDS,)


def test_history_hides_the_first_reading_from_the_second_reader_and_tells_it_afterwards(room: Room) -> None:
    room.shares(double=1.0)
    number = room.numbers[0]
    decide(room.office, room.people["jia"], room.asked(number, "会计的字"), CONFIRM)
    assert [one.note for one in opened(room, "jia").history] == ["会计的字"]
    assert opened(room, "yi").history == opened(room, "lead").history == ()
    assert len(opened(room, "head").history) == 1
    decide(room.office, room.people["yi"], room.asked(number), Choice(labels=(WINDS,)))
    assert [len(opened(room, login).history) for login in ("jia", "yi", "lead", "head")] == [1, 1, 0, 2]
    decide(room.office, room.people["lead"], room.asked(number, "依据条款"), CONFIRM)
    assert [one.who for one in opened(room, "yi").history] == ["jia", "yi", "lead"]


def test_an_act_taken_back_is_told_without_what_it_said(room: Room) -> None:
    number, jia = room.numbers[0], room.people["jia"]
    decide(room.office, jia, room.asked(number, "写错了"), CONFIRM)
    undoable = opened(room, "jia", room.numbers[1]).undoable
    assert undoable
    assert (undoable.number, undoable.words) == (number, "确认")
    undo(room.office, jia, room.asked(number), undoable.act)
    place = opened(room, "yi", number)
    assert [(one.act, one.undone, one.note) for one in place.history] == [(Act.DECIDE, True, ""), (Act.UNDO, False, "")]
    assert place.state is ClueState.OPEN
