"""Owns what comparisons need of a letter's facts, derived once, because a letter is compared with many others."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from xiansuo.domain.suggestion import Facts
from xiansuo.triage.facts import PARTIAL
from xiansuo.triage.terms import all_terms

NICKNAMES = "老小大阿"
TITLES = ("书记", "主任", "长", "会计", "出纳", "文书", "委员", "干事", "老师", "总", "主席", "支书", "经理")
_NO_NAME = frozenset("某×的了我他她们这那省市县区镇乡村街局院校司委部所站府费款工人")
_EVERYWHERE = ("政府", "公司", "银行", "法院", "检察院", "学校", "幼儿园", "小区", "社区", "委员会", "委会", "党委", "县委", "市委", "区委", "纪委", "党支部", "派出所", "公安局", "信访局", "办事处", "医院", "教育局", "住建局", "工会", "组织部", "巡察组", "指挥部", "信用社", "农商行", "供电所", "交警队", "城管", "城管局")  # fmt: skip
"""Units that letters on any matter mention."""
VILLAGE, TOWNSHIP, COUNTY, _NOWHERE = range(4)
_COUNTY_KINDS = ("省", "市", "县", "区", "旗", "州", "盟")
_TOWNSHIP_KINDS = ("镇", "乡", "街道")


@dataclass(frozen=True, slots=True)
class Units:
    """Units' names without the mark of partial ones, and all their endings: a unit is the same where one name ends with the other."""

    names: frozenset[str] = field(repr=False)
    endings: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Take those long enough to tell anything: more than 学校."""
        told = frozenset(name for name in names if len(name) > len("学校"))
        return cls(told, frozenset(name[start:] for name in told for start in range(len(name) - len("学校"))))


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """Facts with what follows from them.

    These are all telling words, the surnames with (`full`, `full_people`) and without (`loose`) a given name, places by level, and
    the units, of which those of `telling` are not found everywhere.
    """

    facts: Facts = field(repr=False)
    terms: frozenset[str] = field(repr=False)
    full: frozenset[str] = field(repr=False)
    full_people: frozenset[str] = field(repr=False)
    loose: frozenset[str] = field(repr=False)
    places: tuple[tuple[str, ...], ...] = field(repr=False)
    units: Units = field(repr=False)
    telling: Units = field(repr=False)


@lru_cache(maxsize=4096)
def traits(facts: Facts) -> Traits:
    """Return what follows from facts."""
    units = {name.lstrip(PARTIAL) for name in facts.units}
    return Traits(
        facts=facts,
        terms=all_terms(facts),
        full=frozenset(_surnames(facts.respondents)),
        full_people=frozenset(_surnames(facts.respondents | facts.names)),
        loose=frozenset(_loose(facts.respondents)),
        places=tuple(of_level(facts.places, level) for level in (VILLAGE, TOWNSHIP, COUNTY)),
        units=Units.of(units),
        telling=Units.of(name for name in units if not name.endswith(_EVERYWHERE)),
    )


def is_full(name: str) -> bool:
    """Tell whether a name is somebody's surname and given name."""
    part = name.startswith(PARTIAL) or name.endswith(TITLES) or name[0] in NICKNAMES
    return not part and _NO_NAME.isdisjoint(name)


def of_level(places: Collection[str], level: int) -> tuple[str, ...]:
    """Return the places of one level."""
    return tuple(place for place in places if _level(place) == level)


def same_unit(one: Traits, other: Traits) -> bool:
    """Tell whether a telling unit of one has the name of one of the other's or the end of it: 公交集团二修厂, 二修厂."""
    first, second = one.telling, other.units
    return not (first.endings.isdisjoint(second.names) and first.names.isdisjoint(second.endings))


def _surnames(names: Iterable[str]) -> Iterator[str]:
    """Yield the surnames that stand with a given name."""
    return (name[0] for name in names if is_full(name))


def _loose(names: Iterable[str]) -> Iterator[str]:
    """Yield the surnames that stand with a title or with 老 or 小 only."""
    named = (name for name in names if len(name) > 1 and not is_full(name))
    return (name[1] if name[0] in NICKNAMES else name[0] for name in named)


@lru_cache(maxsize=16384)
def _level(place: str) -> int:
    if len(place) <= len("本县") and place.endswith((*_COUNTY_KINDS, *_TOWNSHIP_KINDS)):
        return _NOWHERE
    if place.endswith(_COUNTY_KINDS):
        return COUNTY
    return TOWNSHIP if place.endswith(_TOWNSHIP_KINDS) else VILLAGE
