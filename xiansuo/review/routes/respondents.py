"""The page of one respondent (个性问题): what is told with substance, unit by unit."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services.respondents import respondent
from xiansuo.services.statistics import may_look_behind

router = APIRouter()


@router.get("/respondents", name="respondents")
def respondents(page: Annotated[Page, needs(Power.READ_CLUES)], name: str = "", unit: str | None = None) -> Response:
    """Show what the reader may see about a name; in one unit where `unit` is given."""
    found = respondent(page.office, page.viewer, name[:40], unit)
    # A name has no place in the audit trail; the clues that were shown tell it to those who may read them.
    for one in (matter for person in found.people for matter in person.matters):
        page.record("respondent.read", "clue", one.number)
    return page.render(
        "respondents/page.html", found=found, unit=unit, whole=may_look_behind(page.viewer), chosen=None, rounds=()
    )
