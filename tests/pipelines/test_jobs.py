import pytest
from prefect import flow, task
from prefect.testing.utilities import prefect_test_harness

from pipelines.guard import guarded
from pipelines.sample import sample
from pipelines.steps import Counts, IncompleteError, perform
from xiansuo.errors import OfficeError
from xiansuo.services.jobs import office_at
from xiansuo.services.office import initialise
from xiansuo.settings import Settings
from xiansuo.storage.repositories import runs
from xiansuo.storage.repositories.runs import Run, RunStatus
from xiansuo.storage.session import reading

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]
CANARY = "祠堂门槛下的铁盒"


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
def where(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    settings = Settings(state_dir=tmp_path_factory.mktemp("office") / "state")
    initialise(settings)
    (settings.state_dir / "prefect").mkdir()
    return str(settings.state_dir), str(settings.home)


@pytest.fixture(scope="module")
def ran(where: tuple[str, str]) -> str:
    """What a job raised of whose three steps the first two fail, after a whole one had run."""
    with prefect_test_harness(server_startup_timeout=180):
        sample(*where)
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


def test_a_job_that_did_everything_is_done(ran: str, where: tuple[str, str]) -> None:
    assert ran
    with reading(office_at(*where).engine) as session:
        first = runs.latest(session)[1]
    assert (first.status, first.said, first.counts) == (RunStatus.DONE, (), {"drawn": 0})
