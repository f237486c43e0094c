"""The pre-visit brief of a unit: on screen, on paper, and as a document."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services.brief_document import export
from xiansuo.services.briefs import brief, units_of
from xiansuo.services.statistics import may_look_behind

router = APIRouter()
_Page = Annotated[Page, needs(Power.READ_CLUES)]
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/units", name="units")
def units(page: _Page) -> Response:
    """Show the units of which a brief can be made."""
    found = units_of(page.office, page.viewer)
    return page.render("briefs/units.html", found=found, whole=may_look_behind(page.viewer), chosen=None, rounds=())


@router.get("/units/{unit}/brief", name="brief")
def brief_(page: _Page, unit: str) -> Response:
    """Show a unit's brief; the browser prints it without menus and with the reader's name on it."""
    found = brief(page.office, page.viewer, unit)
    for number in found.numbers:
        page.record("brief.read", "clue", number)
    return page.render("briefs/brief.html", found=found, whole=may_look_behind(page.viewer), chosen=None, rounds=())


@router.get("/units/{unit}/brief.docx", name="brief_docx")
def brief_docx(page: _Page, unit: str) -> Response:
    """Give a unit's brief as a document."""
    data = export(page.office, page.viewer, unit)
    name = quote(f"巡前简报-{unit}.docx")
    headers = {"Content-Disposition": f"attachment; filename=brief.docx; filename*=UTF-8''{name}"}
    return Response(data, media_type=_DOCX, headers=headers)
