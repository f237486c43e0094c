"""The list of a hand-over batch (移交清单), as a file and for printing: masked, watermarked, numbered."""

from dataclasses import dataclass, field

from xiansuo.domain.people import Viewer
from xiansuo.services.exports import Exported, Table, export, stamp
from xiansuo.services.handover import BatchLine, BatchView, look
from xiansuo.services.ledger_sheet import COLUMNS
from xiansuo.services.office import Office
from xiansuo.services.sheet import Cell, Column
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import now, transaction

LIST_VERSION = 1
TITLE = "移交清单"
_SHOWN = (
    "线索编号",
    "件编号",
    "来源渠道",
    "收到日期",
    "被反映人",
    "单位",
    "职务",
    "问题类别",
    "主要问题（脱敏摘要）",
    "人工认定",
    "处置方式",
)
LIST_COLUMNS = tuple(column for column in COLUMNS if column.heading in _SHOWN)


@dataclass(frozen=True, slots=True)
class Printed:
    """A list for printing: the batch, headings, cells by row, and the watermark."""

    view: BatchView
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = field(repr=False)
    stamp: str = field(repr=False)


def export_batch(office: Office, viewer: Viewer, number: str) -> Exported:
    """Make the list of a batch as an xlsx file."""
    view = look(office, viewer, number)
    table = Table(
        kind="handover",
        title=TITLE,
        version=LIST_VERSION,
        columns=[Column("序号", 6), *(Column(one.heading, one.width) for one in LIST_COLUMNS), Column("退回", 20)],
        rows=_cells(view),
        about=(("移交批次", view.batch.number), ("接收单位", view.batch.receiver), ("条数", f"{len(view.lines)}")),
    )
    return export(office, viewer, table)


def print_batch(office: Office, viewer: Viewer, number: str) -> Printed:
    """Return the list of a batch for printing, and write down that it was shown so."""
    view = look(office, viewer, number)
    with transaction(office.engine) as session:
        audit.append(session, actor=viewer.login, action="handover.print", object_kind="handover", object_id=number)
    headings = ("序号", *(one.heading for one in LIST_COLUMNS))
    rows = tuple(tuple(line[:-1]) for line in _cells(view))
    return Printed(view, headings, rows, stamp(viewer, view.batch.number, now()))


def _cells(view: BatchView) -> list[list[Cell]]:
    return [
        [place, *(column.cell(line.row) for column in LIST_COLUMNS), _returned(line)]
        for place, line in enumerate(view.lines, 1)
    ]


def _returned(line: BatchLine) -> str:
    back = line.place.returned_on
    return f"{back:%Y-%m-%d} {line.place.return_reason}" if back else ""
