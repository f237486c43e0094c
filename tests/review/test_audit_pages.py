"""The auditor's day: who saw what, what was refused, whether the trail is whole."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select, text

import xiansuo
from tests.review.desk import Desk
from xiansuo.domain.people import Role
from xiansuo.review.actions import ACTIONS, KINDS
from xiansuo.services import audit as service
from xiansuo.services.sessions import logged_in, open_session
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues, Letters


@pytest.fixture
def clues(desk: Desk) -> list[tuple[int, str]]:
    """Two clues (id, number) that were read, under their id and under their number."""
    with reading(desk.office.engine) as session:
        found = [(row.id, row.number) for row in session.execute(select(Clues.id, Clues.number).limit(2))]
    cookie = open_session(desk.office, desk.accounts["reviewer"])
    one = logged_in(desk.office, cookie)
    assert one is not None
    service.record(desk.office, one.viewer, "clue.read", kind="clue", id_=str(found[0][0]))
    service.record(desk.office, one.viewer, "clue.read", kind="clue", id_=found[1][1])
    return found


def test_events_are_found_by_clue_whichever_way_they_name_it(desk: Desk, clues: list[tuple[int, str]]) -> None:
    auditor = desk.client(Role.AUDITOR)
    for (_, number), (_, other) in (clues, reversed(clues)):
        page = auditor.get("/audit", params={"clue": number}).text
        rows = page.split("<tbody>")[1]
        assert number in rows
        assert other not in rows
    assert "没有符合条件" in auditor.get("/audit", params={"clue": "XS-1999-0001"}).text


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"actor": "reviewer"}, True),
        ({"actor": "lead"}, False),
        ({"action": "clue"}, True),
        ({"action": "clue.read"}, True),
        ({"action": "clue.rea"}, False),
        ({"refused": "1"}, False),
        ({"since": "2999-01-01"}, False),
        ({"until": "2000-01-01"}, False),
        ({"since": "not a day", "before": "x"}, True),
        ({"before": "1"}, False),
        ({"actor": "reviewer' OR '1'='1"}, False),
    ],
)
def test_filters_narrow_what_is_shown(
    desk: Desk, clues: list[tuple[int, str]], filters: dict[str, str], *, found: bool
) -> None:
    page = desk.client(Role.AUDITOR).get("/audit", params=filters).text
    assert (clues[0][1] in page.partition("<tbody>")[2]) is found


def test_refusals_are_seen_and_earlier_pages_follow(desk: Desk) -> None:
    for _ in range(60):
        desk.client(Role.OPERATOR).get("/audit")
    auditor = desk.client(Role.AUDITOR)
    first = auditor.get("/audit", params={"refused": "1"}).text
    assert first.count('class="tag refused"') == 50
    assert "before=11&amp;" in first or "before=11" in first
    rest = auditor.get("/audit", params={"refused": "1", "before": "11"}).text
    assert rest.count('class="tag refused"') == 10


def test_the_auditor_reads_no_letter_and_no_address(desk: Desk, clues: list[tuple[int, str]]) -> None:
    auditor = desk.client(Role.AUDITOR)
    assert clues
    pages = [auditor.get(path).text for path in ("/audit", "/audit/verify", "/audit/anchors")]
    pages.append(auditor.post("/audit/export").text)
    with reading(desk.office.engine) as session:
        letters = session.scalars(select(Letters.text)).all()
    for page in pages:
        assert "testclient" not in page
        assert "127.0.0.1" not in page
        assert not any(letter[:20] in page for letter in letters if len(letter) > 20)
    for path in ("/queue", f"/clues/{clues[0][1]}", "/vault", "/operate", "/statistics", "/ledger"):
        assert auditor.get(path).status_code == 404, path


def test_a_changed_trail_is_told_on_the_page(desk: Desk, clues: list[tuple[int, str]]) -> None:
    auditor = desk.client(Role.AUDITOR)
    assert clues
    auditor.post("/audit/anchors")
    assert "审计日志完整" in auditor.get("/audit/verify").text
    with reading(desk.office.engine) as session:
        anchor = audit.head(session)
    written = f"{anchor.id} {anchor.spoken}"
    assert "与所填锚点相符" in auditor.get("/audit/verify", params={"anchor": written}).text
    other = f"{anchor.id} 0000-0000-0000-0000-0000"
    assert "与另存的锚点不符" in auditor.get("/audit/verify", params={"anchor": other}).text
    assert auditor.get("/audit/verify", params={"anchor": "记不清了"}).status_code == 400
    with transaction(desk.office.engine) as session:
        session.execute(text("UPDATE audit_events SET object_id = '别的' WHERE id = 2"))
    assert "第 2 条不符" in auditor.get("/audit/verify").text


def test_the_trail_has_words_for_every_act_and_thing_that_is_written_down() -> None:
    program = "".join(file.read_text() for file in Path(xiansuo.__file__).parent.rglob("*.py"))
    acts = re.findall(r'(?:action=|\.record\()"(\w+\.\w+)"', program)
    things = re.findall(r'object_kind="(\w+)"|\.record\("[\w.]+", "(\w+)"', program)
    assert "elusion.stop" in acts
    assert set(acts) - set(ACTIONS) == set()
    assert {one or other for one, other in things} - set(KINDS) == set()
