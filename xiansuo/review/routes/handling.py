"""The page on which people record what is done with a clue until it ends."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.handling import Disposition, Feedback, Handling, NameCheck, Result
from xiansuo.domain.people import Power
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.review.guard import needs
from xiansuo.review.handling_form import Difference, HandlingForm, HandlingPost, differences
from xiansuo.review.page import Number, Page
from xiansuo.services import handling
from xiansuo.services.handling import ANONYMOUS_REASON, CRITERIA, Asked, HandlingView

router = APIRouter()

Reader = Annotated[Page, needs(Power.READ_CLUES)]
Disposer = Annotated[Page, needs(Power.DISPOSE)]
Key = Annotated[str, Form(min_length=8, max_length=64)]
Version = Annotated[Number, Form()]


@router.get("/clues/{number}/handling")
def show(page: Reader, number: str) -> Response:
    """Show how far the handling of a clue is, and the form for the next step."""
    seen = handling.look(page.office, page.viewer, number)
    page.record("handling.read", "clue", number)
    return _page(page, seen, HandlingForm.of(seen.handling))


@router.post("/clues/{number}/handling")
def record(
    page: Disposer,
    number: str,
    typed: Annotated[HandlingPost, Form()],
) -> Response:
    """Record a step; what was typed stays on the page where it cannot be recorded."""
    asked, end = Asked(typed.request_key, number, typed.version, typed.step), bool(typed.end)
    try:
        done = handling.record(page.office, page.viewer, asked, typed.handling(), end=end)
    except NotVisibleError:
        raise
    except XiansuoError as error:
        return _again(page, number, typed, error)
    if done.approval_void:
        return page.redirect(_path(number), said=page.gettext("已保存。处置方式改了，原审批不再有效，请重新报批。"))
    said = "线索 %(number)s 已办结。" if end else "线索 %(number)s 的办理情况已保存。"
    return page.redirect(_path(number), said=page.gettext(said, number=number))


@router.post("/clues/{number}/handling/reopen")
def reopen(
    page: Disposer, number: str, request_key: Key, version: Version, step: Version, why: Annotated[str, Form()] = ""
) -> Response:
    """Take a closed clue up again."""
    try:
        handling.reopen(page.office, page.viewer, Asked(request_key, number, version, step), why)
    except NotVisibleError:
        raise
    except XiansuoError as error:
        return _again(page, number, None, error, why=why)
    return page.redirect(_path(number), said=page.gettext("线索 %(number)s 已重新办理。", number=number))


def _again(page: Page, number: str, typed: HandlingForm | None, error: XiansuoError, why: str = "") -> Response:
    """Show the page as it is now, with what the person typed and what differs."""
    seen = handling.look(page.office, page.viewer, number)
    conflict = isinstance(error, ConflictError)
    form = HandlingForm.of(seen.handling) if typed is None else typed
    changes = _changes(seen.handling, typed) if conflict and typed is not None else []
    status = 409 if conflict else 403 if isinstance(error, RefusedError) else 400
    return _page(page, seen, form, status=status, wrong=page.gettext(str(error)), changes=changes, why=why)


def _changes(now: Handling, typed: HandlingForm) -> list[Difference]:
    try:
        return differences(now, typed.handling())
    except XiansuoError:
        return []


def _page(
    page: Page,
    seen: HandlingView,
    form: HandlingForm,
    *,
    status: int = 200,
    wrong: str = "",
    changes: list[Difference] | None = None,
    why: str = "",
) -> Response:
    steps = seen.followed.steps
    before = [Handling(), *(step.handling for step in steps)]
    history = [(step, differences(old, step.handling)) for step, old in zip(steps, before, strict=False)]
    return page.render(
        "handling/page.html",
        status=status,
        seen=seen,
        form=form,
        wrong=wrong,
        changes=changes or [],
        why=why,
        history=history[::-1],
        key=uuid4().hex,
        dispositions=list(Disposition),
        results=[(one.value, page.gettext(one.chinese)) for one in Result],
        feedbacks=list(Feedback),
        name_checks=[(one.value, page.gettext(one.chinese)) for one in NameCheck],
        criteria=CRITERIA,
        anonymous_reason=ANONYMOUS_REASON,
    )


def _path(number: str) -> str:
    return f"/clues/{number}/handling"
