"""The page of how far people agree who read the same clue blind to each other; nobody is named and nothing is counted per person."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from xiansuo.domain.category import Category
from xiansuo.domain.people import Power
from xiansuo.evaluation.agreement import FEWEST_NAMED, SCOPE
from xiansuo.evaluation.estimates import FEWEST_CLUES, FEWEST_PEOPLE
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services.agreement import agreement_for
from xiansuo.services.statistics import may_look_behind, rounds_of

router = APIRouter()


@router.get("/statistics/agreement", name="statistics_agreement")
def agreement_(page: Annotated[Page, needs(Power.STATISTICS)], round: str = "") -> Response:  # noqa: A002
    """Show the agreement of a round, or of all rounds that the person may see."""
    chosen = fields.round_chosen(round)
    found = agreement_for(page.office, page.viewer, chosen)
    page.record("statistics.agreement", "round", str(chosen or ""))
    return page.render(
        "statistics/agreement.html",
        found=found,
        rounds=rounds_of(page.office, page.viewer),
        chosen=chosen,
        whole=may_look_behind(page.viewer),
        question=lambda code: (
            page.gettext("含问题，还是不含") if code == SCOPE else page.gettext(Category(code).chinese)
        ),
        percent=_percent,
        points=_points,
        fewest={"clues": FEWEST_CLUES, "named": FEWEST_NAMED, "people": FEWEST_PEOPLE},
    )


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _points(value: float) -> str:
    return f"{value:.2f}"
