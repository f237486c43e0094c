"""Locks in Prefect's folder: who works on the letters, who reads which source, one schedule. They end with the process that holds them."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xiansuo.errors import OfficeError
from xiansuo.services.scheduled import SERVICE_FILE

_RUN, _HAND = "run.lock", "hand.lock"


@contextmanager
def alone(state_dir: Path) -> Iterator[None]:
    """Wait until no other run analyses, links or learns in this installation, and let none begin before the block ends."""
    with (state_dir / "prefect" / _RUN).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_busy(home: Path) -> bool:
    """Tell whether a run is going on that analyses, links or learns."""
    return _is_held(home / _RUN)


@contextmanager
def by_hand(state_dir: Path) -> Iterator[None]:
    """Wait until no other run by hand goes on, and let none begin before the block ends."""
    with (state_dir / "prefect" / _HAND).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_run_by_hand(home: Path) -> bool:
    """Tell whether a run by hand goes on."""
    return _is_held(home / _HAND)


@contextmanager
def reading_source(state_dir: Path, source_id: int) -> Iterator[bool]:
    """Give True to the one run that may read a source while the block lasts, False to every other."""
    with _lock_of(state_dir / "prefect", source_id).open("a") as file:
        yield _claimed(file.fileno())


def is_read(home: Path, source_id: int) -> bool:
    """Tell whether a source is being read."""
    return _is_held(_lock_of(home, source_id))


def _lock_of(home: Path, source_id: int) -> Path:
    return home / f"source-{source_id}.lock"


def _is_held(lock: Path) -> bool:
    with lock.open("a") as file:
        return not _claimed(file.fileno())


@contextmanager
def as_service(home: Path, url: str) -> Iterator[None]:
    """Be the one schedule of this installation, with its server at `url`. Raises OfficeError where there is one."""
    with (home / SERVICE_FILE).open("a+", encoding="ascii") as file:
        if not _claimed(file.fileno()):
            raise OfficeError(f"定时任务已经在运行（{service_at(home)}），不能再启动一个。")
        file.truncate(0)
        file.write(url)
        file.flush()
        yield


def service_at(home: Path) -> str:
    """Return the address of the schedule's server, an empty string where no schedule runs."""
    with (home / SERVICE_FILE).open("a+", encoding="ascii") as file:
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
