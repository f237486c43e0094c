from collections import Counter
from pathlib import Path

import pytest
from prefect import flow, task
from prefect.testing.utilities import prefect_test_harness

from pipelines.audit import audit
from pipelines.backlog import backlog
from pipelines.backup import backup
from pipelines.deadlines import deadlines
from pipelines.evaluate import evaluate
from pipelines.guard import guarded
from pipelines.report import report
from pipelines.retention import retention
from pipelines.retrain import retrain
from pipelines.sample import sample
from pipelines.steps import Counts, IncompleteError, perform
from tests.servers.state import empty_state
from xiansuo.errors import OfficeError
from xiansuo.services.audit import verify_database
from xiansuo.services.backup_kept import backups
from xiansuo.services.jobs import office_at
from xiansuo.services.office import initialise
from xiansuo.settings import Settings
from xiansuo.storage.repositories import runs
from xiansuo.storage.repositories.runs import Run, RunStatus
from xiansuo.storage.session import reading

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]
CANARY = "祠堂门槛下的铁盒"
MEASURED = ("backup", "evaluate")


@task
@guarded
def _unforeseen(state_dir: str, home: str) -> Counts:
    raise ValueError(CANARY + state_dir + home)


@task
@guarded
def _told(state_dir: str, home: str) -> Counts:
    del state_dir, home
    raise OfficeError("第3号线索没有办法处理。")


@task
@guarded
def _works(state_dir: str, home: str) -> Counts:
    del state_dir, home
    return {"drawn": 2}


@flow
@guarded
def _job(state_dir: str, home: str) -> None:
    perform("sample", (_unforeseen, _told, _works), state_dir, home)


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory, home: Path) -> tuple[str, str]:
    settings = Settings(state_dir=empty_state(tmp_path_factory.mktemp("office") / "state"), home=home)
    initialise(settings)
    (settings.state_dir / "prefect").mkdir()
    return str(settings.state_dir), str(settings.home)


@pytest.fixture(scope="module")
def ran(where: tuple[str, str]) -> str:
    """What a job raised of whose three steps the first two fail, after all jobs had run in an office without a letter."""
    with prefect_test_harness(server_startup_timeout=180):
        for job in (retrain, sample, report, retention, deadlines, backlog, audit, evaluate, backup):
            job(*where)
        with pytest.raises(IncompleteError) as raised:
            _job(*where)
    return str(raised.value)


def _latest(where: tuple[str, str]) -> Run:
    with reading(office_at(*where).engine) as session:
        return runs.latest(session)[0]


def test_a_step_that_fails_stops_no_other(ran: str, where: tuple[str, str]) -> None:
    assert _latest(where).counts == {"drawn": 2}
    assert ran.endswith("；第3号线索没有办法处理。")


def test_what_failed_is_written_down_for_the_operator(ran: str, where: tuple[str, str]) -> None:
    run = _latest(where)
    assert (run.kind, run.status, "；".join(run.said)) == ("sample", RunStatus.FAILED, ran)
    assert run.finished is not None


def test_what_nobody_foresaw_is_told_without_its_words(ran: str, where: tuple[str, str]) -> None:
    assert "意外错误 ValueError" in ran
    assert CANARY not in ran + "".join(_latest(where).said)


def test_jobs_find_nothing_to_do_in_an_office_without_a_letter_and_say_so(ran: str, where: tuple[str, str]) -> None:
    assert ran
    with reading(office_at(*where).engine) as session:
        done = runs.latest(session)[1:]
    assert [one.kind for one in done] == [
        "backup",
        "evaluate",
        "audit",
        "backlog",
        "deadlines",
        "retention",
        "report",
        "sample",
        "retrain",
    ]
    assert {(one.status, one.said) for one in done} == {(RunStatus.DONE, ())}
    assert {one.kind: +Counter(one.counts) for one in done if one.kind not in MEASURED} == {
        one.kind: Counter() for one in done if one.kind not in MEASURED
    }


def test_the_job_of_backups_leaves_one_and_that_of_the_audit_an_anchor(ran: str, where: tuple[str, str]) -> None:
    assert ran
    office = office_at(*where)
    assert len(backups(office)) == 1
    assert verify_database(office.settings, anchor=next((office.state_dir / "anchors").glob("*.txt"))).holds
