"""The ledger page and its export."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from xiansuo.domain.decision import ClueState
from xiansuo.domain.ledger import LEDGER_VERSION, LedgerFilter, RoundName
from xiansuo.domain.people import Power
from xiansuo.errors import XiansuoError
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.review.throttle import EXPORTS
from xiansuo.services import ledger
from xiansuo.services.ledger_sheet import COLUMNS, export_ledger

router = APIRouter()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 10_000
"""Rows of one export from the page; more would keep the browser waiting. The command has no such limit."""
_PAGE = 50

Viewer = Annotated[Page, needs(Power.LEDGER)]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The filter as the page has it, and the rounds to choose from."""

    filter: LedgerFilter
    round: RoundName | None
    rounds: list[RoundName]

    @property
    def about(self) -> str:
        """What was chosen, in words."""
        state = self.filter.state.chinese if self.filter.state else ""
        return "，".join(filter(None, (self.round and self.round.name, self.filter.unit, state))) or "全部"


@router.get("/ledger")
def show(
    page: Viewer, round_: Annotated[str, Query(alias="round")] = "", unit: str = "", state: str = "", after: Number = 0
) -> Response:
    """Show the ledger a page at a time."""
    chosen = _choose(page, round_, unit, state)
    rows = ledger.page(page.office, page.viewer, chosen.filter, after=after, limit=_PAGE + 1)
    page.record("ledger.read")
    return page.render(
        "ledger/list.html",
        columns=COLUMNS,
        rows=rows[:_PAGE],
        total=ledger.total(page.office, page.viewer, chosen.filter),
        chosen=chosen,
        states=list(ClueState),
        units=[one.name for one in page.office.register.units],
        version=LEDGER_VERSION,
        after=after,
        next_after=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
    )


@router.post("/ledger/export")
def export(
    page: Annotated[Page, needs(Power.LEDGER, rate=EXPORTS)],
    round_: Annotated[str, Form(alias="round")] = "",
    unit: Annotated[str, Form()] = "",
    state: Annotated[str, Form()] = "",
) -> Response:
    """Send the ledger as a file."""
    chosen = _choose(page, round_, unit, state)
    if ledger.total(page.office, page.viewer, chosen.filter) > MOST:
        raise XiansuoError(f"超过 {MOST} 条，没有导出。请先选一个轮次或单位，或由管理员用命令导出。")
    made = export_ledger(page.office, page.viewer, chosen.filter, about=chosen.about)
    return Response(
        made.data, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{made.number}.xlsx"'}
    )


def _choose(page: Page, round_: str, unit: str, state: str) -> _Chosen:
    rounds = ledger.rounds_for(page.office, page.viewer)
    found = next((one for one in rounds if str(one.id) == round_), None)
    wanted = ClueState(state) if state in set(ClueState) else None
    return _Chosen(LedgerFilter(found.id if found else None, unit.strip(), wanted), found, rounds)
