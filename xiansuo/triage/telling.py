"""Owns how normalised values and relations are told to a reader: 200000-200000 元 as 20万元, 2024-03 as 2024年3月."""

import re
from collections.abc import Iterable
from types import MappingProxyType

from xiansuo.domain.suggestion import Relation

RELATIONS = MappingProxyType(
    {
        Relation.ORIGINAL: "首件",
        Relation.COPY: "同文",
        Relation.NEAR_COPY: "略有改动的同文",
        Relation.CONTAINED: "内容已含在别件中",
        Relation.BUNDLED: "一信多事",
        Relation.SAME_MATTER: "另信反映同一事",
    }
)
_RANGE = re.compile(r"(?<!\d)(\d++(?:\.\d++)?)-(\d++(?:\.\d++)?) (\S++)")
_DATE = re.compile(r"(?<!\d)(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?![\d-])")
_LARGE = ((100_000_000, "亿"), (10_000, "万"))


def told(value: str) -> str:
    """Return a normalised value, or a line such as 数额：200000-300000 元, in the words of a letter."""
    kind, colon, rest = value.rpartition("：")
    if _RANGE.search(rest):
        return kind + colon + _RANGE.sub(_amount, rest)
    return kind + colon + (_period(rest) if kind in {"时间", ""} else rest)


def gathered(facts: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return facts such as 数额：200000-300000 元 by their kind, each in the words of a letter."""
    kinds: dict[str, list[str]] = {}
    for fact in facts:
        kind, _, value = told(fact).partition("：")
        kinds.setdefault(kind, []).append(value)
    return tuple((kind, tuple(values)) for kind, values in kinds.items())


def _amount(found: re.Match[str]) -> str:
    least, most, unit = found.groups()
    low, high = _short(float(least)), _short(float(most))
    return f"{low}{unit}" if low == high else f"{low}至{high}{unit}"


def _short(number: float) -> str:
    for size, name in _LARGE:
        if number >= size:
            return f"{number / size:.6g}{name}"
    return f"{number:.6g}"


def _period(value: str) -> str:
    start, slash, end = value.partition("/")
    if not _DATE.fullmatch(start):
        return value
    first = _day(start)
    if not slash:
        return first
    return f"{first}以来" if end == ".." else f"{first}至{_day(end)}"


def _day(value: str) -> str:
    found = _DATE.fullmatch(value)
    if not found:
        return value
    year, month, day = found.groups()
    return f"{year}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
