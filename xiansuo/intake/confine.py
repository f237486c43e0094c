"""Owns the bounds of a child process that opens a stranger's file: no network, limited memory, ended with everything it started."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from functools import cache

_GRACE = 5.0
_OPEN_FILES = 1024


def confined(command: Sequence[str], *, memory: int, seconds: int, file_bytes: int = 0) -> list[str]:
    """Return the command with a network of its own that leads nowhere, where the system allows that, and with limits.

    `memory` is address space in bytes, `seconds` processor time, `file_bytes` the largest file it may write.
    """
    limits = [f"--as={memory}", f"--cpu={seconds}", f"--fsize={file_bytes}", f"--nofile={_OPEN_FILES}", "--core=0"]
    bounded = ["prlimit", *limits, "--", *command] if shutil.which("prlimit") else list(command)
    return [*_WITHOUT_NETWORK, *bounded] if can_cut_network() else bounded


@cache
def can_cut_network() -> bool:
    """Tell whether this system lets its users put a process into a network namespace of its own."""
    if not shutil.which(_WITHOUT_NETWORK[0]):
        return False
    tried = subprocess.run([*_WITHOUT_NETWORK, "true"], capture_output=True, check=False, timeout=10)
    return tried.returncode == 0


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads its own group, and the group with it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with suppress(OSError):
                pipe.close()


_WITHOUT_NETWORK = ("unshare", "--map-current-user", "--net", "--")
