"""The application on a real port of loopback, and requests written by hand."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import uvicorn
from fastapi import FastAPI

from xiansuo.review.server import Patience


@contextmanager
def serving(app: FastAPI) -> Iterator[int]:
    """Serve as the command does and give the port."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, http=Patience, access_log=False, log_level="warning", proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


def spoken(port: int, *pieces: bytes, wait: float = 20) -> bytes:
    """Send pieces over one connection and return all that comes back until the other side closes it or `wait` seconds passed."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=wait)) as line:
        got = b""
        try:
            for piece in pieces:
                line.sendall(piece)
            while more := line.recv(65536):
                got += more
        except (ConnectionError, TimeoutError):
            # A server that has said no need not listen to the rest.
            pass
        return got
