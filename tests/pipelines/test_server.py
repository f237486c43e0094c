import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import server as module
from pipelines.server import HOST, free_port, require_port, server, wait_for
from tests.servers.waiting import wait_until
from xiansuo.errors import OfficeError

_START_AND_DIE = """
import os, pathlib, sys
from pipelines.server import server
with server(pathlib.Path(sys.argv[1]), int(sys.argv[2]), pages=False):
    print(pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text(), flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_taken_port_is_told_with_the_option_that_helps() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with pytest.raises(OfficeError, match="--port"):
            require_port(taken.getsockname()[1])


def test_a_free_port_is_accepted() -> None:
    require_port(free_port())


def test_an_engine_that_ends_at_once_is_told_in_a_sentence() -> None:
    with pytest.raises(OfficeError, match=r"流程引擎没有启动成功.*prefect/server\.log"):
        wait_for(f"http://{HOST}:{free_port()}", alive=lambda: False)


def test_an_engine_that_is_too_slow_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_START_SECONDS", 0)
    with pytest.raises(OfficeError, match="0 秒内没有启动"):
        wait_for(f"http://{HOST}:{free_port()}")


def test_the_reason_of_a_failed_start_lies_in_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    failing.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(failing))
    with pytest.raises(OfficeError, match="没有启动成功"), server(tmp_path, free_port(), pages=False) as ready:
        ready()
    assert (tmp_path / "server.log").read_text() == "no such module\n"


def test_a_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _START_AND_DIE, str(tmp_path), str(free_port())]
    out = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    wait_until(lambda: not Path(f"/proc/{int(out)}").exists(), seconds=60)
