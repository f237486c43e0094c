"""Lets a request in or refuses it: who is at the browser, whether the role has the power, whether a form is the program's own."""

import secrets
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount

from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError, RefusedError, TooOftenError
from xiansuo.review import cookies
from xiansuo.review.page import Page
from xiansuo.review.throttle import Rate, Throttle
from xiansuo.services import audit
from xiansuo.services.office import Office
from xiansuo.services.sessions import LoggedIn, logged_in

_LONGEST_KEY = 64
_READING = frozenset({"GET", "HEAD"})


class Guard:
    """The dependency that admits requests. `power` None admits anybody, also before log-in.

    What a page asks by itself (`unattended`) keeps nobody logged in who has gone away from the desk.
    """

    def __init__(
        self, power: Power | None, *, changing: bool = False, unattended: bool = False, rate: Rate | None = None
    ) -> None:
        self.power, self.rate, self._changing, self._unattended = power, rate, changing, unattended

    async def __call__(self, request: Request) -> Page:
        """Admit a request as a page, or refuse it."""
        form = None if request.method in _READING else await request.form()
        _require_text(request, form)
        return await run_in_threadpool(self._admit, request, form)

    def _admit(self, request: Request, form: FormData | None) -> Page:
        office: Office = request.app.state.office
        cookie = cookies.read(request, cookies.SESSION)
        found = logged_in(office, cookie, active=not self._unattended) if cookie else None
        if form is not None:
            _require_own_form(request, form, found)
        if self.power is not None:
            self._require_power(request, office, found, self.power)
        return Page(request, office, found)

    def _require_power(self, request: Request, office: Office, found: LoggedIn | None, power: Power) -> None:
        if found is None:
            raise HTTPException(401)
        if found.viewer.changing and not self._changing:
            raise HTTPException(303, headers={"Location": "/password"})
        if power != Power.HOME and not found.viewer.may(power):
            route: Any = request.scope.get("route")
            audit.record(office, found.viewer, "access.refused", kind="page", id_=getattr(route, "path", ""))
            # Somebody without the power learns no more than that there is nothing here.
            raise NotVisibleError
        self._require_patience(request, found.viewer)

    def _require_patience(self, request: Request, viewer: Viewer) -> None:
        throttle: Throttle = request.app.state.throttle
        if self.rate and not throttle.take(request.scope["route"].path, str(viewer.account), self.rate):
            raise TooOftenError("短时间内操作太多，这一次没有执行。请稍等再试。")


def needs(power: Power, *, unattended: bool = False, rate: Rate | None = None) -> Any:
    """Return the dependency of a route that needs `power`; it gives the route its page.

    `unattended`: pages ask it by themselves. `rate`: how often one person may ask.
    """
    return Depends(Guard(power, unattended=unattended, rate=rate))


def anybody() -> Any:
    """Return the dependency of a route that is open before log-in."""
    return Depends(Guard(None))


def changing() -> Any:
    """Return the dependency of the page where a person who has to choose a new password does so."""
    return Depends(Guard(Power.HOME, changing=True))


def require_guards(app: FastAPI) -> None:
    """Stop the program where a route has no guard. Raises RuntimeError naming it."""
    for route in app.routes:
        if isinstance(route, Mount):
            continue
        if not isinstance(route, APIRoute) or guard_of(route) is None:
            raise RuntimeError(f"the route {getattr(route, 'path', route)} has no guard")


def guard_of(route: APIRoute) -> Guard | None:
    """Return the guard of a route."""
    guards = (one.call for one in route.dependant.dependencies)
    return next((guard for guard in guards if isinstance(guard, Guard)), None)


def login_path(request: Request) -> str:
    """Return the log-in page that leads back to where the person wanted to go."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?next={quote(wanted)}" if request.method in _READING and wanted != "/" else "/login"


def _require_text(request: Request, form: FormData | None) -> None:
    """Turn away the character NUL: it is in no address and no form of the program's own, and PostgreSQL keeps no text that holds it."""
    if any("\0" in one for one in (request.scope["path"], unquote(request.url.query))):
        raise NotVisibleError
    if form is not None and any("\0" in f"{name}{value}" for name, value in form.multi_items()):
        raise RequestValidationError([])


def _require_own_form(request: Request, form: FormData, found: LoggedIn | None) -> None:
    """Refuse a form that another site sent. The cookie is SameSite=Strict already; each check holds where another fails."""
    if not _from_own_page(request, found):
        raise RefusedError("这个请求不是从本系统的页面发出的，没有执行。请回到页面重新操作。")
    # No page makes a longer key; a database that counts characters would answer one with a fault.
    if len(str(form.get("request_key") or "")) > _LONGEST_KEY:
        raise RefusedError("页面已过期，没有执行。请刷新页面后重新操作。")
    if found is not None:
        given = form.get("csrf") or request.headers.get("x-csrf-token") or ""
        if not secrets.compare_digest(str(given).encode(), found.token.encode()):
            raise RefusedError("页面已过期，没有执行。请刷新页面后重新操作。")


def _from_own_page(request: Request, found: LoggedIn | None) -> bool:
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    if site not in {None, "same-origin", "none"}:
        return False
    # The pages send no referrer, so browsers tell "null" as the origin of their forms.
    if origin != "null":
        return urlsplit(origin).netloc == request.headers.get("host")
    # Before log-in there is no token to ask for: another site must not be able to log somebody in as somebody else.
    return found is not None or site is not None
