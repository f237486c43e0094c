"""A proxy on loopback between a mail client and a server that cuts the line, falls silent or drips at a chosen moment."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Literal

_CHUNK = 65_536


@dataclass(slots=True)
class Cut:
    """When the line is cut: at the first bytes of a direction that match, or, with `after`, so many bytes later.

    Instead of an `end` the line may stay open in `silence`, or pass a byte now and then. `skip` lets so many matches pass.
    A cut happens once.
    """

    match: bytes
    from_server: bool = True
    after: int = 0
    then: Literal["end", "silence", "drip"] = "end"
    skip: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def passes(self, data: bytes, *, from_server: bool) -> bytes | None:
        """Return what still passes before the cut, None where nothing is cut."""
        if self.done.is_set() or from_server != self.from_server:
            return None
        found = list(re.finditer(self.match, data, re.IGNORECASE | re.DOTALL))
        if len(found) <= self.skip:
            self.skip -= len(found)
            return None
        self.done.set()
        return data[: found[self.skip].start() + self.after]


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is running; `connections` counts how often somebody called."""

    port: int
    cut: Cut
    connections: list[socket.socket] = field(default_factory=list)


@contextmanager
def cutting(port: int, cut: Cut) -> Iterator[Proxy]:
    """Pass bytes on to the server at `port` until the cut, and as before on every later connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = Proxy(listener.getsockname()[1], cut)
        threading.Thread(target=_accept, args=(listener, port, proxy), daemon=True).start()
        yield proxy
    for one in proxy.connections:
        _close(one)


def _accept(listener: socket.socket, port: int, proxy: Proxy) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            proxy.connections.extend((client, server))
            for source, target, from_server in ((client, server, False), (server, client, True)):
                threading.Thread(target=_pass, args=(source, target, proxy.cut, from_server), daemon=True).start()


def _pass(source: socket.socket, target: socket.socket, cut: Cut, from_server: bool) -> None:  # noqa: FBT001 - a thread's argument
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            if (left := cut.passes(data, from_server=from_server)) is None:
                target.sendall(data)
                continue
            target.sendall(left)
            _go_on(source, target, data[len(left) :], cut)
            break
    _close(source)
    _close(target)


def _go_on(source: socket.socket, target: socket.socket, rest: bytes, cut: Cut) -> None:
    if cut.then == "silence":
        threading.Event().wait(30)
    if cut.then == "drip":
        for byte in chain(rest, chain.from_iterable(iter(partial(source.recv, _CHUNK), b""))):
            target.sendall(bytes([byte]))
            threading.Event().wait(0.1)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
