"""What a person sees of it when the queue has learned: where clues moved and why, the original order, and nothing where it is veiled."""

import re

import pytest
from sqlalchemy import Text, cast, select, update

from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.storage.repositories import orders
from xiansuo.storage.repositories.orders import NewOrder
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues, Rounds, Samples

NUMBER = re.compile(r'class="open" href="/clues/([^"]+)"')
LEARNED = {"before": 0.412, "after": 0.999, "categories": {"bullying": 0.6}, "category": "bullying"}


@pytest.fixture
def lifted(desk: Desk) -> str:
    """The number of the last clue, which learning put first; a secret lot may have drawn others to be read blind."""
    with transaction(desk.office.engine) as session:
        drawn = select(Samples.clue_id)
        wanted = select(Clues.number).where(
            Clues.state == "open", cast(Clues.labels, Text) == "[]", Clues.id.not_in(drawn)
        )
        number = session.scalars(wanted.order_by(Clues.rank).limit(1)).one()
        session.execute(update(Clues).where(Clues.number == number).values(rank=99.0, learned=LEARNED))
        orders.add(session, NewOrder("a", 0, 0, 12, "d", 0.1, 1, 0))
    return number


def _queue(desk: Desk, query: str = "", who: Role | str = Role.REVIEWER) -> str:
    return desk.client(who).get(f"/queue?show=waiting{query}").text


def test_a_row_says_what_moved_it_and_what_decisions_hint_at(desk: Desk, lifted: str) -> None:
    text = _queue(desk)
    assert NUMBER.findall(text)[0] == lifted
    assert "↑ 边审边学：含问题的可能 41% → 99%" in text
    assert "边审边学提示：可能涉及欺压群众" in text
    assert "上移 1 条，下移 0 条；没有一条被移出队列" in text


def test_the_original_order_is_one_click_away(desk: Desk, lifted: str) -> None:
    text = _queue(desk, "&sort=rubric")
    assert lifted not in NUMBER.findall(text)[:1]
    assert "现在按原次序排列" in text
    with reading(desk.office.engine) as session:
        wanted = select(Clues.number).where(Clues.state == "open", Clues.number.in_(NUMBER.findall(text)))
        assert NUMBER.findall(text) == list(session.scalars(wanted.order_by(Clues.rubric_rank.desc(), Clues.id)))


def test_the_original_order_goes_on_from_page_to_page(desk: Desk, lifted: str) -> None:
    first = _queue(desk, "&sort=rubric")
    follows = re.search(r'rel="next"[^>]*href="([^"]+)"', first)
    assert follows
    second = desk.client(Role.REVIEWER).get(follows[1].replace("&amp;", "&")).text
    assert lifted in NUMBER.findall(second)
    assert not set(NUMBER.findall(first)) & set(NUMBER.findall(second))


def test_the_clue_page_says_where_the_rank_went(desk: Desk, lifted: str) -> None:
    text = desk.client(Role.REVIEWER).get(f"/clues/{lifted}").text
    assert "含问题的可能 41% → 99%" in text
    assert "系统建议没有变" in text


def test_nothing_of_it_is_shown_of_a_clue_to_be_read_blind(desk: Desk, lifted: str) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Rounds).values(blind_share=1.0))
    for text in (_queue(desk), desk.client(Role.REVIEWER).get(f"/clues/{lifted}").text):
        assert "含问题的可能" not in text
        assert "边审边学提示" not in text
    assert "上移 0 条，下移 0 条" in _queue(desk)


def test_before_the_queue_has_learned_the_page_says_nothing_of_it(desk: Desk) -> None:
    assert "认定调整了次序" not in _queue(desk)
