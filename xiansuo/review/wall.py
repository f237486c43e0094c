"""What stands around the whole application: what every answer carries, and how large and how slow a request may be."""

import asyncio
from collections.abc import Mapping
from time import monotonic

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 20
"""Bytes of a request's body. The longest form, a letter typed in, takes half of it; nothing is ever uploaded."""
MOST_SECONDS = 30.0
"""How long a body may take to arrive."""
FORM = "application/x-www-form-urlencoded"
_HEADERS = {
    # `style-src` and `script-src` without 'unsafe-inline': markup that got through the templates would still be dead.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), "
    "serial=(), usb=(), xr-spatial-tracking=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
_YEAR = 31_536_000
_FIXED = f"public, max-age={_YEAR}, immutable"


def protective(scope: Scope, status: int) -> Mapping[str, str]:
    """Return the headers of an answer. Only a static file asked for by its version may be kept by a browser."""
    versioned = scope["path"].startswith("/static/") and scope["query_string"].startswith(b"v=")
    headers = {**_HEADERS, "Cache-Control": _FIXED if versioned and status in {200, 304} else "no-store"}
    return headers | ({"Strict-Transport-Security": f"max-age={_YEAR}"} if scope["scheme"] == "https" else {})


class Wall:
    """Puts the protective headers on every answer, and turns away what is too much, too slow or no plain form."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in protective(scope, message["status"]).items():
                    headers.setdefault(name, value)
            await send(message)

        return await self._app(scope, _bounded(scope, receive), sending)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Return `receive` that raises HTTPException once a body is larger, slower or of another kind than any form of the program."""
    headers, started, taken, complete = Headers(scope=scope), monotonic(), 0, False

    async def receiving() -> Message:
        nonlocal taken, complete
        if complete:
            # What comes now is the browser going away, which may take as long as the answer.
            return await receive()
        if _announced(headers) > MOST_BYTES:
            raise HTTPException(413)
        try:
            message = await asyncio.wait_for(receive(), max(started + MOST_SECONDS - monotonic(), 0))
        except TimeoutError:
            raise HTTPException(408) from None
        body = message.get("body", b"")
        taken, complete = taken + len(body), not message.get("more_body", False)
        if taken > MOST_BYTES:
            raise HTTPException(413)
        if body and headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            # A form of files would be spooled to the folder for temporary files.
            raise HTTPException(415)
        return message

    return receiving


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 16 else 0
