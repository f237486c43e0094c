"""The command that draws from what was set aside: it says how many, never which, and asks who wants more."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from tests.servers.state import empty_state
from tests.services.deciding import Room, furnish
from xiansuo.cli import app
from xiansuo.services.office import initialise, open_office
from xiansuo.settings import Settings
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import AuditEvents, Clues, SampleShares


@pytest.fixture
def room(tmp_path: Path) -> Room:
    settings = Settings(state_dir=empty_state(tmp_path / "state"))
    initialise(settings)
    made = furnish(open_office(settings), 5)
    with transaction(made.office.engine) as session:
        session.execute(update(Clues).values(rank=5.0))
    return made


def _run(room: Room, *more: str) -> tuple[object, str]:
    told = CliRunner().invoke(app, ["--state", str(room.office.state_dir), "sample", *more])
    return told.exception if told.exit_code else 0, told.output


def test_a_lead_draws_more_and_only_the_count_is_told(room: Room) -> None:
    failed, told = _run(room, "--share", "1", "--reason", "全抽一遍", "--as", "lead")
    assert not failed
    assert "新抽出 5 条" in told
    assert not any(number in told for number in room.numbers)
    assert "新抽出 0 条" in _run(room)[1]
    with reading(room.office.engine) as session:
        assert session.scalars(select(SampleShares.actor)).all() == ["lead"]
        assert "sample.raise" in session.scalars(select(AuditEvents.action)).all()


@pytest.mark.parametrize("who", [(), ("--as", "jia"), ("--as", "niemand")])
def test_nobody_else_draws_more(room: Room, who: tuple[str, ...]) -> None:
    failed, _ = _run(room, "--share", "0.5", "--reason", "多抽", *who)
    assert "--as" in str(failed)
    with reading(room.office.engine) as session:
        assert session.scalars(select(SampleShares.id)).all() == []
