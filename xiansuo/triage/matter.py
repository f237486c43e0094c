"""Owns when two letters that share no wording tell the same matter; it compares facts, never writers."""

from collections.abc import Collection, Iterator

from xiansuo.domain.suggestion import Facts
from xiansuo.triage.facts import PARTIAL
from xiansuo.triage.quantities import bounds

ENOUGH = 5.0
"""A respondent's name at a unit or in a village, and one particular more."""
MOST_WORDING = 1.5
"""What the same turns of phrase can add; letters on one topic share some in any case."""
_SOME_WORDING = 0.04
_LARGE_PLACES = ("省", "市", "县", "区", "旗", "州", "盟")
_MIDDLE_PLACES = ("镇", "乡", "街道")
_TITLES = ("书记", "主任", "长", "会计", "出纳", "文书", "委员", "干事", "老师", "总", "主席", "支书", "经理")
_COMMON_UNITS = (
    "政府",
    "村委会",
    "村委",
    "派出所",
    "财政所",
    "民政所",
    "民政办",
    "信用社",
    "卫生院",
    "信访局",
    "纪委",
    "镇里",
    "乡里",
    "县里",
)
_COMMON_SUM = 1000


def agreement(one: Facts, other: Facts, *, wording: float = 0.0) -> float:
    """Return how strongly two letters' facts say that they are about the same matter; `ENOUGH` joins them.

    `wording` is the share of the shorter text's 3-grams that the other text has too. Without a particular in common
    (sum, count, time, document, wording) it is 0, so that two matters of one village or one official stay apart.
    """
    who, where = _who(one, other), _where(one, other)
    particulars = _sums(one, other) + _times(one, other) + 0.5 * bool(one.documents & other.documents)
    if who + where < 2 or not (particulars or wording >= _SOME_WORDING) or contradicts(one, other):
        return 0.0
    return who + where + particulars + _category(one, other) + min(MOST_WORDING, wording * 10)


def contradicts(one: Facts, other: Facts) -> bool:
    """Tell whether two letters name different villages or units and different people, so that a shared form is all they share."""
    people = _full_names(one.respondents), _full_names(other.respondents)
    apart = all(people) and not _who(one, other)
    villages = _villages(one.places), _villages(other.places)
    away = all(villages) and not any(_same_place(a, b) for a in villages[0] for b in villages[1])
    return away and (apart or not all(people)) and not _sums(one, other)


def new_facts(facts: Facts, earlier: Collection[Facts]) -> tuple[str, ...]:
    """Return what a letter names that none of the earlier letters of its clue named, as short Chinese labels."""
    kinds = (
        ("人员", "respondents"),
        ("单位", "units"),
        ("地点", "places"),
        ("数额", "sums"),
        ("时间", "times"),
        ("材料", "documents"),
    )
    return tuple(f"{kind}：{value}" for kind, name in kinds for value in _new(name, facts, earlier))


def _new(name: str, facts: Facts, earlier: Collection[Facts]) -> Iterator[str]:
    known = {value for one in earlier for value in getattr(one, name)}
    for value in sorted(getattr(facts, name)):
        derived = value.startswith(PARTIAL) or (name == "respondents" and value.endswith(_TITLES))
        if (
            value not in known
            and not derived
            and not any(value in one or one in value for one in known if len(one) > 1)
        ):
            yield value


def _who(one: Facts, other: Facts) -> float:
    both = one.respondents & other.respondents
    full = [name for name in both if _is_full(name)]
    if full:
        longest = max(len(name) for name in full)
        return (3.5 if longest > 2 else 2.5) + min(2, len(full) - 1)
    if any(name.startswith(PARTIAL) for name in both):
        return 2.0
    return 1.5 if both else 0.0


def _is_full(name: str) -> bool:
    return not (name.startswith(PARTIAL) or name.endswith(_TITLES) or "某" in name or "×" in name or name[0] in "老小")


def _full_names(names: Collection[str]) -> list[str]:
    return [name for name in names if _is_full(name)]


def _where(one: Facts, other: Facts) -> float:
    villages = [(a, b) for a in _villages(one.places) for b in _villages(other.places) if _same_place(a, b)]
    if villages:
        return 2.0
    units = one.units & other.units
    if any(not unit.endswith(_COMMON_UNITS) for unit in units if not unit.startswith(PARTIAL)):
        return 2.0
    if any(not unit.endswith(_COMMON_UNITS) for unit in units):
        return 1.5
    both = one.places & other.places
    return 1.0 if any(place.endswith(_MIDDLE_PLACES) for place in both) else 0.5 if both else 0.0


def _villages(places: Collection[str]) -> list[str]:
    return [place for place in places if not place.endswith((*_LARGE_PLACES, *_MIDDLE_PLACES))]


def _same_place(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 1 and (one.startswith(other) or other.startswith(one)))


def _sums(one: Facts, other: Facts) -> float:
    points = [_sum(a, b) for a in one.sums for b in other.sums]
    best = sorted(points, reverse=True)[:3]
    return min(3.0, sum(best))


def _sum(one: str, other: str) -> float:
    first, second = bounds(one), bounds(other)
    if first is None or second is None or first[2] != second[2]:
        return 0.0
    if first[1] < second[0] or second[1] < first[0]:
        return 0.0
    precise = one == other and len(f"{first[0]:g}".rstrip("0")) > 1
    weight = 1.0 if first[0] >= _COMMON_SUM else 0.5
    return weight * (1.5 if precise else 1.0)


def _times(one: Facts, other: Facts) -> float:
    if any(len(time) == len("2021-01-01") for time in one.times & other.times):
        return 1.0
    months = {time[:7] for time in one.times if len(time) >= 7}
    if months & {time[:7] for time in other.times if len(time) >= 7}:
        return 0.7
    return 0.3 if {time[:4] for time in one.times} & {time[:4] for time in other.times} else 0.0


def _category(one: Facts, other: Facts) -> float:
    if one.categories & other.categories:
        return 1.0
    return -1.0 if one.categories and other.categories else 0.0
