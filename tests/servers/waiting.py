"""Waiting for other processes."""

import time
from collections.abc import Callable


def wait_until(reached: Callable[[], bool], *, seconds: float) -> None:
    """Wait for something that another process does. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.2)
