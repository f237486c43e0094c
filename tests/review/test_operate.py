"""The operator's pages: numbers and states of a running installation, never a word or name from a letter."""

import re

import pytest
from sqlalchemy import select

from tests.review.desk import Desk
from tests.services.samples import BENEFITS
from xiansuo.domain.letter import Channel, Item
from xiansuo.domain.people import Role
from xiansuo.intake import media
from xiansuo.services.bench import finder_of
from xiansuo.services.ingest import Intake
from xiansuo.storage.repositories import runs
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Letters, Quarantine

PAGES = ("/operate", "/operate/health", "/operate/quarantine", "/operate/models")
NAME = "庾知鹤"


@pytest.fixture
def unread(desk: Desk) -> int:
    """A letter that cannot be read, in a file named after a person."""
    intake = Intake(desk.office, finder_of(desk.office), source="扫描件文件夹", kind="folder")
    intake.take_in([Item("扫描件文件夹", f"/来件/{NAME}.docx", b"PK\x03\x04 cut off", media.DOCX, Channel.POST)])
    with reading(desk.office.engine) as session:
        return session.scalars(select(Quarantine.id).order_by(Quarantine.id.desc())).first() or 0


@pytest.mark.parametrize("path", PAGES)
def test_the_operator_reads_no_word_of_any_letter_and_no_file_name(desk: Desk, unread: int, path: str) -> None:
    page = desk.client(Role.OPERATOR).get(path)
    assert page.status_code == 200
    assert unread
    assert NAME not in page.text
    with reading(desk.office.engine) as session:
        for letter in session.scalars(select(Letters)):
            sentences = [one for one in re.split("[。！？\n]", letter.text) if len(one) > 12]
            assert not any(sentence in page.text for sentence in sentences), letter.number
            assert not any(name in page.text for name in letter.named_respondents if len(name) > 1)


def test_a_quarantined_letter_is_told_with_its_reason_and_read_again(desk: Desk, unread: int) -> None:
    operator = desk.client(Role.OPERATOR)
    assert "docx" in operator.get("/operate/quarantine").text
    answer = operator.post("/operate/quarantine/retry", data={"number": str(unread)})
    assert answer.headers["location"] == "/operate/quarantine"
    assert "仍然读不懂" in operator.get("/operate/quarantine").text
    with reading(desk.office.engine) as session:
        assert session.get_one(Quarantine, unread).tries == 2
    assert operator.post("/operate/quarantine/retry", data={"number": "987654"}).status_code == 303
    assert operator.post("/operate/quarantine/retry", data={"number": "1;2"}).status_code == 404


def test_runs_and_silent_sources_are_shown(desk: Desk) -> None:
    text = '[[source]]\nname = "扫描件文件夹"\ntype = "folder"\npath = "/tmp"\ncron = "0 7 * * *"\n'
    desk.office.sources_file.write_text(text, encoding="utf-8")
    with transaction(desk.office.engine) as session:
        run = runs.start(session, "ingest", source_id=1)
        runs.finish(session, run, {"in": 7, "stored": 5, "seen": 1, "sealed": 1, "quarantined": 0})
    page = desk.client(Role.OPERATOR).get("/operate").text
    assert "扫描件文件夹" in page
    assert "超过7天没有来件" in page
    assert re.search(r'<td class="number">7</td><td class="number">5</td>', page)


def test_the_modeller_sees_models_and_nothing_else_of_the_operator(desk: Desk) -> None:
    modeller = desk.client(Role.MODELLER)
    assert "scope_auroc" in modeller.get("/operate/models").text
    assert [modeller.get(path).status_code for path in PAGES[:3]] == [404, 404, 404]
    assert BENEFITS[:20] not in modeller.get("/operate/models").text
