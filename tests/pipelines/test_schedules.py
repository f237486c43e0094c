from pathlib import Path

import pytest

from pipelines.deployments import FLOWS, ZONE, deployments
from pipelines.plans import FETCH, TRIAGE, Plan, plans_of
from tests.servers.state import empty_state
from xiansuo.errors import OfficeError
from xiansuo.intake.cron import DEFAULT_CRON
from xiansuo.intake.schedule import JOBS
from xiansuo.intake.sources import SourcesError
from xiansuo.services.office import initialise
from xiansuo.settings import Settings

_SOURCE = '[[source]]\nname = "{name}"\ntype = "folder"\npath = "/srv/{name}"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(state_dir=empty_state(tmp_path / "state"))
    initialise(settings)
    return settings


def _fill(settings: Settings, *crons: str, schedule: str = "") -> None:
    entries = [_SOURCE.format(name=f"来源{n}") + (f'cron = "{cron}"\n' if cron else "") for n, cron in enumerate(crons)]
    (settings.state_dir / "xiansuo.toml").write_text("\n".join([f"[schedule]\n{schedule}", *entries]), "utf-8")


def _jobs(settings: Settings) -> dict[str, str]:
    return {plan.flow: plan.cron for plan in plans_of(settings).plans if plan.flow in JOBS}


def test_every_source_has_a_plan_of_its_own_and_the_triage_runs_when_letters_wait(settings: Settings) -> None:
    _fill(settings, "*/30 8-18 * * *", "0 7 * * *", "*/30 8-18 * * *", "", "off")
    planned = [plan for plan in plans_of(settings).plans if plan.flow not in JOBS]
    assert [(plan.cron, plan.source) for plan in planned] == [
        ("*/30 8-18 * * *", 0),
        ("0 7 * * *", 1),
        ("*/30 8-18 * * *", 2),
        (DEFAULT_CRON, 3),
        ("", None),
    ]


def test_jobs_run_at_night_where_nothing_is_set(settings: Settings) -> None:
    _fill(settings, "")
    assert _jobs(settings) == JOBS
    assert plans_of(settings).wrong == ()


def test_a_job_has_its_own_time_or_is_switched_off(settings: Settings) -> None:
    _fill(settings, "", schedule='retrain = "15 3 * * 1-5"\nreport = "off"')
    others = {job: cron for job, cron in JOBS.items() if job != "report"}
    assert _jobs(settings) == {**others, "retrain": "15 3 * * 1-5"}


@pytest.mark.parametrize(
    ("schedule", "job", "told"),
    [
        ('retrain = "30 25 * * *"', "retrain", "“25”这一段不对，“夜间学习”不会定时执行"),
        ('retrain = "every night"', "retrain", "要有五段"),
        ("sample = 6", "sample", "sample = 6 有误"),
    ],
)
def test_a_wrong_time_is_told_and_the_other_jobs_run(settings: Settings, schedule: str, job: str, told: str) -> None:
    _fill(settings, "", schedule=schedule)
    assert set(_jobs(settings)) == set(JOBS) - {job}
    (sentence,) = plans_of(settings).wrong
    assert told in sentence


def test_a_job_nobody_knows_is_told_with_the_one_that_was_meant(settings: Settings) -> None:
    _fill(settings, "", schedule='retrian = "30 2 * * *"')
    assert _jobs(settings) == JOBS
    assert "是否想写 retrain？" in plans_of(settings).wrong[0]


def test_a_schedule_that_is_no_table_is_told(settings: Settings) -> None:
    (settings.state_dir / "xiansuo.toml").write_text('schedule = "nightly"\n' + _SOURCE.format(name="甲"), "utf-8")
    with pytest.raises(SourcesError, match=r"\[schedule\]（一层方括号）"):
        plans_of(settings)


def test_without_a_usable_source_the_jobs_run_and_it_says_what_is_wrong(settings: Settings) -> None:
    _fill(settings, "every day")
    assert _jobs(settings) == JOBS
    none, wrong = plans_of(settings).wrong
    assert "没有可用的来源" in none
    assert "cron" in wrong


def test_where_nothing_is_planned_at_all_there_is_nothing_to_serve(settings: Settings) -> None:
    _fill(settings, schedule="\n".join(f'{job} = "off"' for job in JOBS))
    with pytest.raises(OfficeError, match="没有可用的来源，定时工作也都停用了"):
        plans_of(settings)


def test_parameters_of_a_deployment_are_paths_and_positions(settings: Settings) -> None:
    fetch, retrain = deployments(settings, [Plan(FETCH, "0 7 * * *", 1), Plan("retrain", "30 2 * * *")])
    where = {"state_dir": str(settings.state_dir), "home": str(settings.home)}
    assert (fetch.parameters, retrain.parameters) == ({**where, "sources": [1]}, where)
    assert (fetch.entrypoint, retrain.entrypoint) == ("pipelines.fetch.fetch", "pipelines.retrain.retrain")


def test_cron_times_are_those_of_beijing(settings: Settings) -> None:
    (deployment,) = deployments(settings, [Plan(FETCH, "0 7 * * *", 0)])
    assert [(one.schedule.cron, one.schedule.timezone) for one in deployment.schedules or []] == [("0 7 * * *", ZONE)]


def test_every_job_has_its_flow() -> None:
    assert set(FLOWS) == {FETCH, TRIAGE, *JOBS}


def test_two_plans_never_share_a_name() -> None:
    times = ("0 5/2 * * *", "0/5 2 * * *", "0 5 2 * *")
    assert len({Plan(flow, time).name for flow in FLOWS for time in times}) == len(FLOWS) * len(times)
    assert Plan(FETCH, "*/30 8 * * *", 0).name == "source 1 *∕30 8 * * *"
