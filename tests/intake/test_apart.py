"""The helper process in which strangers' files are opened."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from xiansuo.intake.apart import Apart
from xiansuo.intake.confine import can_cut_network
from xiansuo.intake.content import CannotRead

JOB = "tests.intake.misbehaving"
MEMORY = 1 << 30


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


@pytest.mark.parametrize(("what", "said"), [("sleep", "时间"), ("die", "中止"), ("boast", "上限"), ("fill", "")])
def test_a_helper_that_misbehaves_ends_in_a_reason_and_the_next_request_is_answered(
    helper: Apart, what: str, said: str
) -> None:
    with pytest.raises(CannotRead) as caught:
        ask(helper, what, seconds=1 if what == "sleep" else 20)
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
