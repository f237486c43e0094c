"""A job for the helper process that does what it must not."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path


def answer(asked: Mapping[str, str], data: bytes) -> Iterator[bytes]:
    assert data in {b"data", b""}
    yield from _DEEDS[asked["what"]]()


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


_DEEDS = {
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
