"""The queue (待审线索), its search and a person's saved views of it."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.board import NO_CATEGORY, Due, Filters, Show, Sort
from xiansuo.domain.category import Category
from xiansuo.domain.letter import Channel
from xiansuo.domain.people import Power
from xiansuo.domain.suggestion import Grade, Relation
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.review.throttle import Rate
from xiansuo.services import views
from xiansuo.services.board import Board, alerts, counts, open_board
from xiansuo.services.clocks import Clock, Status, Unit

router = APIRouter()
RELATIONS = {
    Relation.ORIGINAL: "首件",
    Relation.COPY: "同文",
    Relation.NEAR_COPY: "略有改动的同文",
    Relation.CONTAINED: "内容已含在别件中",
    Relation.BUNDLED: "一信多事",
    Relation.SAME_MATTER: "另信反映同一事",
}
Reading = Annotated[Page, needs(Power.READ_CLUES)]
# Nobody reads faster; a script that tries out names would.
Searching = Annotated[Page, needs(Power.READ_CLUES, rate=Rate(60, 1))]
Text = Annotated[str, Form()]


@router.get("/queue", name="queue")
def queue(page: Reading) -> Response:
    """Show the queue; without anything in the address, as the person's start view has it."""
    given = page.request.query_params
    saved = views.of_viewer(page.office, page.viewer)
    start = next((one for one in saved if one.start), None)
    if not given and start is not None:
        return page.redirect(_address("/queue", start.query or {"show": Show.WAITING}))
    filters = Filters.read(given)
    shown = open_board(page.office, page.viewer, filters, after=given.get("after", ""))
    page.record("queue.read", "clues", str(len(shown.rows)))
    return _answer(page, "queue/list.html", "/queue", filters, shown, saved=saved)


@router.get("/search", name="search")
def search(page: Searching) -> Response:
    """Show the clues behind which letters hold the words, wherever they stand."""
    given = dict(page.request.query_params)
    given.setdefault("words", given.get("q", ""))
    filters = Filters.read({"show": Show.ALL, **given})
    if not filters.words:
        return page.render("queue/search.html", filters=filters, board=None, **_choices(page, "/search"))
    shown = open_board(page.office, page.viewer, filters, after=given.get("after", ""))
    # What was looked for may be a name, so only how much was found is on record.
    page.record("clue.search", "clues", str(len(shown.rows)))
    return _answer(page, "queue/search.html", "/search", filters, shown)


@router.get("/queue/counts", name="queue_counts")
def count(page: Reading) -> Response:
    """Show how many clues each value of a filter has; asked for only when somebody wants to know."""
    filters = Filters.read(page.request.query_params)
    found = counts(page.office, page.viewer, filters)
    page.record("queue.count", "clues", str(sum(found.show.values())))
    template = "queue/counts.html" if page.is_htmx else "queue/counts_page.html"
    return page.render(template, filters=filters, counts=found, **_choices(page, "/queue"))


@router.get("/queue/views", name="queue_views")
def manage(page: Reading) -> Response:
    """List the person's saved views."""
    saved = views.of_viewer(page.office, page.viewer)
    return page.render("queue/views.html", saved=saved, **_choices(page, "/queue"))


@router.post("/queue/views")
def save(page: Reading, name: Text = "", query: Text = "") -> Response:
    """Keep the present filters under a name."""
    filters = Filters.read(dict(parse_qsl(query)))
    views.save(page.office, page.viewer, name, filters)
    return page.redirect(_address("/queue", filters.query() or {"show": Show.WAITING}), said=page.gettext("已保存视图"))


@router.post("/queue/views/{view}/rename")
def rename(page: Reading, view: Number, name: Text = "") -> Response:
    """Give a view another name."""
    views.rename(page.office, page.viewer, view, name)
    return page.redirect("/queue/views", said=page.gettext("已改名"))


@router.post("/queue/views/{view}/remove")
def remove(page: Reading, view: Number) -> Response:
    """Remove a view."""
    views.remove(page.office, page.viewer, view)
    return page.redirect("/queue/views", said=page.gettext("已删除视图，线索没有变化"))


@router.post("/queue/views/{view}/start")
def start(page: Reading, view: Number, on: Text = "yes") -> Response:
    """Let the queue open with a view, or no longer."""
    views.start_with(page.office, page.viewer, view if on == "yes" else None)
    return page.redirect("/queue/views", said=page.gettext("已设置"))


def _answer(page: Page, template: str, base: str, filters: Filters, board: Board, **more: Any) -> Response:
    part = "queue/board.html" if page.is_htmx else template
    answer = page.render(
        part, filters=filters, board=board, counts_at=_counts_at(filters), **more, **_choices(page, base)
    )
    if page.is_htmx:
        answer.headers["HX-Push-Url"] = str(page.request.url.path) + _query(page)
    return answer


def _query(page: Page) -> str:
    """Return the address's query without what is empty."""
    given = [(name, value) for name, value in page.request.query_params.multi_items() if value]
    return f"?{urlencode(given)}" if given else "?show=waiting"


def _choices(page: Page, base: str) -> dict[str, Any]:
    """Return what the filters offer, and how addresses of this page are made."""

    def address(filters: Filters, **changed: object) -> str:
        query = filters.query() | ({"show": filters.show.value} if base == "/search" else {})
        query |= {name: str(value) for name, value in changed.items()}
        return _address(base, {name: value for name, value in query.items() if value} or {"show": Show.WAITING})

    return {
        "base": base,
        "relations": RELATIONS,
        "label_of": partial(_label, page),
        "left_of": partial(_left, page),
        "address": address,
        "from_query": Filters.read,
        "shows": [*Show],
        "sorts": [*Sort],
        "dues": [*Due],
        "grades": [*Grade],
        "channels": [*Channel],
        "alerts": alerts(page.office),
        "units": [unit.name for unit in page.office.register.units],
        "NO_CATEGORY": NO_CATEGORY,
        "names_reader": page.viewer.may(Power.ADJUDICATE),
    }


def _counts_at(filters: Filters) -> str:
    return _address("/queue/counts", {"show": filters.show.value} | filters.query())


def _label(page: Page, name: str, value: str) -> str:
    """Return a filter in words."""
    words = {one.value: one.chinese for kind in (Show, Sort, Due, Category) for one in kind}
    patterns = {
        "category": page.gettext("系统建议：%(value)s"),
        "decided": page.gettext("人工认定：%(value)s"),
        "unit": page.gettext("单位：%(value)s"),
        "respondent": page.gettext("被反映人：%(value)s"),
        "grade": page.gettext("可查性：%(value)s"),
        "letters": page.gettext("信访件不少于 %(value)s"),
        "start": page.gettext("收到从 %(value)s"),
        "end": page.gettext("收到到 %(value)s"),
        "flag": page.gettext("需先看：%(value)s"),
        "words": page.gettext("含“%(value)s”"),
    }
    told = page.gettext("无") if value == NO_CATEGORY else page.gettext(words.get(value, value))
    return patterns.get(name, "%(value)s") % {"value": told}


def _left(page: Page, clock: Clock) -> str:
    """Return what is left of a limit, in words."""
    if clock.status is Status.TODAY:
        return page.gettext("今天到期")
    over, count = clock.status is Status.OVER, abs(clock.left)
    if over and not count:
        return page.gettext("已超期")
    workdays = clock.limit.unit is Unit.WORKDAYS
    if over:
        return (
            page.gettext("超期%(count)s个工作日", count=count)
            if workdays
            else page.gettext("超期%(count)s天", count=count)
        )
    return (
        page.gettext("还有%(count)s个工作日", count=count) if workdays else page.gettext("还有%(count)s天", count=count)
    )


def _address(base: str, query: Mapping[str, str]) -> str:
    return f"{base}?{urlencode(query)}"
