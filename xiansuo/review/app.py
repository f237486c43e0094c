"""The web application: its routes, the headers of every answer, and what people see when something fails."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from xiansuo.errors import (
    ConflictError,
    NotVisibleError,
    RefusedError,
    TooOftenError,
    XiansuoError,
    unexpected_sentence,
)
from xiansuo.review import cookies, routes
from xiansuo.review.guard import login_path, require_guards
from xiansuo.review.page import Page
from xiansuo.review.throttle import Throttle
from xiansuo.review.wall import Wall, protective
from xiansuo.services.office import Office
from xiansuo.services.sessions import logged_in

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "testserver")
_STATUS = {NotVisibleError: 404, RefusedError: 403, ConflictError: 409, TooOftenError: 429}
_TURNED_AWAY = {
    408: "提交的内容很久没有传完，没有保存。请检查网络后重试。",
    413: "提交的内容太大，没有保存。请分几次提交。",
    415: "这个请求不是从本系统的页面发出的，没有执行。请回到页面重新操作。",
}


def create_app(office: Office, *, hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """Return the application over an opened office; it answers only requests that name one of `hosts`."""
    app = FastAPI(title="xiansuo", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.office, app.state.throttle = office, Throttle()
    for module in iter_modules(routes.__path__):
        # Not include_router: it wraps the routes, and their guards could not be looked at one by one.
        app.router.routes.extend(import_module(f"{routes.__name__}.{module.name}").router.routes)
    # What a report looks like lies with the reports: the file that leaves holds the same styles.
    files = StaticFiles(directory=Path(__file__).parent / "static", packages=[("xiansuo.evaluation", "styles")])
    app.mount("/static", files)
    app.add_exception_handler(XiansuoError, _expected)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    # Around the other: what is turned away for its host carries the headers too.
    app.add_middleware(Wall)
    require_guards(app)
    return app


def _page(request: Request) -> Page:
    office: Office = request.app.state.office
    cookie = cookies.read(request, cookies.SESSION)
    return Page(request, office, logged_in(office, cookie) if cookie else None)


def _expected(request: Request, error: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    return _trouble(_page(request), status, str(error))


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 401:
        return _to_login(request)
    headers = (error.headers or {}) if isinstance(error, HTTPException) else {}
    if 300 <= status < 400 and "Location" in headers:
        return _page(request).redirect(headers["Location"])
    if status in _TURNED_AWAY:
        return _trouble(_page(request), status, _TURNED_AWAY[status])
    # A wrong method or an unknown path tell no more than that there is nothing here.
    return _trouble(_page(request), 404, str(NotVisibleError()))


def _to_login(request: Request) -> Response:
    path = login_path(request)
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse(path, status_code=303)


def _malformed(request: Request, _error: Exception) -> Response:
    # The framework's own answer would repeat what was sent.
    return _trouble(_page(request), 400, "提交的内容不完整或格式不对，没有保存。请回到上一页检查后重新提交。")


def _unexpected(request: Request, error: Exception) -> Response:
    # Asked for nobody: who is there stands in the database, which may be what failed. This answer passes no wall.
    page = Page(request, request.app.state.office)
    response = _trouble(page, 500, unexpected_sentence(error))
    response.headers.update(protective(request.scope, 500))
    return response


def _trouble(page: Page, status: int, sentence: str) -> Response:
    return page.render("trouble.html", status=status, code=status, sentence=page.gettext(sentence))
