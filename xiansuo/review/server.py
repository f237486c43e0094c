"""Runs the review app: one process or several behind one port, on loopback unless TLS is given; no log of who asked for what."""

import asyncio
import gc
import ipaddress
import logging
import os
import socket
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from xiansuo.errors import UsageError, unexpected_sentence
from xiansuo.review.app import LOOPBACK, create_app
from xiansuo.services.office import open_office
from xiansuo.settings import Settings

_NAMES = "XIANSUO_REVIEW_NAMES"
_STATE = "XIANSUO_STATE_DIR"
MOST_SECONDS = 20.0
"""How long a browser may take to say what it wants. How long the body of its request may take stands in review/wall.py."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the app answers. `names` are the names browsers may call it by; a certificate and its key turn TLS on."""

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """What to type into the browser."""
        shown = self.names[0] if self.names else f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{shown}:{self.port}/"

    def check(self) -> None:
        """Raise UsageError where letters would travel in clear, the certificate is incomplete, or the port is taken."""
        if (self.certificate is None) != (self.key is None):
            raise UsageError("证书和私钥要一起给出：--tls-cert 和 --tls-key。")
        for file in filter(None, (self.certificate, self.key)):
            if not file.is_file():
                raise UsageError(f"找不到证书或私钥文件 {file.name}。")
        if not is_loopback(self.host) and self.certificate is None:
            raise UsageError(
                "本机以外的地址必须使用 TLS，否则信件内容会在网络上明文传送。请给出 --tls-cert 和 --tls-key。"
            )
        if not is_loopback(self.host) and not self.names:
            raise UsageError("请用 --name 写明浏览器访问时使用的主机名，例如 --name xiansuo.office。")
        _require_free(self.host, self.port)


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def run(settings: Settings, address: Address, *, workers: int = 1) -> None:
    """Serve until interrupted. Raises XiansuoError where the office cannot be opened."""
    open_office(settings).engine.dispose()
    # Worker processes know nothing but their environment.
    os.environ[_STATE] = str(settings.state_dir)
    os.environ[_NAMES] = " ".join(address.names)
    uvicorn.run(
        "xiansuo.review.server:application",
        factory=True,
        http=Patience,
        host=address.host,
        port=address.port,
        workers=workers,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
    )


def application() -> FastAPI:
    """Return the application of a worker process."""
    settings = Settings()
    logging.getLogger("uvicorn.error").addFilter(_without_what_it_was_about)
    app = create_app(open_office(settings), hosts=allowed(settings.review_names.split()))
    # What was imported stays: looking through it for garbage would hold up a page by a tenth of a second every now and then.
    gc.collect()
    gc.freeze()
    return app


class Patience(H11Protocol):
    """Ends a connection whose request does not arrive in time: open ones that say nothing would use up the machine's sockets."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on while the request's head is incomplete, however many pieces come."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        elif self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(MOST_SECONDS, self.transport.close)


def _without_what_it_was_about(record: logging.LogRecord) -> bool:
    """Let an exception into the log as type and place; its message may quote a letter."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, Exception):
        record.msg, record.args, record.exc_info, record.exc_text = unexpected_sentence(error), None, None, None
    return True


def allowed(names: Sequence[str]) -> tuple[str, ...]:
    """Return the host names that requests may carry; any other points to a page of somebody else."""
    return (*LOOPBACK[:-1], *names)


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise UsageError(f"地址 {host} 的端口 {port} 不能使用，可能已被占用。请换一个端口：--port。") from None
