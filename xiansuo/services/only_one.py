"""Lets one process or thread of this machine at a time do something, by a lock that ends with whoever holds it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xiansuo.errors import XiansuoError


@contextmanager
def turn(lock: Path) -> Iterator[bool]:
    """Tell whether nobody else is at it; if so nobody else begins before the block ends."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def only_one(lock: Path, busy: XiansuoError) -> Iterator[None]:
    """Do the block alone. Raises `busy` where somebody else is at it."""
    with turn(lock) as mine:
        if not mine:
            raise busy
        yield
