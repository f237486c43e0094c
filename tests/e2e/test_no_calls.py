"""Nothing leaves the machine: every Python process of the tests is watched, and a call to another machine fails the test."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import environment
from tests.offline import FOLDER
from tests.offline.sitecustomize import CALLS

# Addresses and names that nobody answers to, but that are not set aside for examples either.
_CALLING = {
    "a line": "socket.create_connection(('198.18.0.1', 80), timeout=1)",
    "a line (IPv6)": "socket.create_connection(('fd00::1', 80), timeout=1)",
    "a name": "socket.getaddrinfo('telemetry.nowhere.internal', 443)",
    "a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('198.18.0.1', 53))",
    "a page": "__import__('urllib.request').request.urlopen('http://198.18.0.1/', timeout=1)",
}
_QUIET = {
    "loopback": "socket.getaddrinfo('127.0.0.1', 1), socket.getaddrinfo('localhost', 1)",
    "a socket of the machine": "socket.socketpair()",
    "an address for examples": "socket.create_connection(('192.0.2.1', 80), timeout=1)",
}


def _calling(code: str, calls: Path) -> bool:
    """Run a line of Python in a process of its own and tell whether it succeeded."""
    told = {**os.environ, CALLS: str(calls), "PYTHONPATH": FOLDER}
    done = subprocess.run(
        [sys.executable, "-c", f"import socket\n{code}"], env=told, capture_output=True, check=False, timeout=60
    )
    return done.returncode == 0


@pytest.mark.parametrize("code", _CALLING.values(), ids=_CALLING)
def test_a_call_to_another_machine_is_refused_and_written_down(code: str, tmp_path: Path) -> None:
    assert not _calling(code, tmp_path / "calls")
    assert "198.18.0.1 " in (said := (tmp_path / "calls").read_text()) or "fd00" in said or "nowhere.internal" in said


@pytest.mark.parametrize("code", _QUIET.values(), ids=_QUIET)
def test_what_stays_on_the_machine_or_reaches_nobody_is_not_written_down(code: str, tmp_path: Path) -> None:
    _calling(code, tmp_path / "calls")
    assert not (tmp_path / "calls").exists()


def test_this_process_is_watched_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CALLS, str(tmp_path / "calls"))
    with pytest.raises(OSError, match="no other machine"):
        socket.getaddrinfo("telemetry.nowhere.internal", 443)
    assert "nowhere" in (tmp_path / "calls").read_text()


def test_commands_are_started_with_the_watch() -> None:
    code = "import sys; print('tests.offline' in str(sys.modules['sitecustomize'].__file__).replace('/', '.'))"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
