"""The operator's pages: numbers and states of a running installation, never a word or name from a letter."""

import re

import pytest
from sqlalchemy import select

from tests.review.desk import Desk
from tests.services.samples import BENEFITS
from xiansuo.domain.letter import Channel, Item
from xiansuo.domain.people import Role
from xiansuo.intake import media
from xiansuo.intake.mail_session import MailboxUnreachableError
from xiansuo.services.attempts import due_again, note_failure, note_success
from xiansuo.services.bench import finder_of
from xiansuo.services.ingest import Intake, Report
from xiansuo.services.sources import source_at
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
    assert "等待首次抓取" in page
    assert re.search(r'<td class="number">7</td><td class="number">5</td>', page)


def test_a_refused_source_is_told_and_may_be_tried_again(desk: Desk) -> None:
    text = '[[source]]\nname = "扫描件文件夹"\ntype = "folder"\npath = "/tmp"\ncron = "0 7 * * *"\n'
    desk.office.sources_file.write_text(text, encoding="utf-8")
    source = source_at(desk.office, 0)
    error = MailboxUnreachableError("邮箱来源“扫描件文件夹”连接被拒绝。请核对 host、port，并确认邮件服务已启动。")
    note_failure(desk.office, source, error, Report())
    operator = desk.client(Role.OPERATOR)
    page = operator.get("/operate").text
    assert all(told in page for told in ("没有读到", "连续 1 次没有读到，还没有成功过。", "立即再试"))
    assert "读不到或久无来件的来源" in operator.get("/").text
    assert list(due_again(desk.office)) == []
    assert operator.post("/operate/sources/retry", data={"name": source.name}).headers["location"] == "/operate"
    assert list(due_again(desk.office)) == [0]
    assert operator.post("/operate/sources/retry", data={"name": "别处"}).status_code == 404
    note_success(desk.office, source, Report())


def test_the_modeller_sees_models_and_nothing_else_of_the_operator(desk: Desk) -> None:
    modeller = desk.client(Role.MODELLER)
    assert "scope_auroc" in modeller.get("/operate/models").text
    assert [modeller.get(path).status_code for path in PAGES[:3]] == [404, 404, 404]
    assert BENEFITS[:20] not in modeller.get("/operate/models").text
