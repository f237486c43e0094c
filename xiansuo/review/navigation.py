"""The pages of the main menu and the power each needs."""

from collections.abc import Iterable
from typing import NamedTuple

from xiansuo.domain.people import Power, Viewer


class Entry(NamedTuple):
    """A page of the menu; `label` is Chinese and translated where it is shown. `beside` are paths of other pages that belong to it."""

    label: str
    path: str
    power: Power
    beside: tuple[str, ...] = ()


ENTRIES = (
    Entry("今日", "/", Power.HOME),
    Entry("待审线索", "/queue", Power.READ_CLUES, ("/clues", "/search")),
    Entry("二次审读", "/second", Power.DECIDE),
    Entry("分歧裁定", "/adjudicate", Power.ADJUDICATE, ("/second-looks",)),
    Entry("来访来电登记", "/register", Power.REGISTER),
    Entry("未了事项", "/unanswered", Power.DISPOSE),
    Entry("移交", "/handover", Power.HAND_OVER),
    Entry("台账", "/ledger", Power.LEDGER),
    Entry("留存与销毁", "/retention", Power.HAND_OVER),
    Entry("留存与销毁", "/retention", Power.DISPOSE),
    Entry("统计分析", "/statistics", Power.STATISTICS, ("/units", "/respondents")),
    Entry("报告", "/reports", Power.STATISTICS),
    Entry("身份查看", "/vault", Power.REQUEST_REVEAL),
    Entry("轮次授权", "/rounds", Power.ROUNDS),
    Entry("回避", "/recusals", Power.RECUSALS),
    Entry("账号", "/accounts", Power.ACCOUNTS),
    Entry("账号确认", "/accounts/waiting", Power.CONFIRM_ACCOUNTS),
    Entry("运行维护", "/operate", Power.OPERATE),
    Entry("模型与规则", "/operate/models", Power.MODELS, ("/operate/proposals",)),
    Entry("审计", "/audit", Power.AUDIT),
)


def entries_for(viewer: Viewer) -> list[Entry]:
    """Return the pages that a person's role may open."""
    return [entry for entry in ENTRIES if viewer.may(entry.power)]


def entry_at(entries: Iterable[Entry], path: str) -> Entry | None:
    """Return the entry that a page belongs to: the one with the longest path that leads to it."""
    leading = [(len(start), entry) for entry in entries for start in (entry.path, *entry.beside) if _leads(start, path)]
    return max(leading, key=lambda found: found[0], default=(0, None))[1]


def _leads(start: str, path: str) -> bool:
    return path == start or (start != "/" and path.startswith(f"{start}/"))
