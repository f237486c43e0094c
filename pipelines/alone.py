"""Locks in Prefect's folder: one run at a time, one schedule per installation. They end with the process that holds them."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xiansuo.errors import OfficeError

_RUN, _SERVICE = "run.lock", "service.lock"


@contextmanager
def alone(state_dir: Path) -> Iterator[None]:
    """Wait until no other run works on this installation, and let none begin before the block ends."""
    with (state_dir / "prefect" / _RUN).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_busy(home: Path) -> bool:
    """Tell whether a run is going on."""
    with (home / _RUN).open("a") as file:
        return not _claimed(file.fileno())


@contextmanager
def as_service(home: Path, url: str) -> Iterator[None]:
    """Be the one schedule of this installation, with its server at `url`. Raises OfficeError where there is one."""
    with (home / _SERVICE).open("a+", encoding="ascii") as file:
        if not _claimed(file.fileno()):
            raise OfficeError(f"定时任务已经在运行（{service_at(home)}），不能再启动一个。")
        file.truncate(0)
        file.write(url)
        file.flush()
        yield


def service_at(home: Path) -> str:
    """Return the address of the schedule's server, an empty string where no schedule runs."""
    with (home / _SERVICE).open("a+", encoding="ascii") as file:
        if _claimed(file.fileno()):
            return ""
        file.seek(0)
        return file.read()


def _claimed(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
