"""Says in one line what an allegation tells, from its normalised facts alone: no sentence of the letter, nobody's name."""

import re
from collections.abc import Iterable, Sequence

from xiansuo.domain.suggestion import Particular, ParticularKind, Reach

_VALUE = re.compile(r"(?P<low>\d+(?:\.\d+)?)-(?P<high>\d+(?:\.\d+)?) (?P<unit>\S+)")
_WAN = 10_000
_MOST = 3
_SHOWN = (
    ParticularKind.UNIT,
    ParticularKind.PLACE,
    ParticularKind.TIME,
    ParticularKind.FUND,
    ParticularKind.AMOUNT,
    ParticularKind.COUNT,
)


def summary(particulars: Sequence[Particular]) -> str:
    """Return where, when, which fund and how much; whether evidence is named; and where it is hearsay only."""
    told = [text for kind in _SHOWN for text in values(particulars, kind)[:_MOST]]
    kinds = {one.kind for one in particulars}
    if ParticularKind.EVIDENCE in kinds:
        told.append("有证据线索")
    if ParticularKind.HEARSAY in kinds and ParticularKind.FIRSTHAND not in kinds:
        told.append("系听说")
    return "、".join(dict.fromkeys(told)) or "未写明时间、地点、金额"


def values(particulars: Iterable[Particular], kind: ParticularKind) -> list[str]:
    """Return the values of one kind in words, each once; those that the allegation only takes over from elsewhere are left out."""
    named = (one.value for one in particulars if one.kind is kind and one.value and one.reach is not Reach.INHERITED)
    return list(dict.fromkeys(_words(kind, value) for value in named))


def total_amounts(particulars: Iterable[Particular]) -> list[str]:
    """Return the sums of money, without prices per head or table."""
    return [text for text in values(particulars, ParticularKind.AMOUNT) if "/" not in text]


def _words(kind: ParticularKind, value: str) -> str:
    found = _VALUE.fullmatch(value)
    if found is None:
        return value.replace("/", "至") if kind is ParticularKind.TIME else value
    low, high = float(found["low"]), float(found["high"])
    numbers = _short(low) if low == high else f"{_short(low)}至{_short(high)}"
    return numbers + found["unit"]


def _short(number: float) -> str:
    return f"{number / _WAN:g}万" if number >= _WAN else f"{number:g}"
