"""The auditor's pages: who did what, whether the trail is whole, anchors to keep elsewhere, the export."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from xiansuo.domain.people import Power, Role
from xiansuo.errors import UsageError
from xiansuo.review import fields
from xiansuo.review.actions import ACTIONS, KINDS
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.review.throttle import EXPORTS
from xiansuo.services import audit
from xiansuo.services.audit import PAGE, Wanted

router = APIRouter()
Auditor = Annotated[Page, needs(Power.AUDIT)]


@router.get("/audit")
def trail(
    page: Auditor,
    since: str = "",
    until: str = "",
    actor: str = "",
    action: str = "",
    clue: str = "",
    refused: str = "",
    before: str = "",
) -> Response:
    """Show the events that match, newest first."""
    wanted = Wanted(fields.day(since), fields.day(until), actor, action, clue.strip(), bool(refused))
    older_than = int(before) if before.isdecimal() and len(before) < 16 else None
    rows = audit.events(page.office, page.viewer, wanted, before=older_than)
    actors, actions = audit.choices(page.office, page.viewer)
    return page.render(
        "audit/trail.html",
        rows=rows,
        wanted=wanted,
        actors=[(login, login) for login in actors],
        actions=[(code, _action(page, code)) for code in actions],
        named=lambda code: _action(page, code),
        kind_name=lambda code: page.gettext(KINDS.get(code, code)),
        role_name=lambda code: page.gettext(Role(code).chinese) if code else "",
        last=audit.last(page.office, page.viewer),
        older=_older(page, rows[-1].event.id) if len(rows) == PAGE else "",
    )


@router.get("/audit/verify")
def verify(page: Auditor, anchor: str = "") -> Response:
    """Follow the whole trail and say whether it is whole."""
    wrong, state = "", None
    try:
        state = audit.check(page.office, page.viewer, against=anchor)
    except UsageError as error:
        wrong = page.gettext(str(error))
    return page.render("audit/verify.html", state=state, anchor=anchor, wrong=wrong, status=400 if wrong else 200)


@router.get("/audit/anchors")
def anchors(page: Auditor) -> Response:
    """Show the anchors that were taken, with the letters their events have now."""
    return page.render("audit/anchors.html", rows=audit.anchors(page.office, page.viewer))


@router.post("/audit/anchors")
def take_anchor(page: Auditor) -> Response:
    """Take an anchor to be kept elsewhere."""
    taken = audit.take_anchor(page.office, page.viewer)
    said = page.gettext(
        "已取锚点：第 %(number)s 条  %(letters)s。请抄存到本机以外。", number=taken.id, letters=taken.spoken
    )
    return page.redirect("/audit/anchors", said=said)


@router.post("/audit/export")
def export(page: Annotated[Page, needs(Power.AUDIT, rate=EXPORTS)]) -> Response:
    """Hand out the whole trail as a file that proves itself."""
    lines = audit.export(page.office, page.viewer)
    name = f"audit-{page.viewer.today.isoformat()}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


def _older(page: Page, before: int) -> str:
    return f"/audit?{page.request.url.include_query_params(before=before).query}"


def _action(page: Page, code: str) -> str:
    return page.gettext(ACTIONS.get(code, code))
