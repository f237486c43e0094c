"""The queue page as a reviewer uses it."""

import re

import pytest
from sqlalchemy import select, update

from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import AuditEvents, ClueBlocks, Clues, SavedViews

NUMBER = re.compile(r'class="open" href="/clues/([^"]+)"')


def _numbers(desk: Desk, path: str, who: Role | str = Role.REVIEWER) -> list[str]:
    answer = desk.client(who).get(path)
    assert answer.status_code == 200, answer.text
    return NUMBER.findall(answer.text)


def _all(desk: Desk, path: str) -> list[str]:
    """Return the numbers of all pages from `path` on."""
    client, numbers = desk.client(Role.REVIEWER), []
    while path:
        text = client.get(path).text
        numbers += NUMBER.findall(text)
        found = re.search(r'rel="next"[^>]*href="([^"]+)"', text)
        path = found[1].replace("&amp;", "&") if found else ""
    return numbers


def _best(desk: Desk) -> Clues:
    with reading(desk.office.engine) as session:
        found = session.scalars(
            select(Clues).where(Clues.state == "open").order_by(Clues.rank.desc(), Clues.id)
        ).first()
        assert found is not None
        return found


def test_the_best_ranked_clue_stands_first(desk: Desk) -> None:
    assert _numbers(desk, "/queue")[0] == _best(desk).number


def test_a_page_of_rows_says_everything_once(desk: Desk) -> None:
    text = desk.client(Role.REVIEWER).get("/queue?show=waiting").text
    for words in ("疑似", "可查性", "法定", "本办", "为什么排在这里", "由人认定"):
        assert words in text
    numbers = NUMBER.findall(text)
    assert len(numbers) == len(set(numbers)) > 10


@pytest.mark.parametrize(
    "query",
    [
        "category=embezzlement",
        "grade=强",
        "channel=来信",
        "letters=2",
        "start=2026-01-01&end=2026-12-31",
        "due=over",
        "flag=反映人安全",
    ],
)
def test_a_filter_leaves_fewer_rows_and_the_address_keeps_it(desk: Desk, query: str) -> None:
    everything, narrowed = _all(desk, "/queue?show=waiting"), _all(desk, f"/queue?{query}")
    assert set(narrowed) <= set(everything)
    text = desk.client(Role.REVIEWER).get(f"/queue?{query}").text
    assert "保存为视图" in text


def test_nonsense_in_the_address_shows_the_plain_queue(desk: Desk) -> None:
    assert _numbers(desk, "/queue?show=x&category=y&letters=-3&start=heute&after=zzz") == _numbers(
        desk, "/queue?show=waiting"
    )


def test_a_respondent_is_found_by_name_with_the_place_marked(desk: Desk) -> None:
    best = _best(desk)
    name = best.respondents[0]
    text = desk.client(Role.REVIEWER).get("/search", params={"words": name}).text
    assert best.number in NUMBER.findall(text)
    assert f"<mark>{name}</mark>" in text


def test_a_blocked_clue_is_in_no_row_count_or_hit(desk: Desk) -> None:
    best = _best(desk)
    before = desk.client(Role.REVIEWER).get("/queue?show=waiting").text
    with transaction(desk.office.engine) as session:
        session.add(ClueBlocks(account_id=desk.accounts["reviewer"], clue_id=best.id, source="own", created=now()))
    after = desk.client(Role.REVIEWER).get("/queue?show=waiting").text
    counted = [int(re.findall(r"共 (\d+) 条", text)[0]) for text in (before, after)]
    assert counted[0] - counted[1] == 1
    assert best.number not in _numbers(desk, f"/search?words={best.number}")
    assert best.number in _numbers(desk, f"/search?words={best.number}", "reviewer2")


def test_counts_of_a_filter_are_the_rows_it_shows(desk: Desk) -> None:
    text = desk.client(Role.REVIEWER).get("/queue/counts", headers={"HX-Request": "true"}).text
    said = dict(re.findall(r'href="/queue\?category=(\w+)">[^<]+</a> <span class="number">(\d+)', text))
    assert said
    for category, number in said.items():
        assert len(_numbers(desk, f"/queue?category={category}")) == int(number)


def test_htmx_gets_the_table_alone_and_the_address_to_keep(desk: Desk) -> None:
    answer = desk.client(Role.REVIEWER).get("/queue?grade=强&unit=", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert answer.headers["hx-push-url"] == "/queue?grade=%E5%BC%BA"


def test_a_saved_view_opens_the_queue_once_it_is_the_start(desk: Desk) -> None:
    client = desk.client(Role.REVIEWER)
    for _ in range(2):
        saved = client.post("/queue/views", data={"name": "贪占类", "query": "category=embezzlement&letters=2"})
        assert saved.headers["location"] == "/queue?category=embezzlement&letters=2"
    with reading(desk.office.engine) as session:
        (view,) = session.scalars(select(SavedViews.id)).all()
    client.post(f"/queue/views/{view}/start", data={"on": "yes"})
    assert client.get("/queue").headers["location"] == "/queue?category=embezzlement&letters=2"
    client.post(f"/queue/views/{view}/rename", data={"name": "贪占"})
    assert "贪占" in client.get("/queue?show=waiting").text
    client.post(f"/queue/views/{view}/remove")
    assert client.get("/queue").status_code == 200


def test_nobody_touches_the_view_of_somebody_else(desk: Desk) -> None:
    desk.client(Role.REVIEWER).post("/queue/views", data={"name": "我的", "query": "grade=强"})
    with reading(desk.office.engine) as session:
        (view,) = session.scalars(select(SavedViews.id)).all()
    other = desk.client("reviewer2")
    assert other.post(f"/queue/views/{view}/rename", data={"name": "别人的"}).status_code == 404
    other.post(f"/queue/views/{view}/remove")
    assert "我的" in desk.client(Role.REVIEWER).get("/queue?show=waiting").text


def test_what_was_looked_for_is_not_on_record(desk: Desk) -> None:
    desk.client(Role.REVIEWER).get("/search?words=马德才")
    with reading(desk.office.engine) as session:
        events = session.scalars(select(AuditEvents).where(AuditEvents.action == "clue.search")).all()
    assert len(events) == 1
    assert events[0].object_id.isdigit()


@pytest.mark.parametrize("order", ["show=all", "sort=due", "sort=new", "sort=due&show=all"])
def test_pages_follow_each_other_without_gap_or_repetition(
    desk: Desk, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xiansuo.services import board  # noqa: PLC0415

    everything = _all(desk, f"/queue?{order}")
    assert len(everything) == len(set(everything)) > 30
    monkeypatch.setattr(board.open_board, "__kwdefaults__", {"after": "", "limit": 7})
    again = _all(desk, f"/queue?{order}")
    assert again == everything


def test_an_empty_queue_says_so(desk: Desk) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Clues).values(screened=False))
    assert "授权范围内没有待审的线索" in desk.client(Role.REVIEWER).get("/queue").text
