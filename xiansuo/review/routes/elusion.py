"""The page that says how much may have been missed, and the acts of a lead that belong to it."""

import math
import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.errors import ConflictError, RefusedError, UsageError
from xiansuo.evaluation.found_curve import Curve
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.services import stopping
from xiansuo.services.statistics import may_look_behind, rounds_of

router = APIRouter()
_Reader = Annotated[Page, needs(Power.STATISTICS)]
_Keeper = Annotated[Page, needs(Power.ROUNDS)]
Key = Annotated[str, Form(min_length=8, max_length=64)]
_WIDTH, _HEIGHT = 560, 180
"""The size of the drawing of the curve, in its own units."""


@router.get("/statistics/elusion", name="elusion")
def elusion(page: _Reader, round: str = "") -> Response:  # noqa: A002 - the name in the address
    """Show how much may lie among what was set aside."""
    page.record("elusion.read", "round", str(fields.round_chosen(round) or ""))
    return _show(page, round)


@router.post("/statistics/elusion/share", name="elusion_share")
def draw_more(
    page: _Keeper,
    share: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    round: Annotated[str, Form()] = "",  # noqa: A002
) -> Response:
    """Draw a larger share from now on."""
    try:
        new = stopping.draw_more(page.office, page.viewer, _share(share), reason)
    except (UsageError, RefusedError) as error:
        return _show(page, round, wrong=str(error))
    return page.redirect(
        _address(round),
        said=page.gettext("抽取比例已调高，这次多抽出 %(count)s 条，会不作标记地排进待审线索。", count=new),
    )


@router.post("/statistics/elusion/stop", name="elusion_stop")
def stop(
    page: _Keeper,
    request_key: Key,
    reason: Annotated[str, Form()] = "",
    round: Annotated[str, Form()] = "",  # noqa: A002
) -> Response:
    """Decide not to read the set-aside clues any further."""
    try:
        stopping.stop(page.office, page.viewer, fields.round_chosen(round), request_key, reason)
    except (UsageError, RefusedError, ConflictError) as error:
        return _show(page, round, wrong=str(error))
    return page.redirect(
        _address(round), said=page.gettext("已记录停止阅读延后部分。线索一条也没有关闭，随时可以恢复。")
    )


@router.post("/statistics/elusion/stops/{id_}/withdraw", name="elusion_read_on")
def read_on(page: _Keeper, id_: Number, round: Annotated[str, Form()] = "") -> Response:  # noqa: A002
    """Take a stop back."""
    try:
        stopping.read_on(page.office, page.viewer, id_)
    except RefusedError as error:
        return _show(page, round, wrong=str(error))
    return page.redirect(_address(round), said=page.gettext("已恢复阅读延后部分。"))


def _show(page: Page, round_: str, wrong: str = "") -> Response:
    chosen = fields.round_chosen(round_)
    found = stopping.look(page.office, page.viewer, chosen)
    return page.render(
        "elusion/page.html",
        status=400 if wrong else 200,
        rounds=rounds_of(page.office, page.viewer),
        chosen=chosen,
        whole=may_look_behind(page.viewer),
        found=found,
        said_of=found.said,
        line=_line(found.curve),
        size=(_WIDTH, _HEIGHT),
        at_most=_at_most,
        at_least=_at_least,
        key=secrets.token_hex(16),
        wrong=page.gettext(wrong) if wrong else "",
    )


def _line(curve: Curve) -> str:
    """Return the curve as the points of a drawing, read from left to right, found upwards."""
    read, found = max(curve.read, 1), max(curve.found, 1)
    places = ((x / read * _WIDTH, _HEIGHT - y / found * _HEIGHT) for x, y in curve.points)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _at_most(share: float) -> str:
    """Return an upper bound in percent, never rounded down."""
    return f"{math.ceil(share * 1000 - 1e-9) / 10:g}%"


def _at_least(share: float) -> str:
    """Return a lower bound in percent, never rounded up."""
    return f"{math.floor(share * 1000 + 1e-9) / 10:g}%"


def _share(text: str) -> float:
    try:
        percent = float(text.strip().rstrip("%％"))
    except ValueError as error:
        raise UsageError("抽取比例要写成百分数，如 5。没有改动。") from error
    if not math.isfinite(percent):
        raise UsageError("抽取比例要写成百分数，如 5。没有改动。")
    return round(percent / 100, 6)


def _address(round_: str) -> str:
    number = fields.round_chosen(round_)
    return "/statistics/elusion" if number is None else f"/statistics/elusion?round={number}"
