"""Prefect's server on loopback: started for as long as a block lasts, and never outliving the process that started it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xiansuo.errors import OfficeError

HOST = "127.0.0.1"
_START_SECONDS = 180
_STOP_SECONDS = 20
# The pages carry a usage tracker of their makers; the browser must not let it out.
_PAGES_STAY_HERE = f"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: ws://{HOST}:*"


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def require_port(port: int) -> None:
    """Raise OfficeError where the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise OfficeError(f"本机端口 {port} 已被占用或不许使用。请用 --port 换一个端口。") from error


@contextmanager
def server(home: Path, port: int, *, pages: bool) -> Iterator[Callable[[], None]]:
    """Start the server at once, give a function that waits until it answers, and stop it at the end.

    Without `pages` it is Prefect's temporary kind: no pages, no scheduler. What it says goes to `home`/server.log.
    """
    url = f"http://{HOST}:{port}"
    kind = {"PREFECT_SERVER_CORS_ALLOWED_ORIGINS": url} if pages else {"PREFECT__SERVER_EPHEMERAL": "1"}
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.server", str(port)],
            # The pipe's end tells the server that this process is gone; signals of the terminal do not reach it.
            stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, **kind, "PREFECT_API_URL": f"{url}/api", "PREFECT__SERVER_FINAL": "1"},
        )  # fmt: skip
    try:
        yield lambda: wait_for(url, alive=lambda: process.poll() is None)
    finally:
        _stop(process)


def wait_for(url: str, *, alive: Callable[[], bool] = lambda: True) -> None:
    """Wait until the server at `url` answers. Raises OfficeError when it does not in time, or is not `alive` any more."""
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(f"{url}/api/health"):
        if not alive():
            raise OfficeError(
                "流程引擎没有启动成功，原因见状态目录下的 prefect/server.log。来件没有受影响，可重新运行。"
            )
        if time.monotonic() > deadline:
            raise OfficeError(
                f"流程引擎 {_START_SECONDS} 秒内没有启动，机器可能太忙。来件没有受影响，请稍后重新运行；详见 prefect/server.log。"
            )
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - a fixed loopback address
            return True
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _main(port: int) -> None:
    """Be the server, until told to stop or until the process that started it is gone."""
    import uvicorn  # noqa: PLC0415 - only this process needs it

    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvicorn.run(
        "prefect.server.api.server:create_app",
        factory=True,
        host=HOST,
        port=port,
        log_level="error",
        timeout_graceful_shutdown=5,
        headers=[("Content-Security-Policy", _PAGES_STAY_HERE)],
    )


def _end_with_parent() -> None:
    # Not through `sys.stdin`, whose lock would break the end of the interpreter.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _main(int(sys.argv[1]))
