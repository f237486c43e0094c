"""Owns work that a reader has done elsewhere: here it is simply done, in a helper, which may start nothing, the process above is asked."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Work = Callable[[Mapping[str, Any], bytes], Iterator[bytes]]
Asking = Callable[[str, Mapping[str, Any], bytes], Iterator[bytes]]

LENT: dict[str, Work] = {}
"""The only work that a helper can ask for, by name."""
_above: list[Asking] = []


def lent(work: Work) -> Work:
    """Let helpers ask for this work; in one of them, calling it asks."""
    name = work.__name__
    LENT[name] = work

    def done(asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
        return _above[0](name, asked, data) if _above else work(asked, data)

    return done


def ask_above(asking: Asking) -> None:
    """From now on, have lent work done by the process that started this one."""
    _above[:] = [asking]
