"""What people change by hand: queries that must mean the same on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.storage.samples import new_letter
from xiansuo.domain.people import Membership, Role, Viewer
from xiansuo.domain.suggestion import Grade, Rank, Relation
from xiansuo.domain.text import Entity, EntityType
from xiansuo.storage.repositories import clues, corrections, entities, letters, relinks, sight
from xiansuo.storage.repositories.clues import ClueContent, ClueLetter
from xiansuo.storage.repositories.corrections import Exchange
from xiansuo.storage.session import now
from xiansuo.storage.tables import Accounts, ClueRounds, Clues, Rounds

CONTENT = ClueContent(Rank(50.0, (), Grade.AVERAGE), 0.9)
LEAD = Viewer(1, "lead", "组长", Role.LEAD, (Membership(1),))
HEAD = Viewer(1, "lead", "组长", Role.HEAD)


@pytest.fixture
def clue(session: Session, source_id: int) -> int:
    """A checked clue of two letters that name 王建 after a character outside the basic plane."""
    person = Accounts(id=1, login="head", name="领导", role="head", state="active", password="", must_change=False)
    person.failures, person.locked_until, person.locale, person.screened = 0, None, "zh", True
    person.created, person.created_by = now(), "安装"
    session.add(person)
    texts = ("𠮷村王建国收钱。", "𠮷村王建国不公示。")
    ids = letters.add(
        session, [replace(new_letter(source_id, text=text), named_respondents=("王建",)) for text in texts]
    )
    entities.add(session, {id_: [Entity(EntityType.RESPONDENT, 2, 4, "王建")] for id_ in ids})
    (opened,) = clues.create_all(session, [(ids[0], CONTENT)])
    clues.attach(session, ClueLetter(opened, ids[1], Relation.SAME_MATTER))
    session.get_one(Clues, opened).screened = True
    session.flush()
    return opened


def _round() -> Rounds:
    row = Rounds(id=1, name="一轮", starts=date(2026, 1, 1), ends=date(2026, 12, 31), closed=None, all_units=True)
    row.takes_unplaced, row.double_share, row.blind_share, row.lot_seed = True, 0.0, 0.0, ""
    row.created, row.created_by = now(), 1
    return row


def test_the_same_words_are_found_by_place_and_in_the_register(session: Session, clue: int) -> None:
    first, second = (one.letter_id for one in clues.letters_of(session, [clue])[clue])
    one = corrections.at(session, first, 2, "respondent")
    assert one is not None
    assert one.words == "王建"
    assert sight.seen(session, HEAD, [clue]) == {clue: clues.get(session, [clue])[clue].number}
    assert corrections.like(session, LEAD, one) == []
    assert corrections.registered(session, LEAD, "王建") == []
    session.add(_round())
    session.flush()
    session.add(ClueRounds(round_id=1, clue_id=clue))
    session.flush()
    assert [found.letter_id for found in corrections.like(session, LEAD, one)] == [first, second]
    assert corrections.registered(session, LEAD, "王建") == [first, second]
    assert corrections.clues_of(session, [first, second]) == {clue}


def test_an_exchange_and_its_reverse_leave_no_trace(session: Session, clue: int) -> None:
    first = clues.letters_of(session, [clue])[clue][0].letter_id
    before = entities.of_letters(session, [first])
    change = Exchange(((2, 4, "respondent", ""),), ((2, 5, "respondent", ""),), ("王建",), ("王建国",))
    corrections.exchange(session, first, change)
    assert [one.end for one in entities.of_letters(session, [first])[first]] == [5]
    corrections.exchange(session, first, change.reversed)
    assert entities.of_letters(session, [first]) == before


def test_a_clue_that_lost_its_main_letter_is_named_after_the_next(session: Session, clue: int) -> None:
    first, second = clues.letters_of(session, [clue])[clue]
    relinks.lock(session, [clue])
    kept = relinks.standing(session, clue)
    relinks.detach(session, first)
    relinks.settle(session, clue)
    now_ = relinks.standing(session, clue)
    assert (kept["main_letter"], now_["main_letter"]) == (first.letter_id, second.letter_id)
    assert now_["relations"][0][1] == "original"
