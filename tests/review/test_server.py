"""Where the review app may be served, and what it leaves on record there."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.offline import FOLDER
from tests.review.desk import Desk
from xiansuo.errors import UsageError
from xiansuo.review.server import Address, allowed, is_loopback


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("192.0.2.1", False),
        ("10.1.2.3", False),
        ("xiansuo.office", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(host: str, here: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is here


def test_another_address_is_refused_without_tls() -> None:
    with pytest.raises(UsageError, match="TLS"):
        Address("10.1.2.3", names=("xiansuo.office",)).check()


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="一起"):
        Address(certificate=tmp_path / "cert.pem").check()


def test_another_address_with_tls_needs_the_name_browsers_use(tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).touch()
    with pytest.raises(UsageError, match="--name"):
        Address("192.0.2.1", certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem").check()


def test_a_port_in_use_is_told_in_a_sentence() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="端口"):
            Address(port=taken.getsockname()[1]).check()


def test_the_address_is_told_as_it_is_typed() -> None:
    assert Address().url == "http://127.0.0.1:8765/"
    assert Address("192.0.2.1", 443, ("xiansuo.office",), Path("c"), Path("k")).url == "https://xiansuo.office:443/"


def test_requests_that_name_another_host_are_not_answered() -> None:
    assert "evil.example" not in allowed(["xiansuo.office"])
    assert "testserver" not in allowed([])


def test_the_command_serves_and_writes_nobodys_address_down(desk: Desk) -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from xiansuo.cli import main; main()", "--state", str(desk.office.state_dir)]
    home = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{FOLDER}{os.pathsep}{home}"}
    server = subprocess.Popen([*command, "serve", "--port", str(port)], stderr=subprocess.PIPE, env=environment)
    try:
        assert "登录".encode() in _first_answer(port)
    finally:
        server.terminate()
        _, told = server.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}/" in told.decode()
    assert "GET" not in told.decode()


def _first_answer(port: int) -> bytes:
    for _ in range(900):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=10) as answer:
                body: bytes = answer.read()
                return body
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")
