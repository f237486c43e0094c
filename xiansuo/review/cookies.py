"""The cookies of the program: sent back to this host and path only, over TLS only where there is TLS, never read by scripts."""

from starlette.requests import Request
from starlette.responses import Response

SESSION = "xiansuo"
LOCALE = "locale"
KNOWN = "known"
SAID = "said"


def read(request: Request, name: str) -> str:
    """Return what a cookie holds, empty without it."""
    return request.cookies.get(_name(request, name), "")


def put(request: Request, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Leave a cookie in the browser, for `seconds` or until it is closed."""
    secure = request.url.scheme == "https"
    response.set_cookie(
        _name(request, name), value, max_age=seconds, path="/", httponly=True, samesite="strict", secure=secure
    )


def forget(request: Request, response: Response, name: str) -> None:
    """Take a cookie out of the browser."""
    secure = request.url.scheme == "https"
    response.delete_cookie(_name(request, name), path="/", httponly=True, samesite="strict", secure=secure)


def _name(request: Request, name: str) -> str:
    # Over TLS the browser itself guards such a name against other hosts, other paths and plain connections.
    return f"__Host-{name}" if request.url.scheme == "https" else name
