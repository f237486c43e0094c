"""Pages of a round's statistics: the numbers, the clues behind each, and the table of common problems."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.evaluation.figures import Figure, Part
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.services.common_issues import MONTH, SYSTEM, TYPE, UNIT, common_issues
from xiansuo.services.statistics import NAMES, behind, may_look_behind, rounds_of, statistics

router = APIRouter()
_Page = Annotated[Page, needs(Power.STATISTICS)]
_BY = (UNIT, TYPE, SYSTEM)
_DRAWN = frozenset({"channel", "state", "scope", "category"})
_KNOWN = frozenset(
    [
        "all",
        "state",
        "scope",
        "outcome",
        "category",
        "disposition",
        "result",
        "timely",
        "unit",
        "below",
        "type",
        "month",
        "issue",
        "pending",
        "letters",
        "channel",
        "signed",
        "turn",
    ]
)


@router.get("/statistics", name="statistics")
def statistics_(page: _Page, round: str = "") -> Response:  # noqa: A002 - the name in the address
    """Show a round's numbers with what each counts."""
    chosen = fields.round_chosen(round)
    found = statistics(page.office, page.viewer, chosen)
    page.record("statistics.read", "round", str(chosen or ""))
    return page.render("statistics/index.html", **_common(page, chosen), found=found, chart=_chart, drawn=_DRAWN)


@router.get("/statistics/clues", name="statistics_clues")
def clues(page: _Page, round: str = "", after: Number = 0) -> Response:  # noqa: A002
    """Show the clues or letters that a number counts."""
    chosen = fields.round_chosen(round)
    where = {name: value for name, value in page.request.query_params.items() if name in _KNOWN}
    found = behind(page.office, page.viewer, chosen, where, after=after)
    page.record("statistics.list", "round", str(chosen or ""))
    more = _address(chosen, {**where, "after": str(found.next)}) if found.next else ""
    return page.render("statistics/clues.html", **_common(page, chosen), found=found, where=where, more=more)


@router.get("/statistics/matrix", name="statistics_matrix")
def matrix(page: _Page, by: str = UNIT, round: str = "", pending: bool = False) -> Response:  # noqa: A002
    """Show the table of common problems."""
    chosen, by = fields.round_chosen(round), by if by in _BY else UNIT
    confirmed = common_issues(page.office, page.viewer, chosen)
    suggested = common_issues(page.office, page.viewer, chosen, pending=True) if pending else None
    page.record("statistics.common", "round", str(chosen or ""))
    return page.render(
        "statistics/matrix.html",
        **_common(page, chosen),
        found=confirmed,
        suggested=suggested,
        by=by,
        divisions=_BY,
        month=MONTH,
    )


def _common(page: Page, chosen: int | None) -> dict[str, Any]:
    def link(**where: str) -> str:
        return _address(chosen, where)

    return {
        "rounds": rounds_of(page.office, page.viewer),
        "chosen": chosen,
        "link": link,
        "named": NAMES,
        "whole": may_look_behind(page.viewer),
    }


def _address(chosen: int | None, where: Mapping[str, str]) -> str:
    named = {"round": str(chosen), **where} if chosen is not None else where
    return f"/statistics/clues?{urlencode(named)}"


def _chart(figure: Figure, page: Page) -> dict[str, object]:
    """Return what the drawing beside a table shows: the same numbers."""
    shown: list[Part] = [part for part in figure.parts if part.count]
    return {
        "kind": "bar",
        "unit": page.gettext(figure.measure),
        "names": [page.gettext(part.name) for part in shown],
        "counts": [part.count for part in shown],
    }
