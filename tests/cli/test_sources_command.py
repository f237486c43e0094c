"""`xiansuo sources`: for a person at the terminal and for a program that watches."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.servers.state import empty_state
from xiansuo.intake.mail_session import MailboxUnreachableError, Setback
from xiansuo.services.attempts import due_again, note_failure, note_success
from xiansuo.services.ingest import Report
from xiansuo.services.office import Office, initialise, open_office
from xiansuo.services.sources import source_at
from xiansuo.settings import Settings

_SOURCE = '[[source]]\nname = "{name}"\ntype = "folder"\npath = "/tmp"\n\n'
_REFUSED = MailboxUnreachableError("邮箱来源“信访邮箱”登录被拒绝。", Setback.REFUSED)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Two sources, of which the first is read fine."""
    settings = Settings(state_dir=empty_state(tmp_path / "state"))
    initialise(settings)
    office = open_office(settings)
    office.sources_file.write_text(_SOURCE.format(name="窗口来信") + _SOURCE.format(name="信访邮箱"), "utf-8")
    note_success(office, source_at(office, 0), Report())
    return office


def test_all_is_well_where_every_source_is_read(run: Run, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    note_success(office, source_at(office, 1), Report())
    assert run("--state", office.state_dir, "sources") == 0
    shown = capsys.readouterr().out
    assert [line.split()[:2] for line in shown.splitlines()[1:]] == [["窗口来信", "正常"], ["信访邮箱", "正常"]]


def test_a_source_that_is_not_read_is_told_in_a_sentence_and_by_the_exit_status(
    run: Run, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    note_failure(office, source_at(office, 1), _REFUSED, Report())
    assert run("--state", office.state_dir, "sources") == 1
    shown = capsys.readouterr().out
    assert "  · 信访邮箱：邮箱来源“信访邮箱”登录被拒绝。没有再试，以免账号被锁；改正密码后自动恢复。" in shown
    assert "  · 窗口来信" not in shown


def test_a_program_reads_the_same_as_json(run: Run, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    note_failure(office, source_at(office, 1), _REFUSED, Report())
    assert run("--state", office.state_dir, "sources", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["standing"], one["alarming"]) for one in told["sources"]] == [
        ("窗口来信", "well", False),
        ("信访邮箱", "held", True),
    ]
    assert told["wrong"] == []


def test_a_wrong_setting_is_told_and_is_an_alarm(run: Run, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    with office.sources_file.open("a", encoding="utf-8") as file:
        file.write('[[source]]\nname = "坏"\ntype = "pigeon"\n')
    assert run("--state", office.state_dir, "sources", "--json") == 1
    (sentence,) = json.loads(capsys.readouterr().out)["wrong"]
    assert "type" in sentence


def test_a_source_may_be_tried_again_by_its_name(run: Run, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    note_failure(office, source_at(office, 1), _REFUSED, Report())
    assert list(due_again(office)) == []
    assert run("--state", office.state_dir, "sources", "retry", "信访邮箱") == 0
    assert "已记下" in capsys.readouterr().out
    assert list(due_again(office)) == [1]
    assert run("--state", office.state_dir, "sources", "retry", "别处") == 2
    assert "没有名为“别处”的可用来源" in capsys.readouterr().err
