"""Owns the short Chinese sentences that say why a letter stands where it stands."""

from collections.abc import Mapping
from types import MappingProxyType

from xiansuo.domain.suggestion import Rank, RankPart, Suggestion
from xiansuo.domain.text import Document

_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "被反映人和职务": "点到了人",
        "单位或地点": "有单位地点",
        "时间": "有时间",
        "经过": "写了经过",
        "金额或数量": "有金额数量",
        "证据": "提到证据",
        "特定款物": "涉及特定款物",
        "集体或反复": "集体或反复发生",
        "涉及户数或人数": "涉及人多",
        "困难群众": "涉及困难群众",
        "职务层次": "涉及负责人",
        "仍在继续": "仍在继续",
        "证据有灭失风险": "证据可能灭失",
        "反映人安全": "担心打击报复",
        "集体访或换届临近": "可能集体访或临近换届",
        "实名已核实": "实名已核实",
        "独立佐证": "另有信访件佐证",
        "部门移送": "部门移送",
    }
)
_QUOTED = frozenset({"被反映人和职务", "金额或数量", "时间", "证据", "涉及户数或人数"})
"""Signals whose own words are short enough to be shown."""
_LONGEST = 14


def likelihood(probability: float, *, abstained: bool = False) -> str:
    """Return the word that stands for a probability: 很可能, 较可能, 存疑 or 需人工通读."""
    if abstained:
        return "需人工通读"
    return "很可能" if probability >= 0.8 else "较可能" if probability >= 0.5 else "存疑"


def why(rank: Rank, suggestion: Suggestion, *, document: Document | None = None) -> tuple[str, ...]:
    """Return short sentences for the queue: what is suspected, what can be checked, what is urgent, what is missing.

    With the document the particulars are quoted from its masked text.
    """
    lines = [_suspected(suggestion), _checkable(rank, document), _weighty(rank, document)]
    missing = f"缺：{'、'.join(rank.missing)}" if rank.missing and suggestion.labels else ""
    return tuple(line for line in (*lines, missing) if line)


def _suspected(suggestion: Suggestion) -> str:
    if not suggestion.labels:
        if suggestion.abstained:
            return "拿不准是否反映问题，需人工通读"
        return "未见属于六类问题的反映"
    proposed = [f"{label.chinese}（{likelihood(suggestion.scores[label])}）" for label in suggestion.labels]
    heard = "，多为听说" if suggestion.allegations and all(one.hearsay for one in suggestion.allegations) else ""
    read = "，需人工通读" if suggestion.abstained else ""
    return f"疑似{'、'.join(proposed)}{heard}{read}"


def _checkable(rank: Rank, document: Document | None) -> str:
    told = [_told(part, document) for part in rank.parts if part.block == "可查性" and part.points]
    return f"可查性{rank.grade}：{'、'.join(told)}" if told and rank.grade else ""


def _weighty(rank: Rank, document: Document | None) -> str:
    rest = [part for part in rank.parts if part.block != "可查性" and part.points and part.name in _TOLD]
    return "、".join(_told(part, document) for part in rest)


def _told(part: RankPart, document: Document | None) -> str:
    words = _TOLD.get(part.name, part.name)
    if document is None or not part.spans or part.name not in _QUOTED:
        return words
    quoted = part.spans[0].of(document.text)
    return f"{words}“{quoted}”" if len(quoted) <= _LONGEST else words
