from pathlib import Path

import pytest

from pipelines.deployments import ZONE, deployments, name_of
from pipelines.serve import DEFAULT_CRON, schedules
from xiansuo.errors import OfficeError
from xiansuo.services.office import initialise
from xiansuo.settings import Settings

_SOURCE = '[[source]]\nname = "{name}"\ntype = "folder"\npath = "/srv/{name}"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(state_dir=tmp_path / "state")
    initialise(settings)
    return settings


def _fill(settings: Settings, *crons: str) -> None:
    entries = [_SOURCE.format(name=f"来源{n}") + (f'cron = "{cron}"\n' if cron else "") for n, cron in enumerate(crons)]
    (settings.state_dir / "xiansuo.toml").write_text("\n".join(entries), "utf-8")


def test_sources_of_one_cron_time_are_read_together(settings: Settings) -> None:
    _fill(settings, "*/30 8-18 * * *", "0 7 * * *", "*/30 8-18 * * *", "")
    assert schedules(settings) == {"*/30 8-18 * * *": [0, 2], "0 7 * * *": [1], DEFAULT_CRON: [3]}


def test_without_a_usable_source_it_says_what_is_wrong(settings: Settings) -> None:
    _fill(settings, "every day")
    with pytest.raises(OfficeError, match=r"没有可用的来源(.|\n)*cron"):
        schedules(settings)


def test_parameters_of_a_deployment_are_paths_and_positions(settings: Settings) -> None:
    (deployment,) = deployments(settings, {"0 7 * * *": [1, 2]})
    where = {"state_dir": str(settings.state_dir), "home": str(settings.home)}
    assert deployment.parameters == {**where, "sources": [1, 2]}
    assert deployment.entrypoint == "pipelines.triage.triage"


def test_cron_times_are_those_of_beijing(settings: Settings) -> None:
    (deployment,) = deployments(settings, {"0 7 * * *": [0]})
    assert [(one.schedule.cron, one.schedule.timezone) for one in deployment.schedules or []] == [("0 7 * * *", ZONE)]


def test_two_cron_times_never_share_a_name() -> None:
    assert name_of("*/30 8 * * *") == "*∕30 8 * * *"
    assert len({name_of("0 5/2 * * *"), name_of("0/5 2 * * *"), name_of("0 5 2 * *")}) == 3
