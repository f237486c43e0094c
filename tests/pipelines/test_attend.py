"""What the attendant of the schedule asks for, and what it does not ask for twice."""

from pathlib import Path
from uuid import uuid4

import pytest

from pipelines.engine import configure
from pipelines.plans import Plan
from tests.servers.state import empty_state
from xiansuo.intake.mail_session import MailboxUnreachableError, Setback
from xiansuo.services.attempts import note_failure, try_again
from xiansuo.services.ingest import Report
from xiansuo.services.office import Office, initialise, open_office
from xiansuo.services.sources import source_at
from xiansuo.settings import Settings


@pytest.fixture
def office(environment: None, tmp_path: Path) -> Office:
    del environment
    settings = Settings(state_dir=empty_state(tmp_path / "state"))
    initialise(settings)
    configure(settings.state_dir)
    (tmp_path / "inbox").mkdir()
    written = f'[[source]]\nname = "窗口"\ntype = "folder"\npath = "{tmp_path / "inbox"}"\n'
    (settings.state_dir / "xiansuo.toml").write_text(written, "utf-8")
    return open_office(settings)


def test_a_source_is_asked_for_once_and_again_when_its_attempt_ended(office: Office) -> None:
    from pipelines.attend import Attendant  # noqa: PLC0415 - Prefect reads its settings when it is imported

    plan, id_ = Plan("fetch", "0 7 * * *", 0), uuid4()
    attendant = Attendant(office.settings, {plan: id_})
    assert list(attendant.wanted()) == []
    try_again(office, "窗口", actor="test")
    assert list(attendant.wanted()) == [id_]
    assert list(attendant.wanted()) == []
    note_failure(office, source_at(office, 0), MailboxUnreachableError("不行。", Setback.PASSING), Report())
    try_again(office, "窗口", actor="test")
    assert list(attendant.wanted()) == [id_]
    attendant.forget(id_)
    assert list(attendant.wanted()) == [id_]
