from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.servers.state import empty_state
from tests.services.people import add_account
from xiansuo.cli import app
from xiansuo.domain.people import Role
from xiansuo.errors import UsageError
from xiansuo.services.office import Office, initialise, open_office
from xiansuo.settings import Settings


@pytest.fixture
def office(tmp_path: Path) -> Office:
    settings = Settings(state_dir=empty_state(tmp_path / "state"))
    initialise(settings)
    return open_office(settings)


def test_too_few_decisions_are_a_sentence_that_says_how_many_are_lacking(office: Office) -> None:
    told = CliRunner().invoke(app, ["--state", str(office.state_dir), "train", "--from-decisions"])
    assert told.exit_code == 0
    assert "还差 50 条" in told.output


@pytest.mark.parametrize("login", ["", "nobody", "reader"])
def test_once_there_are_accounts_only_who_looks_after_models_may_train_from_decisions(
    office: Office, login: str
) -> None:
    add_account(office, "reader", Role.REVIEWER, "卫青禾")
    add_account(office, "keeper", Role.MODELLER, "甘泉")
    state = ["--state", str(office.state_dir), "train", "--from-decisions", "--as"]
    refused = CliRunner().invoke(app, [*state, login])
    assert isinstance(refused.exception, UsageError)
    assert "--as" in str(refused.exception)
    assert "还差" in CliRunner().invoke(app, [*state, "keeper"]).output


def test_training_by_the_recipe_takes_no_account(office: Office) -> None:
    refused = CliRunner().invoke(app, ["--state", str(office.state_dir), "train", "--as", "keeper"])
    assert refused.exit_code == 2
    assert "只与 --from-decisions 同用" in refused.output
