"""The operator's pages: the installation at a glance, the quarantine, health. Never a word of a letter."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.background import BackgroundTask
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services import operate

router = APIRouter()
Operator = Annotated[Page, needs(Power.OPERATE)]


@router.get("/operate")
def overview(page: Operator) -> Response:
    """Show the installation at a glance."""
    shown = operate.overview(page.office, page.viewer)
    return page.render("operate/overview.html", shown=shown, size=_size)


@router.get("/operate/health")
def health(page: Operator) -> Response:
    """Examine everything and show what was found."""
    return page.render("operate/health.html", findings=operate.health(page.office, page.viewer))


@router.get("/operate/quarantine")
def quarantine(page: Operator) -> Response:
    """Show the letters that could not be read, with reasons."""
    return page.render("operate/quarantine.html", rows=operate.waiting(page.office, page.viewer))


@router.post("/operate/quarantine/retry")
def retry(page: Operator, number: Annotated[str, Form()] = "") -> Response:
    """Read one letter again, or all of them behind the answer."""
    if number == "all":
        response = page.redirect("/operate/quarantine", said=page.gettext("正在后台逐件重读，稍后刷新查看。"))
        response.background = BackgroundTask(operate.retry, page.office, page.viewer)
        return response
    report = operate.retry(page.office, page.viewer, fields.number(number))
    counts = report.as_json()
    said = page.gettext("第 %(number)s 号没有变化，可能已由他人处理。", number=number)
    if counts["stored"] or counts["seen"]:
        said = page.gettext("第 %(number)s 号已读懂并入库。", number=number)
    elif counts["sealed"]:
        said = page.gettext("第 %(number)s 号须密封移送，已密封，请告知主要负责人。", number=number)
    elif counts["quarantined"]:
        said = page.gettext("第 %(number)s 号仍然读不懂，留在待处理区。", number=number)
    return page.redirect("/operate/quarantine", said=said)


@router.post("/operate/sources/retry")
def retry_source(page: Operator, name: Annotated[str, Form()] = "") -> Response:
    """Let a source be tried again."""
    operate.retry_source(page.office, page.viewer, name)
    return page.redirect(
        "/operate", said=page.gettext("已记下，定时任务一分钟内会去抓取来源“%(name)s”，稍后刷新查看。", name=name)
    )


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 1 << 30 else f"{count / 2**20:.1f} MB"
