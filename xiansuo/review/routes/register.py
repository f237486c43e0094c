"""Registration by hand: the form, the person's own entries, the receipt for the visitor."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form
from starlette.background import BackgroundTask
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services import registration
from xiansuo.services.registration import CHANNELS, FormError
from xiansuo.services.registration import Form as Typed

router = APIRouter()
Registrar = Annotated[Page, needs(Power.REGISTER)]
Text = Annotated[str, Form()]
_SHOWN = 50


@router.get("/register")
def form(page: Registrar, before: str = "") -> Response:
    """Show an empty form and the person's own entries."""
    return _form(page, Typed(CHANNELS[0].value, page.viewer.today, ""), str(uuid4()), before=before)


@router.post("/register")
def enter(
    page: Registrar,
    request_key: Text,
    channel: Text = "",
    received: Text = "",
    text: Text = "",
    visitors: Text = "1",
    claimed: Text = "",
    name: Text = "",
    phone: Text = "",
    address: Text = "",
    id_number: Text = "",
    workplace: Text = "",
    respondents: Text = "",
    unit: Text = "",
    position: Text = "",
    attachments: Text = "0",
    attachment_note: Text = "",
) -> Response:
    """Enter what was typed; what cannot be taken comes back with what to mend."""
    typed = Typed(
        channel=channel,
        received=fields.day(received),
        text=text,
        visitors=_count(visitors),
        claimed=bool(claimed),
        name=name,
        phone=phone,
        address=address,
        id_number=id_number,
        workplace=workplace,
        respondents=respondents,
        unit=unit,
        position=position,
        attachments=_count(attachments),
        attachment_note=attachment_note,
    )
    try:
        found = registration.register(page.office, page.viewer, typed, request=request_key[:64])
    except FormError as error:
        return _form(page, typed, request_key, error)
    response = page.redirect(f"/register/{found.id}")
    response.background = BackgroundTask(registration.take_up, page.office)
    return response


@router.get("/register/{id_}")
def one(page: Registrar, id_: str) -> Response:
    """Show what became of one of the person's own entries."""
    return page.render("register/one.html", entry=registration.entry(page.office, page.viewer, fields.number(id_)))


@router.get("/register/{id_}/receipt")
def receipt(page: Registrar, id_: str) -> Response:
    """Show a receipt to print for the visitor: number and day, no name of any office."""
    return page.render("register/receipt.html", entry=registration.entry(page.office, page.viewer, fields.number(id_)))


def _form(page: Page, typed: Typed, request_key: str, error: FormError | None = None, *, before: str = "") -> Response:
    older_than = fields.number(before) if before else None
    rows = registration.entries(page.office, page.viewer, before=older_than)
    wrong = {name: page.gettext(sentence) for name, sentence in error.wrong.items()} if error else {}
    return page.render(
        "register/form.html",
        status=400 if error else 200,
        typed=typed,
        request_key=request_key,
        said_wrong=page.gettext(str(error)) if error else "",
        wrong=wrong,
        rows=rows,
        older=rows[-1].id if len(rows) == _SHOWN else None,
        channels=[(one.value, page.gettext(one.value)) for one in CHANNELS],
    )


def _count(text: str) -> int:
    # What is no number is refused with the field's own sentence.
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else -1
