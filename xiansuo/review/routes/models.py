"""The pages on which a person sees models, how they compared, puts one into use and takes it back."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.errors import XiansuoError
from xiansuo.evaluation.challenge_page import read_comparison
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services import operate, promote

router = APIRouter()
Modeller = Annotated[Page, needs(Power.MODELS)]
Key = Annotated[str, Form(min_length=8, max_length=64)]
Reason = Annotated[str, Form()]


@router.get("/operate/models")
def models(page: Modeller) -> Response:
    """Show the model in use, the others, how they came into use, and the rule books."""
    return _all(page)


@router.get("/operate/models/{name}")
def model(page: Modeller, name: str) -> Response:
    """Show how a model compared with the one in use."""
    return _one(page, name)


@router.post("/operate/models/rollback")
def rollback(page: Modeller, request_key: Key, reason: Reason = "") -> Response:
    """Put the model of before back into use."""
    try:
        name = promote.rollback(page.office, page.viewer, reason, request=request_key)
    except XiansuoError as error:
        return _all(page, wrong=str(error))
    said = page.gettext(
        "已退回到%(name)s。未读线索的来件在下次运行时重新分析。", name=name or page.gettext("随程序模型")
    )
    return page.redirect("/operate/models", said=said)


@router.post("/operate/models/{name}/promote")
def put_into_use(page: Modeller, name: str, request_key: Key, reason: Reason = "") -> Response:
    """Put a model into use."""
    try:
        promote.promote(page.office, page.viewer, name, reason, request=request_key)
    except XiansuoError as error:
        return _one(page, name, wrong=str(error))
    said = page.gettext("已启用 %(name)s。未读线索的来件在下次运行时重新分析。", name=name)
    return page.redirect("/operate/models", said=said)


def _all(page: Page, *, wrong: str = "") -> Response:
    return page.render(
        "operate/models.html",
        status=400 if wrong else 200,
        shown=operate.models(page.office, page.viewer),
        known=promote.history(page.office, page.viewer),
        key=secrets.token_hex(16),
        wrong=wrong,
        figure_name=lambda name: operate.figure_name(name, english=page.locale == "en"),
        data_name=lambda name: operate.data_name(name, english=page.locale == "en"),
    )


def _one(page: Page, name: str, *, wrong: str = "") -> Response:
    found = promote.find(page.office, page.viewer, name)
    return page.render(
        "operate/model.html",
        status=400 if wrong else 200,
        one=found,
        shown=read_comparison(found.comparison),
        known=promote.history(page.office, page.viewer),
        key=secrets.token_hex(16),
        wrong=wrong,
    )
