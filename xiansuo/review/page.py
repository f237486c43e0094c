"""What a route answers with: pages and redirects in the reader's language, and the audit event of what was read."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import Field
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from xiansuo import evaluation
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.times import CHINA
from xiansuo.review import cookies
from xiansuo.review.locale import LOCALES, catalogue
from xiansuo.review.navigation import entries_for, entry_at
from xiansuo.services import audit
from xiansuo.services.office import Office
from xiansuo.services.screening import screen_account
from xiansuo.services.sessions import LoggedIn

_TEMPLATES = Path(__file__).parent / "templates"
_STATIC = (Path(__file__).parent / "static", Path(evaluation.__file__).parent / "styles")
NOBODY = "nobody"

Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A number in an address or form. One that no database can hold is refused before it reaches one."""


@dataclass(frozen=True, slots=True)
class Page:
    """One request of one person (`logged_in` is None before log-in) and the ways to answer it."""

    request: Request
    office: Office
    logged_in: LoggedIn | None = field(default=None)

    @property
    def viewer(self) -> Viewer:
        """The person who asks. Raises LookupError before log-in; guarded routes always have one."""
        if self.logged_in is None:
            raise LookupError(NOBODY)
        return self.logged_in.viewer

    @property
    def locale(self) -> str:
        """The language of the answer: the account's, before log-in the browser's choice."""
        if self.logged_in is not None:
            return self.logged_in.viewer.locale
        chosen = cookies.read(self.request, cookies.LOCALE)
        return chosen if chosen in LOCALES else LOCALES[0]

    @property
    def is_htmx(self) -> bool:
        """Whether the browser asks for a part of a page in place."""
        return self.request.headers.get("hx-request") == "true"

    def gettext(self, text: str, **values: object) -> str:
        """Return a Chinese text, to be filled in with `values` or filled in already, in the reader's language."""
        words = catalogue(self.locale)
        return words.gettext(text) % values if values else words.say(text)

    def render(self, template: str, *, status: int = 200, **context: object) -> Response:
        """Answer with a page; a message left by the act before it is shown once."""
        said = cookies.read(self.request, cookies.SAID)
        body = environment(self.locale).get_template(template).render(**self._common(unquote(said)), **context)
        response = HTMLResponse(body, status_code=status)
        if said:
            cookies.forget(self.request, response, cookies.SAID)
        return response

    def redirect(self, path: str, *, said: str = "") -> Response:
        """Send the browser to a page of this program, with a message to show there. Raises ValueError for a foreign address."""
        if not path.startswith("/") or path.startswith(("//", "/\\")):
            raise ValueError("not a page of this program")
        # htmx would put the page behind a redirect into the place of the part it asked for.
        response = Response(headers={"HX-Redirect": path}) if self.is_htmx else RedirectResponse(path, status_code=303)
        if said:
            cookies.put(self.request, response, cookies.SAID, quote(said), seconds=60)
        return response

    def check_afterwards(self, answer: Response, account: int) -> Response:
        """Let the clues be checked for an account once the answer is sent. Cut off, the next run checks; the account sees none before."""
        answer.background = BackgroundTask(screen_account, self.office, account)
        return answer

    def learn_afterwards(self, answer: Response) -> Response:
        """Let the queue learn from what was decided once the answer is sent. Cut off, the next decision or run does."""
        from xiansuo.services.bench import learn_from_decisions  # noqa: PLC0415 - brings rules and model, which no page needs

        answer.background = BackgroundTask(learn_from_decisions, self.office)
        return answer

    def record(self, action: str, kind: str = "", id_: str = "") -> None:
        """Write down what the person read."""
        audit.record(self.office, self.viewer, action, kind=kind, id_=id_)

    def _common(self, said: str) -> dict[str, object]:
        viewer = self.logged_in and self.logged_in.viewer
        menu = entries_for(viewer) if viewer else []
        return {
            "page": self,
            "viewer": viewer,
            "locale": self.locale,
            "menu": menu,
            "here": entry_at(menu, self.request.url.path),
            "path": self.request.url.path,
            "query": self.request.url.query,
            "said": said,
            "token": self.logged_in.token if self.logged_in else "",
            "may": viewer.may if viewer else _nothing,
            "office_name": self.office.register.office,
        }


def _nothing(_power: Power) -> bool:
    return False


@cache
def environment(locale: str) -> Environment:
    """Return the templates in a language. A name that a template does not know is an error, not a blank."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue_ = catalogue(locale)
    install: Any = made.globals
    translations: Any = made
    translations.install_gettext_translations(catalogue_, newstyle=True)
    install.update(Power=Power, CATEGORIES=CATEGORIES, category_name=_category_name, static=_static)
    made.filters.update(day=_day, moment=_moment, say=catalogue_.say)
    return made


def _category_name(code: str | None) -> str:
    return Category(code).chinese if code else ""


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _moment(value: datetime | None) -> str:
    return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if value else ""


@cache
def _static(name: str) -> str:
    """Return the address of a static file; it changes with the file, so browsers may keep it."""
    file = next(file for folder in _STATIC if (file := folder / name).is_file())
    return f"/static/{name}?v={file.stat().st_mtime_ns:x}"
