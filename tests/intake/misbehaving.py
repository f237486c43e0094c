"""A job for the helper process that does what it must not."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path


def answer(asked: Mapping[str, str], data: bytes) -> Iterator[bytes]:
    assert set(data) <= set(b"data")
    yield from (_DEEDS[asked["what"]]() if asked["what"] in _DEEDS else [Path(asked["what"]).read_bytes()])


def _two() -> Iterator[bytes]:
    yield b"one"
    yield b"two"


def _print() -> list[bytes]:
    sys.__stdout__.write("no answer\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]
    return [b"answer"]


def _interfaces() -> list[bytes]:
    return [
        json.dumps([line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:]]).encode()
    ]


def _standing() -> list[bytes]:
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[0] for name in _LIMITS}
    files = [
        str(file.readlink()).split(":")[0] for file in sorted(Path("/proc/self/fd").iterdir()) if file.is_symlink()
    ]
    return [json.dumps({**limits, "files": files, "names": sorted(os.environ), "folder": str(Path.cwd())}).encode()]


_LIMITS = ("AS", "CPU", "FSIZE", "NOFILE", "CORE")
_DEEDS = {
    "standing": _standing,
    "stop": lambda: [os.kill(os.getpid(), signal.SIGSTOP)],
    "pid": lambda: [str(os.getpid()).encode()],
    "two": _two,
    "print": _print,
    "interfaces": _interfaces,
    "socket": lambda: [socket.create_connection(("127.0.0.1", 9))],
    "write": lambda: [Path("written-by-a-helper").write_text("x")],
    "remove": lambda: [Path("/nonexistent").unlink()],
    "run": lambda: [subprocess.run(["true"], check=False)],
    "fork": lambda: [os.fork()],
    "sleep": lambda: [time.sleep(60)],
    "die": lambda: [os.kill(os.getpid(), 9)],
    "boast": lambda: [bytes(200_000)],
    "fill": lambda: [bytes(3 << 30)],
}
