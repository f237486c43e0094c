"""The ledger as a file: its columns in their fixed order (台账格式 第1版) and the words in every cell."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from xiansuo.domain.category import OUT_OF_SCOPE_CHINESE
from xiansuo.domain.decision import Outcome
from xiansuo.domain.ledger import LEDGER_VERSION, SIGNED, LedgerFilter, LedgerRow
from xiansuo.domain.people import Viewer
from xiansuo.services.exports import Exported, Table, export
from xiansuo.services.ledger import chosen_rows
from xiansuo.services.office import Office
from xiansuo.services.sheet import Cell, Column

TITLE = "台账"


class LedgerColumn(NamedTuple):
    """A column: heading, width in characters, and what a row says in it."""

    heading: str
    width: int
    cell: Callable[[LedgerRow], Cell]


def _words(texts: tuple[str, ...]) -> str:
    return "、".join(texts)


def _categories(row: LedgerRow) -> str:
    if row.veiled:
        return "—"
    names = _words(tuple(category.chinese for category in row.categories))
    if row.outcome is Outcome.OUT_OF_SCOPE:
        return OUT_OF_SCOPE_CHINESE
    if not row.suggested or not names:
        return names
    return f"疑似{names}（系统建议）"


def _principal(row: LedgerRow) -> str:
    return "" if row.principal is None else "是" if row.principal else "否"


def _approved(row: LedgerRow) -> str:
    told = row.handling
    return (
        f"{told.approved_by} {told.approved_on:%Y-%m-%d}" if told.approved_by and told.approved_on else told.approved_by
    )


def _handed(row: LedgerRow) -> str:
    if not row.handed_to:
        return ""
    back = f"，{row.returned_on:%Y-%m-%d}退回" if row.returned_on else ""
    return f"{row.handed_to}（{row.batch}）{back}"


def _feedback(row: LedgerRow) -> str:
    told = row.handling
    if told.feedback is None:
        return ""
    day = f"{told.feedback_on:%Y-%m-%d}" if told.feedback_on else ""
    said = filter(None, (told.feedback.chinese, day, told.notes.feedback_way, told.feedback_note))
    return "，".join(said)


def _letters(row: LedgerRow) -> str:
    repeats = f"，其中重复件{row.repeats}件" if row.repeats else ""
    return f"{_words(row.letters)}（共{len(row.letters)}件{repeats}）"


def _items(row: LedgerRow) -> str:
    """Return the letters that are counted with the clue, so that the statistics can be worked out again from the sheet."""
    return "；".join(
        f"{one.number} {one.channel} {SIGNED[one.signed]} {'重复' if one.repeat else '初次'}"
        for one in row.items
        if one.main
    )


def _handler(row: LedgerRow) -> str:
    return " ".join(filter(None, (row.handling.department, row.handling.owner)))


COLUMNS = (
    LedgerColumn("线索编号", 14, lambda row: row.clue),
    LedgerColumn("件编号", 22, _letters),
    LedgerColumn("轮次", 16, lambda row: _words(row.rounds)),
    LedgerColumn("来源渠道", 10, lambda row: _words(row.channels)),
    LedgerColumn("来源单位、移送文号", 18, lambda row: "；".join(row.transferred_from)),
    LedgerColumn("收到日期", 11, lambda row: row.received),
    LedgerColumn("实名/匿名", 10, lambda row: _words(row.signed)),
    LedgerColumn("被反映人", 12, lambda row: _words(row.respondents)),
    LedgerColumn("单位", 16, lambda row: row.unit),
    LedgerColumn("职务", 12, lambda row: _words(row.positions)),
    LedgerColumn("职级", 10, lambda row: row.level),
    LedgerColumn("是否一把手", 8, _principal),
    LedgerColumn("干部管理权限", 12, lambda row: row.handling.notes.authority),
    LedgerColumn("监察对象类别", 12, lambda row: row.handling.notes.subject_class),
    LedgerColumn("问题属地", 12, lambda row: row.place),
    LedgerColumn("问题领域", 12, lambda row: row.handling.notes.area),
    LedgerColumn("问题类别", 16, _categories),
    LedgerColumn("问题小类", 10, lambda row: _words(row.subtypes)),
    LedgerColumn("主要问题（脱敏摘要）", 40, lambda row: row.summary),
    LedgerColumn("涉及金额", 14, lambda row: _words(row.amounts)),
    LedgerColumn("发生时间", 14, lambda row: _words(row.times)),
    LedgerColumn("涉及群众户数、人数", 12, lambda row: _words(row.people)),
    LedgerColumn("可查性（系统建议）", 10, lambda row: row.grade.value if row.grade else ""),
    LedgerColumn("优先标记", 12, lambda row: _words(row.flags)),
    LedgerColumn("人工认定", 14, lambda row: row.outcome.chinese if row.outcome else ""),
    LedgerColumn("认定日期", 11, lambda row: row.decided_on),
    LedgerColumn("状态", 12, lambda row: row.state.chinese),
    LedgerColumn("初步意见", 20, lambda row: row.handling.notes.opinion),
    LedgerColumn("处置方式", 10, lambda row: row.handling.kind.chinese if row.handling.kind else ""),
    LedgerColumn("处置理由", 30, lambda row: row.handling.reason),
    LedgerColumn("审批人、时间", 18, _approved),
    LedgerColumn("分办去向", 22, _handed),
    LedgerColumn("移交日期", 11, lambda row: row.handed_on),
    LedgerColumn("签收日期", 11, lambda row: row.receipted_on),
    LedgerColumn("承办部门、承办人", 18, _handler),
    LedgerColumn("时限", 11, lambda row: row.handling.due),
    LedgerColumn("延期批准", 14, lambda row: row.handling.notes.extension),
    LedgerColumn("督办记录", 14, lambda row: row.handling.notes.supervision),
    LedgerColumn("办理结果", 10, lambda row: row.handling.result.chinese if row.handling.result else ""),
    LedgerColumn("处理人数（四种形态）", 12, lambda row: row.handling.notes.persons),
    LedgerColumn("追缴金额", 12, lambda row: row.handling.notes.recovered),
    LedgerColumn("受理告知日期", 11, lambda row: row.handling.notified_on),
    LedgerColumn("反馈举报人", 24, _feedback),
    LedgerColumn("异议", 14, lambda row: row.handling.notes.objection),
    LedgerColumn("澄清", 12, lambda row: row.handling.notes.clarified),
    LedgerColumn("办结日期", 11, lambda row: row.ended_on),
    LedgerColumn("归档号", 12, lambda row: row.handling.notes.archive),
    LedgerColumn("经手人签名链", 30, lambda row: "；".join(row.hands)),
    LedgerColumn("来件明细", 30, _items),
)
"""台账格式 第1版. Any change here raises LEDGER_VERSION."""


def export_ledger(office: Office, viewer: Viewer, chosen: LedgerFilter, *, about: str = "全部") -> Exported:
    """Make the ledger of the clues that a person may see as an xlsx file; `about` names what was chosen."""
    table = Table(
        kind="ledger",
        title=TITLE,
        version=LEDGER_VERSION,
        columns=[Column("序号", 6), *(Column(one.heading, one.width) for one in COLUMNS)],
        rows=_cells(office, viewer, chosen),
        about=(("范围", about), ("说明", "“系统建议”“疑似”不是结论；是否属实、如何处置由人决定。")),
    )
    return export(office, viewer, table)


def _cells(office: Office, viewer: Viewer, chosen: LedgerFilter) -> Iterator[list[Cell]]:
    for place, row in enumerate(chosen_rows(office, viewer, chosen), 1):
        yield [place, *(column.cell(row) for column in COLUMNS)]
