"""The list of what is decided and not at its end."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.errors import NotVisibleError
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.services import ledger, unanswered
from xiansuo.services.unanswered import Lack

router = APIRouter()
_PAGE = 50


@router.get("/unanswered")
def show(
    page: Annotated[Page, needs(Power.DISPOSE)],
    lack: str = Lack.UNDISPOSED.value,
    round_: Annotated[str, Query(alias="round")] = "",
    after: Number = 0,
) -> Response:
    """Show what lacks something, one kind at a time, with the count of each kind."""
    if lack not in set(Lack):
        raise NotVisibleError
    rounds = ledger.rounds_for(page.office, page.viewer)
    chosen = next((one for one in rounds if str(one.id) == round_), None)
    round_id = chosen.id if chosen else None
    rows = unanswered.rows(page.office, page.viewer, Lack(lack), round_id, after=after, limit=_PAGE + 1)
    page.record("unanswered.list")
    return page.render(
        "unanswered/list.html",
        lack=Lack(lack),
        counts=unanswered.counts(page.office, page.viewer, round_id),
        rounds=rounds,
        chosen=chosen,
        rows=rows[:_PAGE],
        next_after=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
        after=after,
    )
