"""Owns keeping learning to one thread, so that the same letters give the same numbers whatever the machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from threadpoolctl import threadpool_limits

_LEARN = ("scipy.linalg", "sklearn.linear_model")


@contextmanager
def one_thread() -> Iterator[None]:
    """Learn on one thread: more threads wait for each other longer than they work, and add numbers up in another order."""
    # Learning imports these late, and a library that is not there yet cannot be limited.
    for name in _LEARN:
        import_module(name)
    with threadpool_limits(limits=1):
        yield
