"""The commands about what may go, as the transfer officer, the lead and the head type them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.servers.state import empty_state
from tests.services.deciding import Room, furnish
from tests.services.erasing_samples import REASON, ended
from tests.services.handling_samples import transfer_officer
from xiansuo.cli import app
from xiansuo.errors import RefusedError, UsageError, XiansuoError
from xiansuo.services.office import initialise, open_office
from xiansuo.settings import Settings


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """An office with one clue that ended twenty years ago."""
    settings = Settings(state_dir=empty_state(tmp_path / "state"))
    initialise(settings)
    return furnish(open_office(settings))


def said(room: Room, *arguments: object) -> str:
    """Return what a command that ends well says; errors are raised as the program's own."""
    result = CliRunner().invoke(app, ["--state", str(room.office.state_dir), "retention", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_what_one_proposes_another_confirms_and_then_it_is_gone(room: Room, tmp_path: Path) -> None:
    ended(room)
    number, officer = "2026-000001", transfer_officer(room).login
    assert number in said(room, "plan", "--as", "lead")
    assert number not in said(room, "plan")
    assert "一件也没有动" in said(room, "propose", "--reason", REASON, "--as", officer)
    with pytest.raises(RefusedError, match="还没有证明"):
        said(room, "certificate", 1, "--as", "head")
    with pytest.raises(UsageError, match="有权限的账号"):
        said(room, "carry-out", 1, "--as", officer)
    assert "销毁证明" in said(room, "carry-out", 1, "--as", "head")
    told = json.loads(said(room, "certificate", 1, "--as", "head"))
    assert told["counts"]["letter"] == 1
    assert number not in json.dumps(told)
    page = tmp_path / "certificate.html"
    assert page.name in said(room, "certificate", 1, "--as", "head", "--html", page)
    assert "<html" in page.read_text(encoding="utf-8")
    with pytest.raises(FileExistsError):
        said(room, "certificate", 1, "--as", "head", "--html", page)


def test_what_is_held_stays_until_it_is_released(room: Room) -> None:
    number = ended(room)
    assert "没有要求保留的" in said(room, "holds", "--as", "lead")
    said(room, "hold", number, "--reason", "可能还要复查", "--as", "lead")
    assert "理由：可能还要复查" in said(room, "holds", "--as", "lead")
    assert json.loads(said(room, "plan", "--json"))["going"] == 0
    assert "保留，" in said(room, "plan", "--as", "lead")
    said(room, "release", 1, "--reason", "复查已经完毕", "--as", "head")
    assert json.loads(said(room, "plan", "--json"))["going"] > 0


def test_a_list_that_is_withdrawn_touches_nothing(room: Room) -> None:
    ended(room)
    officer = transfer_officer(room).login
    said(room, "propose", "--reason", REASON, "--as", officer)
    assert "没有执行" in said(room, "withdraw", 1, "--reason", "再保留一年再议", "--as", officer)
    with pytest.raises(XiansuoError):
        said(room, "carry-out", 1, "--as", "head")


def test_the_day_of_a_plan_is_a_date(room: Room) -> None:
    ended(room)
    assert said(room, "plan", "--on", "1999-01-31")
    with pytest.raises(UsageError, match="2027-01-31"):
        said(room, "plan", "--on", "31.1.2027")


def test_nobody_erases_where_there_are_no_accounts(tmp_path: Path) -> None:
    settings = Settings(state_dir=empty_state(tmp_path / "new"))
    initialise(settings)
    result = CliRunner().invoke(
        app, ["--state", str(settings.state_dir), "retention", "propose", "--reason", REASON, "--as", "x"]
    )
    assert isinstance(result.exception, UsageError)
