"""What may go and what went: the plan of a day, holds, proposals, their confirmation, certificates."""

from datetime import timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form
from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, Response

from xiansuo.domain.people import Power
from xiansuo.errors import RefusedError, UsageError
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services import erasure, erasure_page, retention

router = APIRouter()
Reader = Annotated[Page, needs(Power.READ_CLUES)]
Disposer = Annotated[Page, needs(Power.DISPOSE)]
Officer = Annotated[Page, needs(Power.HAND_OVER)]
Text = Annotated[str, Form()]
_MOST = 200


@router.get("/retention")
def board(page: Reader, on: str = "", number: str = "") -> Response:
    """Show what may go on a day and what stays, what people hold, and the proposals."""
    return _board(page, on, number=number)


@router.post("/retention/hold")
def hold(page: Reader, number: Text = "", reason: Text = "", request_key: Text = "") -> Response:
    """Keep a clue, a letter or a file from being erased."""
    try:
        retention.hold(page.office, page.viewer, number, reason, request=request_key or str(uuid4()))
    except UsageError as error:
        return _board(page, "", wrong=str(error), number=number)
    return page.redirect("/retention", said=page.gettext("%(number)s 已要求保留，不会列入销毁清单。", number=number))


@router.post("/retention/release")
def release(page: Disposer, hold_id: Text = "", reason: Text = "") -> Response:
    """Release a hold."""
    try:
        retention.release(page.office, page.viewer, fields.number(hold_id), reason)
    except UsageError as error:
        return _board(page, "", wrong=str(error))
    return page.redirect("/retention", said=page.gettext("已解除保留。"))


@router.post("/retention/propose")
def propose(page: Officer, reason: Text = "", request_key: Text = "") -> Response:
    """Propose to erase what has expired today."""
    try:
        key = request_key or str(uuid4())
        id_ = erasure.propose(page.office, page.viewer, page.viewer.today, reason, request=key)
    except UsageError as error:
        return _board(page, "", wrong=str(error), reason=reason)
    return page.redirect(f"/retention/{id_}", said=page.gettext("清单已提出，等组长或分管领导确认。现在一件也没有动。"))


@router.get("/retention/{id_}")
def one(page: Reader, id_: str) -> Response:
    """Show a proposal or certificate."""
    return _one(page, fields.number(id_))


@router.post("/retention/{id_}/confirm")
def confirm(page: Disposer, id_: str, sure: Text = "") -> Response:
    """Confirm another person's proposal and carry it out behind the answer."""
    number = fields.number(id_)
    if not sure:
        return _one(page, number, "请先勾选“已逐项核对”，再确认。")
    erasure.confirm(page.office, page.viewer, number)
    response = page.redirect(f"/retention/{number}", said=page.gettext("已确认，正在后台销毁，稍后刷新查看证明。"))
    response.background = BackgroundTask(erasure.carry_out, page.office, number)
    return response


@router.post("/retention/{id_}/withdraw")
def withdraw(page: Reader, id_: str, reason: Text = "") -> Response:
    """Take a proposal back, or refuse it."""
    try:
        erasure.withdraw(page.office, page.viewer, fields.number(id_), reason)
    except UsageError as error:
        return _one(page, fields.number(id_), str(error))
    return page.redirect("/retention", said=page.gettext("清单没有执行，一件也没有动。"))


@router.get("/retention/{id_}/certificate")
def certificate(page: Reader, id_: str) -> Response:
    """Return the certificate as a page to print."""
    shown = erasure.look(page.office, page.viewer, fields.number(id_))
    if shown.erasure.certificate is None:
        raise RefusedError("还没有销毁完毕，证明还没有出具。")
    page.record("retention.certificate", "erasure", str(shown.erasure.id))
    return HTMLResponse(erasure_page.page_of(shown.erasure))


def _board(page: Page, on: str, *, wrong: str = "", number: str = "", reason: str = "") -> Response:
    viewer = page.viewer
    day = fields.day(on) or viewer.today
    found = retention.plan(page.office, viewer, day)
    page.record("retention.plan")
    return page.render(
        "retention/board.html",
        status=400 if wrong else 200,
        plan=found,
        going=found.going[:_MOST],
        held=found.held[:_MOST],
        most=_MOST,
        tomorrow=viewer.today + timedelta(days=1),
        holds=retention.held(page.office, viewer),
        proposals=erasure.listed(page.office, viewer),
        wrong=wrong,
        number=number,
        reason=reason,
        request_key=str(uuid4()),
    )


def _one(page: Page, id_: int, wrong: str = "") -> Response:
    shown = erasure.look(page.office, page.viewer, id_)
    found, own = shown.erasure, shown.erasure.proposed_by == page.viewer.login
    waits = found.state.value == "proposed"
    return page.render(
        "retention/one.html",
        status=400 if wrong else 200,
        shown=shown,
        found=found,
        may_confirm=waits and not own and page.viewer.may(Power.DISPOSE),
        may_withdraw=waits and (own or page.viewer.may(Power.DISPOSE)),
        wrong=wrong,
    )
