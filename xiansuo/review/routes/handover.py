"""The pages on which clues are put into batches, handed over, signed for and taken back."""

from datetime import date
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.errors import ConflictError, NotVisibleError, XiansuoError
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.review.routes.ledger import XLSX
from xiansuo.review.throttle import EXPORTS
from xiansuo.services import handover
from xiansuo.services.handover_sheet import export_batch, print_batch

router = APIRouter()
_PAGE = 50

Officer = Annotated[Page, needs(Power.HAND_OVER)]
Text = Annotated[str, Form()]
Numbers = Annotated[list[str] | None, Form()]


@router.get("/handover")
def show_all(page: Officer, before: Number | None = None) -> Response:
    """List the batches, newest first, and how to open one."""
    rows = handover.listed(page.office, page.viewer, before=before, limit=_PAGE + 1)
    page.record("handover.list")
    next_before = rows[_PAGE - 1].batch.id if len(rows) > _PAGE else None
    return page.render("handover/list.html", rows=rows[:_PAGE], before=before, next_before=next_before)


@router.get("/handover/new")
def ask_new(page: Officer, unit: str = "", after: Number = 0) -> Response:
    """Show the clues that could be handed on."""
    return _choose(page, unit=unit.strip(), after=after)


@router.post("/handover")
def open_batch(
    page: Officer, request_key: Text, receiver: Text = "", note: Text = "", clue: Numbers = None, unit: Text = ""
) -> Response:
    """Open a batch with the chosen clues."""
    try:
        batch = handover.open_batch(
            page.office, page.viewer, receiver, clue or [], note=note, request=request_key[:64] or uuid4().hex
        )
    except NotVisibleError:
        raise
    except XiansuoError as error:
        status = 409 if isinstance(error, ConflictError) else 400
        wrong = page.gettext(str(error))
        return _choose(page, unit=unit, status=status, wrong=wrong, receiver=receiver, note=note, picked=clue or [])
    return page.redirect(_path(batch.number), said=page.gettext("已建立移交批次 %(number)s。", number=batch.number))


@router.get("/handover/{number}")
def show(page: Officer, number: str) -> Response:
    """Show a batch, its list and what may be done with it."""
    return _batch(page, number)


@router.get("/handover/{number}/add")
def ask_more(page: Officer, number: str, unit: str = "", after: Number = 0) -> Response:
    """Show the clues that could be added to a batch."""
    view = handover.look(page.office, page.viewer, number)
    return _choose(page, unit=unit.strip(), after=after, batch=view.batch)


@router.post("/handover/{number}/add")
def add(page: Officer, number: str, clue: Numbers = None) -> Response:
    """Add clues to a batch."""
    handover.add(page.office, page.viewer, number, clue or [])
    return page.redirect(_path(number), said=page.gettext("已加入移交批次 %(number)s。", number=number))


@router.post("/handover/{number}/remove")
def remove(page: Officer, number: str, clue: Text) -> Response:
    """Take a clue out of a batch that is being prepared."""
    handover.take_out(page.office, page.viewer, number, clue)
    return page.redirect(_path(number), said=page.gettext("已取出线索 %(clue)s。", clue=clue))


@router.post("/handover/{number}/hand")
def hand(page: Officer, number: str, by: Text = "", on: Text = "") -> Response:
    """Note that a batch was handed over."""
    try:
        handover.hand(page.office, page.viewer, number, by=by, on=_day(on, "移交日期"))
    except NotVisibleError:
        raise
    except XiansuoError as error:
        return _batch(page, number, error, by=by, on=on)
    return page.redirect(_path(number), said=page.gettext("已登记移交，等对方签收。"))


@router.post("/handover/{number}/receipt")
def receipt(page: Officer, number: str, by: Text = "", on: Text = "") -> Response:
    """Note who signed for a batch."""
    try:
        handover.receive(page.office, page.viewer, number, by=by, on=_day(on, "签收日期"))
    except NotVisibleError:
        raise
    except XiansuoError as error:
        return _batch(page, number, error, by=by, on=on)
    return page.redirect(_path(number), said=page.gettext("已登记签收。"))


@router.post("/handover/{number}/return")
def give_back(page: Officer, number: str, clue: Text, reason: Text = "", on: Text = "") -> Response:
    """Note that a clue came back."""
    try:
        handover.give_back(page.office, page.viewer, number, clue, reason=reason, on=_day(on, "退回日期"))
    except NotVisibleError:
        raise
    except XiansuoError as error:
        return _batch(page, number, error, clue=clue, reason=reason, on=on)
    return page.redirect(_path(number), said=page.gettext("已登记退回，线索 %(clue)s 回到未了事项。", clue=clue))


@router.get("/handover/{number}/list")
def print_list(page: Officer, number: str) -> Response:
    """Show the list of a batch for printing, with watermark; a printed list counts as an export."""
    printed = print_batch(page.office, page.viewer, number)
    return page.render("handover/print.html", printed=printed)


@router.post("/handover/{number}/export")
def export(page: Annotated[Page, needs(Power.HAND_OVER, rate=EXPORTS)], number: str) -> Response:
    """Send the list of a batch as a file."""
    made = export_batch(page.office, page.viewer, number)
    return Response(
        made.data, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{made.number}.xlsx"'}
    )


def _batch(page: Page, number: str, error: XiansuoError | None = None, **typed: str) -> Response:
    view = handover.look(page.office, page.viewer, number)
    status = 200 if error is None else 409 if isinstance(error, ConflictError) else 400
    if error is None:
        page.record("handover.read", "handover", number)
    wrong = page.gettext(str(error)) if error else ""
    filled = {"by": "", "on": "", "clue": "", "reason": "", **typed}
    return page.render("handover/one.html", status=status, view=view, wrong=wrong, typed=filled)


def _choose(
    page: Page, *, unit: str = "", after: int = 0, status: int = 200, wrong: str = "", **more: object
) -> Response:
    rows = handover.waiting(page.office, page.viewer, unit=unit, after=after, limit=_PAGE + 1)
    returned = handover.waiting(page.office, page.viewer, unit=unit, returned=True, limit=_PAGE)
    filled: dict[str, object] = {"receiver": "", "note": "", "picked": [], "batch": None, **more}
    return page.render(
        "handover/choose.html",
        status=status,
        rows=rows[:_PAGE],
        returned=returned,
        unit=unit,
        units=[one.name for one in page.office.register.units],
        after=after,
        next_after=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
        wrong=wrong,
        key=uuid4().hex,
        **filled,
    )


def _day(value: str, what: str) -> date:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise XiansuoError(f"{what}没有写，或者不是日期，没有保存。请写成 2026-11-23 的样子。") from None


def _path(number: str) -> str:
    return f"/handover/{number}"
