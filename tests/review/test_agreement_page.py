import re

import pytest
from sqlalchemy import select, update

from tests.review.desk import NAMES, SECOND_REVIEWER, Desk
from tests.review.worked_desk import viewer
from xiansuo.domain.category import Category
from xiansuo.domain.decision import Outcome
from xiansuo.domain.people import Role
from xiansuo.services.decide import Asked, Choice, decide
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues, Rounds

_TAGS = re.compile(r"<[^>]+>")
TEAMS = (("reviewer", SECOND_REVIEWER), (SECOND_REVIEWER, "lead"), ("lead", "reviewer"))


def read_twice(desk: Desk, teams: tuple[tuple[str, str], ...]) -> None:
    """Let every clue be read by two people of a team, who differ on every fifth."""
    with transaction(desk.office.engine) as session:
        session.execute(update(Rounds).values(double_share=1.0, lot_seed="two"))
    with reading(desk.office.engine) as session:
        clues = session.execute(select(Clues.number, Clues.labels).order_by(Clues.id)).all()
    for place, (number, labels) in enumerate(clues):
        said = tuple(map(Category, labels))
        for turn, login in enumerate(teams[place % len(teams)]):
            differs = turn == 1 and place % 5 == 0
            found = said if not differs else () if said else (Category.FOUR_WINDS,)
            choice = Choice(labels=found) if found else Choice(Outcome.NO_SUBSTANCE)
            decide(desk.office, viewer(desk, login), Asked(f"{login}-{number}", number, -1), choice)


def _page(desk: Desk, role: Role) -> str:
    answer = desk.client(role).get("/statistics/agreement")
    assert answer.status_code == 200
    return _TAGS.sub("", answer.text)


def test_agreement_is_shown_with_intervals_and_without_anybodys_name(desk: Desk) -> None:
    read_twice(desk, TEAMS)
    text = _page(desk, Role.MODELLER)
    assert re.search(r"0\.\d\d（-?0\.\d\d–[01]\.\d\d）", text)
    readers = [NAMES[Role.REVIEWER], NAMES[Role.LEAD], "演示审核员乙", SECOND_REVIEWER]
    assert not [name for name in readers if name in text]


def test_between_two_readers_alone_the_page_shows_no_figure(desk: Desk) -> None:
    read_twice(desk, TEAMS[:1])
    text = _page(desk, Role.HEAD)
    assert "说的是个人，所以不显示" in text
    assert "κ" not in text


@pytest.mark.parametrize("role", [Role.HEAD, Role.MODELLER, Role.LEAD])
def test_an_office_that_has_not_read_twice_is_told_how_many_are_lacking(desk: Desk, role: Role) -> None:
    assert "还差 30 条" in _page(desk, role)
