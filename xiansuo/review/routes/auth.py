"""The door: logging in and out, the person's own password and language."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.account import LONGEST, SHORTEST, AccountState
from xiansuo.errors import RefusedError, XiansuoError
from xiansuo.review import cookies
from xiansuo.review.guard import anybody, changing
from xiansuo.review.locale import LOCALES
from xiansuo.review.page import Page
from xiansuo.review.throttle import Rate
from xiansuo.services.accounts import Account
from xiansuo.services.familiar import is_familiar, token_for
from xiansuo.services.login import change_password, log_in, set_locale
from xiansuo.services.passwords import BUSY
from xiansuo.services.sessions import end_session, open_session

router = APIRouter()
_YEAR = 365 * 24 * 3600
# A whole office logs in within minutes in the morning, perhaps through one address; a password is not guessed at this rate.
_STRANGERS, _FAMILIAR = Rate(40, 2), Rate(6, 60)
_DOOR = ("/login", "/logout", "/locale", "/password")


@router.get("/login")
def ask(page: Annotated[Page, anybody()], next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """Ask who is there."""
    if page.logged_in is not None:
        return page.redirect(inside(next))
    expired = bool(_cookie(page))
    return page.render("people/login.html", next=inside(next), login="", wrong="", expired=expired)


@router.post("/login")
def enter(
    page: Annotated[Page, anybody()],
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name of the field
) -> Response:
    """Let a person in. A browser that was logged in gets another cookie, so that none prepared by somebody else is ever good."""
    try:
        account = _log_in(page, login, password)
    except RefusedError as error:
        # What was typed as a name may be a password; it goes back to the browser it came from and nowhere else.
        shown = {"next": inside(next), "login": login[:40], "wrong": page.gettext(str(error)), "expired": False}
        return page.render("people/login.html", status=401, **shown)
    language = _language(page, account)
    response = _logged_in(page, account.id, "/password" if account.must_change else inside(next))
    cookies.put(page.request, response, cookies.KNOWN, token_for(page.office, account), seconds=_YEAR)
    return _remember_language(page, response, language)


@router.post("/logout")
def leave(page: Annotated[Page, anybody()], everywhere: Annotated[str, Form()] = "") -> Response:
    """Log out, and let the browser forget what it kept."""
    viewer = page.logged_in.viewer if page.logged_in else None
    end_session(page.office, _cookie(page), viewer, everywhere=bool(everywhere))
    response = page.redirect("/login", said=page.gettext("已退出。离开前请关闭浏览器窗口。"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return _forget(page, response)


@router.get("/password")
def own(page: Annotated[Page, changing()]) -> Response:
    """Show the form for a new password."""
    return _own(page)


@router.post("/password")
def choose(
    page: Annotated[Page, changing()],
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Take a person's new password; the browsers of the old one are logged out."""
    if new != again:
        return _own(page, page.gettext("两次输入的新密码不一样。密码没有改，请重新输入。"), status=400)
    try:
        account = change_password(page.office, page.viewer, old, new)
    except XiansuoError as error:
        return _own(page, page.gettext(str(error)), status=400)
    if account.state is AccountState.PENDING:
        said = page.gettext("密码已改好。请告诉分管领导是您本人改的，等账号确认后再登录。")
        return _forget(page, page.redirect("/login", said=said))
    return _logged_in(page, account.id, "/", said=page.gettext("密码已改好，其他浏览器上的登录都已退出。"))


@router.post("/locale")
def speak(
    page: Annotated[Page, anybody()],
    locale: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the name of the field
) -> Response:
    """Change the language, for the account where there is one and for this browser's log-in page."""
    response = page.redirect(inside(next, door=True))
    if locale in LOCALES:
        if page.logged_in is not None:
            set_locale(page.office, page.viewer.account, locale)
        _remember_language(page, response, locale)
    return response


def inside(wanted: str, *, door: bool = False) -> str:
    """Return `wanted` where it is a path of this program, else the first page; what browsers would read as another host is none."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and " " not in wanted
    if not plain or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return wanted if door or urlsplit(wanted).path not in _DOOR else "/"


def _own(page: Page, wrong: str = "", *, status: int = 200) -> Response:
    return page.render("people/password.html", status=status, wrong=wrong, shortest=SHORTEST, longest=LONGEST)


def _logged_in(page: Page, account_id: int, path: str, *, said: str = "") -> Response:
    cookie = open_session(page.office, account_id, instead_of=_cookie(page))
    response = page.redirect(path, said=said)
    cookies.put(page.request, response, cookies.SESSION, cookie)
    return response


def _forget(page: Page, response: Response) -> Response:
    cookies.forget(page.request, response, cookies.SESSION)
    return response


def _language(page: Page, account: Account) -> str:
    """Return the language of an account; a new one gets the language its person chose at the door."""
    chosen = cookies.read(page.request, cookies.LOCALE)
    if not account.must_change or chosen not in LOCALES:
        return account.locale
    set_locale(page.office, account.id, chosen)
    return chosen


def _remember_language(page: Page, response: Response, locale: str) -> Response:
    cookies.put(page.request, response, cookies.LOCALE, locale, seconds=_YEAR)
    return response


def _log_in(page: Page, login: str, password: str) -> Account:
    """Return who knocks. A browser known from before is counted by itself, all others by their address."""
    token = cookies.read(page.request, cookies.KNOWN)
    familiar = is_familiar(page.office, login, token)
    address = page.request.client.host if page.request.client else ""
    who, rate = (token, _FAMILIAR) if familiar else (address, _STRANGERS)
    if not page.request.app.state.throttle.take("log in", who, rate):
        raise RefusedError(BUSY)
    return log_in(page.office, login, password, familiar=familiar)


def _cookie(page: Page) -> str:
    return cookies.read(page.request, cookies.SESSION)
