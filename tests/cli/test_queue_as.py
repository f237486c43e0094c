import json
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from tests.servers.state import empty_state
from tests.services.people import add_account, add_round, viewer_of
from tests.services.samples import BANQUET, BENEFITS, REGISTER, write
from xiansuo.cli import app
from xiansuo.domain.people import Role
from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.services.office import Office, import_register, initialise, open_office
from xiansuo.services.recusal import declare
from xiansuo.services.screening import screen_waiting
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.settings import Settings
from xiansuo.storage.session import reading
from xiansuo.storage.tables import AuditEvents


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with two clues, a reviewer kept from one of them, and an operator."""
    base = tmp_path_factory.mktemp("queue-as")
    settings = Settings(state_dir=empty_state(base / "state"))
    initialise(settings)
    made = open_office(settings)
    import_register(made, REGISTER)
    bench = Bench.prepare(settings)
    ingest_paths(bench, [write(base / "in", {"1.txt": BENEFITS, "2.txt": BANQUET})])
    work_off(bench)
    return bench.office


@pytest.fixture(scope="module")
def reviewer(office: Office) -> str:
    account = add_account(office, "reviewer", Role.REVIEWER, "卫青禾")
    add_account(office, "operator", Role.OPERATOR, "甘泉")
    add_round(office, [account])
    screen_waiting(office)
    declare(office, viewer_of(office, account), RecusalProfile(relatives=(Relative("马德才", "堂兄"),)))
    return "reviewer"


def queue(state: Path, *more: str) -> tuple[int, str]:
    told = CliRunner().invoke(app, ["--state", str(state), "queue", *more])
    return told.exit_code, told.output


def test_the_queue_needs_no_name_before_there_are_accounts(office: Office) -> None:
    code, said = queue(office.state_dir, "--json")
    assert code == 0
    assert len(json.loads(said)) == 2


@pytest.mark.parametrize("who", [(), ("--as", "nobody"), ("--as", "operator")])
def test_with_accounts_the_queue_is_read_in_the_name_of_somebody_who_may(
    office: Office, reviewer: str, who: tuple[str, ...]
) -> None:
    code, said = queue(office.state_dir, "--json", *who)
    assert code != 0, reviewer
    assert "马德才" not in said


def test_the_queue_obeys_recusal_and_leaves_a_trace(office: Office, reviewer: str) -> None:
    code, said = queue(office.state_dir, "--json", "--as", reviewer)
    assert code == 0
    assert [row["unit"] for row in json.loads(said)] == ["柳河镇人民政府"]
    assert "马德才" not in queue(office.state_dir, "--as", reviewer)[1]
    with reading(office.engine) as session:
        assert session.scalars(select(AuditEvents.action).order_by(AuditEvents.id)).all()[-1] == "queue.read"
