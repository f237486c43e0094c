"""Owns the short Chinese sentences that say why a letter stands where it stands."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Rank, RankPart, Referral, Suggestion

_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "被反映人和职务": "写明被反映人",
        "单位或地点": "写明单位地点",
        "时间": "有时间",
        "经过": "写了经过",
        "金额或数量": "有金额数量",
        "证据": "提到证据",
        "特定款物": "涉及特定款物",
        "集体或反复": "像是集体或反复发生",
        "另有具体问题": "另外还反映了几件具体的事",
        "涉及户数或人数": "涉及人多",
        "困难群众": "涉及困难群众",
        "职务层次": "提到的职务",
        "仍在继续": "说是仍在继续",
        "证据有灭失风险": "证据可能灭失",
        "反映人安全": "担心打击报复",
        "集体访或换届临近": "可能集体访或临近换届",
        "实名已核实": "实名已核实",
        "独立佐证": "另有信访件佐证",
        "部门移送": "部门移送",
    }
)
_CHECKABLE, _LACKING = "可查性", "缺："
LIKE = "像是"
"""How the sentence begins that says where a letter outside the categories could be sent on to."""
_LONGEST = 14


def likelihood(probability: float, *, abstained: bool = False) -> str:
    """Return the word that stands for a probability: 很可能, 较可能, 存疑 or 需人工通读."""
    if abstained:
        return "需人工通读"
    return "很可能" if probability >= 0.8 else "较可能" if probability >= 0.5 else "存疑"


def why(rank: Rank, suggestion: Suggestion, referral: Referral | None = None) -> tuple[str, ...]:
    """Return short sentences for the queue: what is suspected, what can be checked, what is urgent, what is missing.

    Of a letter in which nothing is shown as an allegation only the first is said, and where it could be sent on to.
    """
    referred = f"{LIKE}{referral.name}，{referral.to}（由人决定）" if referral else ""
    return tuple(filter(None, (_suspected(suggestion), referred, *_ranked(rank, suggestion.labels))))


def why_weighed(said: Sequence[str], rank: Rank, labels: Sequence[Category], *, referred: bool) -> tuple[str, ...]:
    """Return the sentences about a letter that were `said`, of which those about its rank are said anew."""
    return (*said[: 2 if referred else 1], *filter(None, _ranked(rank, labels)))


def _ranked(rank: Rank, labels: Sequence[Category]) -> tuple[str, ...]:
    return (_checkable(rank), _weighty(rank), _lacking(rank) if labels else "") if rank.grade else ()


def why_clue(rank: Rank, best: tuple[str, ...], others: Sequence[Rank]) -> tuple[str, ...]:
    """Return a clue's sentences: those of its best letter, what other letters tell beside it, and what every letter lacks."""
    said = {part.name for part in rank.parts if part.points and part.block == _CHECKABLE}
    added: dict[str, str] = {}
    for part in (part for other in others for part in other.parts if part.block == _CHECKABLE and part.points):
        if part.name not in said:
            added.setdefault(part.name, _told(part))
    kept = [line for line in best if not line.startswith(_LACKING)]
    more = [f"另有来件{'、'.join(added.values())}"] if added else []
    lacking = [_lacking(rank)] if len(kept) < len(best) and rank.missing else []
    return (*kept, *more, *lacking)


def _suspected(suggestion: Suggestion) -> str:
    if not suggestion.labels:
        if suggestion.abstained:
            return "拿不准是否反映问题，需人工通读"
        return "未见属于六类问题的反映"
    proposed = [f"{label.chinese}（{likelihood(suggestion.scores[label])}）" for label in suggestion.labels]
    heard = "，多为听说" if suggestion.allegations and all(one.hearsay for one in suggestion.allegations) else ""
    read = "，需人工通读" if suggestion.abstained else ""
    return f"疑似{'、'.join(proposed)}{heard}{read}"


def _checkable(rank: Rank) -> str:
    told = [_told(part) for part in rank.parts if part.block == _CHECKABLE and part.points]
    return f"可查性{rank.grade}：{'、'.join(told)}" if told else ""


def _weighty(rank: Rank) -> str:
    rest = [part for part in rank.parts if part.block != _CHECKABLE and part.points and part.name in _TOLD]
    return "、".join(_told(part) for part in rest)


def _lacking(rank: Rank) -> str:
    return f"{_LACKING}{'、'.join(rank.missing)}" if rank.missing else ""


def _told(part: RankPart) -> str:
    words = _TOLD.get(part.name, part.name)
    quoted = " ".join(part.quote.split())
    return f"{words}“{quoted}”" if quoted and len(quoted) <= _LONGEST else words
