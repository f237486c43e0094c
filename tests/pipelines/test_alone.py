import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.alone import alone, as_service, is_busy, service_at
from xiansuo.errors import OfficeError

_HOLD = """
import sys, pathlib
from pipelines.alone import alone
with alone(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    (tmp_path / "prefect").mkdir()
    return tmp_path


def test_an_installation_is_busy_only_while_a_run_works_on_it(state_dir: Path) -> None:
    with alone(state_dir):
        assert is_busy(state_dir / "prefect")
    assert not is_busy(state_dir / "prefect")


def test_a_killed_run_leaves_nothing_locked(state_dir: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(state_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stdout.readline() == b"held\n"
        assert is_busy(state_dir / "prefect")
        run.kill()
    assert not is_busy(state_dir / "prefect")


def test_a_second_schedule_is_refused_and_told_where_the_first_one_is(state_dir: Path) -> None:
    home = state_dir / "prefect"
    with (
        as_service(home, "http://127.0.0.1:4200"),
        pytest.raises(OfficeError, match=r"http://127\.0\.0\.1:4200"),
        as_service(home, "http://127.0.0.1:4300"),
    ):
        pass


def test_the_schedule_is_found_while_it_runs(state_dir: Path) -> None:
    home = state_dir / "prefect"
    with as_service(home, "http://127.0.0.1:4300"):
        assert service_at(home) == "http://127.0.0.1:4300"
    assert service_at(home) == ""
    with as_service(home, "http://127.0.0.1:1"):
        assert service_at(home) == "http://127.0.0.1:1"
