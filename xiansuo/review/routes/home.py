"""The first page: what waits for the person today."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services.today import MOST, today

router = APIRouter()


@router.get("/")
def home(page: Annotated[Page, needs(Power.HOME)]) -> Response:
    """Show what waits for the person, and what the person works on."""
    return page.render("people/home.html", today=today(page.office, page.viewer), most=MOST)
