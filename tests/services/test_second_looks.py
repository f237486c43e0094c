from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from tests.services.deciding import GRAFT, Room, furnish
from xiansuo.domain.category import Category
from xiansuo.domain.decision import Outcome
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.analysis import Analyser
from xiansuo.services.decide import Choice, decide
from xiansuo.services.office import Office
from xiansuo.services.second_looks import keep, look_for_doubts, waiting
from xiansuo.storage.repositories import second_looks as looks
from xiansuo.storage.repositories.second_looks import NewLook
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import ClueBlocks, Clues, Letters, Samples, SecondLooks

HARMLESS = "路灯坏了很久，晚上出行不便，希望有关部门尽快修好，谢谢。"
OUTSIDE = Choice(Outcome.OUT_OF_SCOPE, destination="Z1")


def _decide(room: Room, number: str, choice: Choice, *, by: str = "jia", note: str = "") -> None:
    decide(room.office, room.people[by], room.asked(number, note), choice)


def _offer(room: Room, number: str, near: Iterable[tuple[int, bool]] = ()) -> int:
    """Offer the last decision about a clue for a second look."""
    row = room.rows(number)[-1]
    with transaction(room.office.engine) as session:
        looks.add(session, [NewLook(row.id, row.clue_id, 0.9, "scope", tuple(near))], found_by="test")
        return session.scalars(select(SecondLooks.id).where(SecondLooks.decision_id == row.id)).one()


@pytest.fixture
def decided(room: Room) -> Room:
    for number in room.numbers:
        _decide(room, number, Choice(labels=(GRAFT,)))
    return room


def test_a_kept_decision_is_offered_no_more(decided: Room) -> None:
    look, lead = _offer(decided, decided.numbers[0]), decided.people["lead"]
    assert [one.number for one in waiting(decided.office, lead)] == decided.numbers[:1]
    assert keep(decided.office, lead, look, "材料写明了金额，原认定不变。") == decided.numbers[0]
    assert keep(decided.office, lead, look, "材料写明了金额，原认定不变。") == decided.numbers[0]
    assert waiting(decided.office, lead) == []
    _offer(decided, decided.numbers[0])
    assert waiting(decided.office, lead) == []


def test_a_decision_made_anew_answers_the_second_look(decided: Room) -> None:
    number, lead = decided.numbers[0], decided.people["lead"]
    look = _offer(decided, number)
    _decide(decided, number, OUTSIDE, by="lead", note="重读后认定")
    assert waiting(decided.office, lead) == []
    with pytest.raises(ConflictError):
        keep(decided.office, lead, look, "维持")
    with transaction(decided.office.engine) as session:
        assert looks.answer_redecided(session) == 1


def test_keeping_needs_a_reason_and_the_power(decided: Room) -> None:
    look = _offer(decided, decided.numbers[0])
    with pytest.raises(XiansuoError, match="理由"):
        keep(decided.office, decided.people["lead"], look, "  ")
    with pytest.raises(NotVisibleError):
        keep(decided.office, decided.people["jia"], look, "维持")
    with pytest.raises(RefusedError):
        waiting(decided.office, decided.people["jia"])


def test_a_recused_lead_sees_neither_the_decision_nor_its_count_among_others(decided: Room) -> None:
    lead = decided.people["lead"]
    ids = [decided.clue(number).id for number in decided.numbers]
    look = _offer(decided, decided.numbers[0], [(id_, True) for id_ in ids[1:]])
    assert "3 条线索中，有 3 条" in waiting(decided.office, lead)[0].sentence
    with transaction(decided.office.engine) as session:
        session.add(ClueBlocks(clue_id=ids[1], account_id=lead.account, source="test", created=now()))
    assert "3 条" not in waiting(decided.office, lead)[0].sentence
    with transaction(decided.office.engine) as session:
        session.add(ClueBlocks(clue_id=ids[0], account_id=lead.account, source="test", created=now()))
    assert waiting(decided.office, lead) == []
    with pytest.raises(NotVisibleError):
        keep(decided.office, lead, look, "维持")
    outside = replace(lead, rounds=())
    assert waiting(decided.office, outside) == []


def test_what_is_offered_does_not_say_who_decided(decided: Room) -> None:
    _offer(decided, decided.numbers[0])
    (one,) = waiting(decided.office, decided.people["lead"])
    assert not {"jia", "account", "reader", "by"} & set(dir(one))


@pytest.fixture
def read_through(office: Office) -> tuple[Room, list[str]]:
    """Sixty decided clues about money and street lamps in turn, and the numbers of those decided against all the others."""
    room = furnish(office, 60)
    numbers = sorted(room.letters)
    wrong = [numbers[place] for place in (8, 13, 21, 30, 44, 51)]
    with transaction(office.engine) as session:
        lamps = [room.letters[number] for number in numbers[::2]]
        session.execute(update(Letters).where(Letters.id.in_(lamps)).values(text=HARMLESS, subject=""))
    for place, number in enumerate(numbers):
        harmless = (place % 2 == 0) is not (number in wrong)
        _decide(room, number, OUTSIDE if harmless else Choice(labels=(Category.EMBEZZLEMENT,)))
    return room, wrong


def _found(room: Room, analyser: Analyser) -> list[str]:
    look_for_doubts(room.office, analyser, tell=lambda _sentence: None)
    with reading(room.office.engine) as session:
        wanted = select(Clues.number).join(SecondLooks, SecondLooks.clue_id == Clues.id)
        return list(session.scalars(wanted.order_by(SecondLooks.doubt.desc(), SecondLooks.id)))


def test_decisions_unlike_the_others_are_offered_once(read_through: tuple[Room, list[str]], analyser: Analyser) -> None:
    room, wrong = read_through
    found = _found(room, analyser)
    assert set(found[: len(wrong)]) == set(wrong)
    assert look_for_doubts(room.office, analyser, tell=lambda _sentence: None) == 0


def test_clues_of_the_random_sample_and_of_the_lead_are_never_offered(
    read_through: tuple[Room, list[str]], analyser: Analyser
) -> None:
    room, wrong = read_through
    sampled, adjudicated, *others = wrong
    clue = room.clue(sampled)
    with transaction(room.office.engine) as session:
        at = clue.created
        session.add(Samples(clue_id=clue.id, drawn=at.date(), lot=0.0, share=0.1, pile=9, rank=5.0, created=at))
    choice = Choice(labels=(GRAFT,)) if room.clue(adjudicated).outcome == "out_of_scope" else OUTSIDE
    _decide(room, adjudicated, choice, by="lead", note="看过")
    _decide(room, adjudicated, OUTSIDE if choice is not OUTSIDE else Choice(labels=(GRAFT,)), by="lead", note="再看")
    found = _found(room, analyser)
    assert set(others) <= set(found)
    assert not {sampled, adjudicated} & set(found)
