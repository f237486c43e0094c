"""The helper process in which strangers' files are opened."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from xiansuo.intake import apart
from xiansuo.intake.apart import Apart
from xiansuo.intake.confine import can_cut_network
from xiansuo.intake.content import CannotRead
from xiansuo.intake.landlock import can_restrict

JOB = "tests.intake.misbehaving"
MEMORY = 1 << 30
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@pytest.fixture
def helper() -> "object":
    made = Apart(JOB, MEMORY)
    yield made
    made.close()


def ask(helper: Apart, what: str, seconds: float = 20) -> list[str]:
    return [part.decode() for part in helper.ask({"what": what}, b"data", seconds=seconds, largest=1000)]


def test_one_helper_answers_again_and_again(helper: Apart) -> None:
    assert ask(helper, "pid") == ask(helper, "pid")


@pytest.mark.parametrize("what", ["socket", "write", "run", "fork", "remove"])
def test_a_helper_can_neither_reach_a_network_nor_write_nor_run_anything(helper: Apart, what: str) -> None:
    with pytest.raises(CannotRead, match="PermissionError"):
        ask(helper, what)


@pytest.mark.parametrize(
    ("what", "said"), [("sleep", "时间"), ("stop", "时间"), ("die", "中止"), ("boast", "上限"), ("fill", "")]
)
def test_a_helper_that_misbehaves_ends_in_a_reason_and_the_next_request_is_answered(
    helper: Apart, what: str, said: str
) -> None:
    with pytest.raises(CannotRead) as caught:
        ask(helper, what, seconds=1 if what in {"sleep", "stop"} else 20)
    assert said in caught.value.detail
    assert len(ask(helper, "pid")) == 1


def test_what_a_helper_prints_is_no_answer(helper: Apart) -> None:
    assert ask(helper, "print") == ["answer"]


def test_an_answer_nobody_waited_for_is_not_given_to_the_next(helper: Apart) -> None:
    asked = helper.ask({"what": "two"}, b"", seconds=20, largest=1000)
    assert next(asked) == b"one"
    asked.close()  # type: ignore[attr-defined]
    assert ask(helper, "print") == ["answer"]


def test_a_helper_that_is_gone_is_started_again(helper: Apart) -> None:
    (number,) = ask(helper, "pid")
    os.kill(int(number), signal.SIGKILL)
    helper._process.wait()
    assert ask(helper, "pid") != [number]


def test_a_helper_ends_with_the_process_that_asked(helper: Apart) -> None:
    (number,) = ask(helper, "pid")
    helper.close()
    until = time.monotonic() + 10
    while Path(f"/proc/{number}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{number}").exists()


def test_a_helper_has_no_way_to_other_machines(helper: Apart) -> None:
    if not can_cut_network():
        pytest.skip("this system lets its users make no network namespace")
    assert json.loads(ask(helper, "interfaces")[0]) == ["lo"]


def test_a_helper_has_bounds_and_nothing_of_what_the_process_that_asked_holds(
    helper: Apart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIANSUO_STATE_DIR", str(tmp_path))
    with (tmp_path / "key").open("w"):
        standing = json.loads(ask(helper, "standing")[0])
    assert (standing["AS"], standing["FSIZE"], standing["CORE"]) == (MEMORY, 0, 0)
    assert 0 < standing["CPU"] < 120
    assert 0 < standing["NOFILE"] <= 1024
    assert {name for name in standing["files"] if name != "pipe"} <= {os.devnull}
    assert set(standing["names"]) <= {"PATH", "PYTHONPATH", "LANG", "LC_CTYPE", *THREADS}
    assert standing["folder"] == "/"


@pytest.mark.parametrize("name", ["keys/vault-1.key", "xiansuo.db", "letter.eml"])
def test_a_helper_sees_neither_keys_nor_letters_on_the_disk(helper: Apart, tmp_path: Path, name: str) -> None:
    if not can_restrict():
        pytest.skip("this kernel is older than Linux 5.13 or has no Landlock")
    (tmp_path / "keys").mkdir()
    (tmp_path / name).write_text("secret")
    with pytest.raises(CannotRead, match="PermissionError"):
        ask(helper, str(tmp_path / name))


def test_a_helper_that_stopped_listening_is_not_waited_for(helper: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_SEND_SECONDS", 1)
    (number,) = ask(helper, "pid")
    os.kill(int(number), signal.SIGSTOP)
    with pytest.raises(CannotRead, match="时间"):
        list(helper.ask({"what": "pid"}, b"data" * 100_000, seconds=20, largest=1000))
    assert ask(helper, "pid") != [number]
