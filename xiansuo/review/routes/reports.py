"""The pages of reports over months and rounds: which there are, one to read, and the files in which it leaves."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Form as Field
from markupsafe import Markup
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.review.guard import needs
from xiansuo.review.locale import catalogue
from xiansuo.review.page import Number, Page
from xiansuo.review.throttle import EXPORTS
from xiansuo.services import report

router = APIRouter()
_Page = Annotated[Page, needs(Power.STATISTICS)]
_TYPES = {
    report.Form.HTML: "text/html; charset=utf-8",
    report.Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    report.Form.JSON: "application/json",
}


@router.get("/reports", name="reports")
def index(page: _Page) -> Response:
    """Show the months and rounds that can be reported."""
    months, rounds = report.months(page.office, page.viewer), report.rounds(page.office, page.viewer)
    page.record("report.list")
    return page.render("reports/index.html", months=months, rounds=rounds)


@router.get("/reports/{kind}/{key}", name="report")
def show(page: _Page, kind: str, key: str) -> Response:
    """Show a report."""
    period = report.period_named(page.office, page.viewer, kind, key)
    opened = report.open_report(page.office, page.viewer, period, _language(page))
    page.record("report.read", "report", f"{kind}/{key}")
    # The report escapes every word itself.
    body = Markup(opened.body)  # noqa: S704
    return page.render("reports/show.html", opened=opened, period=period, body=body, forms=list(report.Form))


@router.post("/reports/{kind}/{key}/export", name="report_export")
def export(
    page: Annotated[Page, needs(Power.STATISTICS, rate=EXPORTS)],
    kind: str,
    key: str,
    form: Annotated[str, Field()] = "",
) -> Response:
    """Send a report as a file."""
    period = report.period_named(page.office, page.viewer, kind, key)
    opened = report.open_report(page.office, page.viewer, period, _language(page))
    wanted = report.Form(form) if form in set(report.Form) else report.Form.HTML
    made = report.leave(page.office, page.viewer, opened, wanted)
    return _file(made.data, wanted, made.number)


@router.get("/reports/{kind}/{key}/kept/{version}.json", name="report_kept")
def kept(page: _Page, kind: str, key: str, version: Number) -> Response:
    """Send the figures of a report as they were kept when it was made."""
    period = report.period_named(page.office, page.viewer, kind, key)
    data = report.kept_version(page.office, page.viewer, period, version)
    page.record("report.read", "report", f"{kind}/{key}/{version}")
    return _file(data, report.Form.JSON, f"{kind}-{key}-{version}")


def _language(page: Page) -> report.Language:
    return report.Language(page.locale != "zh", catalogue(page.locale).say)


def _file(data: bytes, form: report.Form, name: str) -> Response:
    # As a file, never as a page of the app: it brings its own styles, which the app's policy would not let in.
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form.value}"'}
    return Response(data, media_type=_TYPES[form], headers=headers)
