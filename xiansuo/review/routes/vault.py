"""The vault window: ask, answer, look, close."""

from datetime import UTC, datetime
from html import escape
from math import ceil
from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.letter import IdentityKind, PartRole
from xiansuo.domain.people import Power
from xiansuo.domain.reveal import MINUTES, Reveal, RevealState, Secret
from xiansuo.domain.times import CHINA
from xiansuo.errors import NotVisibleError, UsageError
from xiansuo.review import fields
from xiansuo.review.actions import N_
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.review.throttle import Rate
from xiansuo.services import reveal
from xiansuo.services.reveal import Answer, Ask

router = APIRouter()
Asker = Annotated[Page, needs(Power.REQUEST_REVEAL)]
# Each is read by a second person.
Request = Annotated[Page, needs(Power.REQUEST_REVEAL, rate=Rate(20, 180))]
Approver = Annotated[Page, needs(Power.APPROVE_REVEAL)]
Text = Annotated[str, Form()]

IDENTITIES = {
    IdentityKind.NAME: N_("姓名"),
    IdentityKind.PHONE: N_("电话"),
    IdentityKind.ID_NUMBER: N_("证件号"),
    IdentityKind.ADDRESS: N_("住址"),
    IdentityKind.EMAIL: N_("邮箱"),
    IdentityKind.ACCOUNT: N_("账号"),
    IdentityKind.HEADER: N_("邮件头"),
    IdentityKind.FILE_METADATA: N_("文件属性"),
    IdentityKind.OTHER: N_("其他"),
}
PARTS = {
    PartRole.BODY: N_("正文"),
    PartRole.ATTACHMENT: N_("附件"),
    PartRole.FORWARDED: N_("转发内容"),
    PartRole.QUOTED: N_("引用内容"),
    PartRole.SIGNATURE: N_("签名"),
}


@router.get("/vault")
def board(page: Asker, clue: str = "", letter: str = "") -> Response:
    """Show the requests that concern the person; a clue's page names its letter and leads on to the form."""
    if clue and letter:
        return page.redirect(f"/vault/request?{urlencode({'clue': clue, 'letter': letter})}")
    found = reveal.board(page.office, page.viewer)
    return page.render("vault/board.html", board=found, state=_state)


@router.get("/vault/request")
def request_form(page: Asker, clue: str = "", letter: str = "", what: str = Secret.IDENTITY.value) -> Response:
    """Show the form that asks to see an identity or original."""
    reveal.can_ask(page.office, page.viewer, clue, letter)
    return _form(page, clue, letter, _secret(what), "", str(uuid4()))


@router.post("/vault/request")
def request_(page: Request, clue: Text, letter: Text, what: Text, request_key: Text, reason: Text = "") -> Response:
    """Ask to see an identity or original."""
    wanted = Ask(clue, letter, _secret(what), reason, request_key[:64])
    try:
        id_ = reveal.ask(page.office, page.viewer, wanted)
    except UsageError as error:
        return _form(page, clue, letter, wanted.what, reason, request_key, str(error))
    return page.redirect(f"/vault/{id_}", said=page.gettext("申请已提交，等待另一位有权限的人员批准。"))


@router.get("/vault/{id_}")
def one(page: Asker, id_: str) -> Response:
    """Show a request and, to a second person, the form that answers it."""
    return _one(page, fields.number(id_))


@router.post("/vault/{id_}/answer")
def answer(page: Approver, id_: str, decision: Text, minutes: Text = "", reason: Text = "") -> Response:
    """Grant or refuse another person's request."""
    granted = decision == "grant"
    said = Answer(granted, int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0, reason)
    try:
        reveal.answer(page.office, page.viewer, fields.number(id_), said)
    except UsageError as error:
        return _one(page, fields.number(id_), str(error), reason)
    return page.redirect(
        "/vault", said=page.gettext("已批准。") if granted else page.gettext("已退回，申请人能看到理由。")
    )


@router.post("/vault/{id_}/close")
def close(page: Asker, id_: str) -> Response:
    """End a window before its time."""
    reveal.close(page.office, page.viewer, fields.number(id_))
    return page.redirect(f"/vault/{fields.number(id_)}", said=page.gettext("查看已结束。"))


@router.get("/vault/{id_}/view")
def view(page: Asker, id_: str) -> Response:
    """Show the identity or original while the window is open."""
    shown = reveal.look(page.office, page.viewer, fields.number(id_))
    at = datetime.now(UTC)
    left = max(ceil((shown.reveal.expires - at).total_seconds()), 0) if shown.reveal.expires else 0
    response = page.render(
        "vault/view.html",
        window=shown,
        reveal=shown.reveal,
        left=left,
        at=at,
        Secret=Secret,
        identity_name=lambda kind: page.gettext(IDENTITIES[kind]),
        part_name=lambda role: page.gettext(PARTS[role]),
    )
    # Without scripts the browser still leaves the window when its time is over.
    response.headers["Refresh"] = f"{left + 1}; url=/vault/{shown.reveal.id}"
    return response


@router.get("/vault/{id_}/watermark.svg")
def watermark(page: Asker, id_: str) -> Response:
    """Return the pattern that lies over the window: who looks, when, under which request."""
    found = reveal.is_open(page.office, page.viewer, fields.number(id_))
    return Response(_pattern(page, found), media_type="image/svg+xml")


def _one(page: Page, id_: int, wrong: str = "", reason: str = "") -> Response:
    found = reveal.get(page.office, page.viewer, id_)
    own = found.account == page.viewer.account
    return page.render(
        "vault/one.html",
        status=400 if wrong else 200,
        reveal=found,
        state=_state(found),
        own=own,
        may_answer=not own and _state(found) is RevealState.WAITING and page.viewer.may(Power.APPROVE_REVEAL),
        minutes=MINUTES,
        wrong=page.gettext(wrong),
        reason=reason,
    )


def _form(page: Page, clue: str, letter: str, what: Secret, reason: str, request_key: str, wrong: str = "") -> Response:
    return page.render(
        "vault/request.html",
        status=400 if wrong else 200,
        clue=clue,
        letter=letter,
        what=what,
        reason=reason,
        request_key=request_key,
        wrong=page.gettext(wrong),
        secrets=[(one.value, page.gettext(one.chinese)) for one in Secret],
    )


def _state(found: Reveal) -> RevealState:
    return found.state(datetime.now(UTC))


def _secret(text: str) -> Secret:
    try:
        return Secret(text)
    except ValueError:
        raise NotVisibleError from None


def _pattern(page: Page, found: Reveal) -> str:
    lines = (f"{page.viewer.name}　第 {found.id} 号申请", f"{datetime.now(UTC).astimezone(CHINA):%Y-%m-%d %H:%M}")
    written = "".join(f'<text x="20" y="{150 + 24 * row}">{escape(line)}</text>' for row, line in enumerate(lines))
    style = 'transform="rotate(-20 20 150)" font-size="17" font-family="sans-serif" fill="#7a1f17" fill-opacity="0.2"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="3200" height="24000">'
        f'<defs><pattern id="p" width="330" height="190" patternUnits="userSpaceOnUse"><g {style}>{written}</g></pattern></defs>'
        '<rect width="100%" height="100%" fill="url(#p)"/></svg>'
    )
