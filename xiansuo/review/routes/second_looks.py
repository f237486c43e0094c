"""The page of decisions offered for a second look: kept with a reason, or decided again where every adjudication is made."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.errors import ConflictError, NotVisibleError, XiansuoError
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services import second_looks
from xiansuo.services.destinations import destinations

router = APIRouter()
Adjudicating = Annotated[Page, needs(Power.ADJUDICATE)]


@router.get("/second-looks", name="second_looks")
def show(page: Adjudicating) -> Response:
    """List the decisions to look at again."""
    page.record("second_look.list")
    return _list(page)


@router.post("/second-looks/{look}/keep")
def keep(page: Adjudicating, look: str, note: Annotated[str, Form()] = "") -> Response:
    """Keep a decision."""
    id_ = fields.number(look)
    try:
        number = second_looks.keep(page.office, page.viewer, id_, note)
    except (NotVisibleError, ConflictError):
        raise
    except XiansuoError as error:
        return _list(page, status=400, trouble=(id_, str(error), note))
    return page.redirect("/second-looks", said=page.gettext("已维持线索 %(number)s 的原认定。", number=number))


def _list(page: Page, *, status: int = 200, trouble: tuple[int, str, str] = (0, "", "")) -> Response:
    return page.render(
        "second_looks/list.html",
        status=status,
        waiting=second_looks.waiting(page.office, page.viewer),
        destination={one.code: one.name for one in destinations(page.office)},
        trouble=trouble,
    )
