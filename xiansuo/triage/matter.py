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
_FULL_NAME = 3.5
_SOME_PLACE = 0.8
_NICKNAMES = "老小大阿"
_NO_NAME = frozenset("某×的了我他她们这那省市县区镇乡村街局院校司委部所站府费款工人")
_PARTICULAR = 0.7
_MUCH_WORDING = 0.06
_MANY_PAIRS = 60
_VILLAGE, _TOWNSHIP, _COUNTY = range(3)
_COUNTY_KINDS = ("省", "市", "县", "区", "旗", "州", "盟")
_TOWNSHIP_KINDS = ("镇", "乡", "街道")
_TITLES = ("书记", "主任", "长", "会计", "出纳", "文书", "委员", "干事", "老师", "总", "主席", "支书", "经理")
_OFFICES = (
    "政府",
    "委会",
    "委",
    "部",
    "所",
    "局",
    "站",
    "办",
    "社",
    "院",
    "校",
    "学",
    "组",
    "中心",
    "公司",
    "银行",
    "小区",
    "社区",
    "园",
    "厂",
)
"""Endings of names that every township has; only with the place's own name do they say which one."""
_EVERYWHERE = ("政府", "公司", "银行", "法院", "检察院", "学校", "幼儿园", "小区", "社区", "委员会", "委会", "党委", "县委", "市委", "区委", "纪委", "党支部", "派出所", "公安局", "信访局", "办事处", "医院", "教育局", "住建局", "工会", "组织部", "巡察组")  # fmt: skip
"""Units that letters on any matter mention."""


def agreement(one: Facts, other: Facts, *, wording: float = 0.0) -> float:
    """Return how strongly two letters' facts say that they are about the same matter; `ENOUGH` joins them.

    `wording` is the share of the shorter text's 3-grams that the other text has too. Without a particular in common
    (sum, count, time, document, wording), or with neither a full name nor a place in common, it is 0, so that two
    matters of one village or one official stay apart.
    """
    who, where, category = _who(one, other), _where(one, other), _category(one, other)
    particulars = _sums(one, other) + _times(one, other) + 0.5 * bool(one.documents & other.documents)
    # A full name needs no place where the letters accuse of the same and share a particular or more than a topic's wording.
    told = category > 0 and (particulars >= _PARTICULAR or wording >= _MUCH_WORDING)
    anchored = where >= _SOME_PLACE or (who >= _FULL_NAME and told) or who > _FULL_NAME
    if not anchored or not (particulars or wording >= _SOME_WORDING) or contradicts(one, other):
        return 0.0
    return who + where + particulars + category + min(MOST_WORDING, wording * 10)


def contradicts(one: Facts, other: Facts) -> bool:
    """Tell whether two letters name different places and share neither a person nor a sum, as filled-in forms do."""
    people = any(is_full(name) for name in one.respondents & other.respondents)
    return _away(one.places, other.places) and not people and _sums(one, other) < 1


def _away(one: Collection[str], other: Collection[str]) -> bool:
    for level in (_VILLAGE, _TOWNSHIP, _COUNTY):
        here, there = _of_level(one, level), _of_level(other, level)
        if here and there:
            return not any(_same_place(a, b) for a in here for b in there)
    return False


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
    full = [name for name in both if len(name) > 2 and is_full(name)]
    if full:
        return _FULL_NAME + min(2, len(full) - 1)
    # 卢主任 and 马局长 here, 卢桂芳 and 马怀礼 there: one surname may be chance, two are hardly.
    surnames = _called(one.respondents, other.respondents) | _called(other.respondents, one.respondents)
    # Names of two characters and given names are often no names at all.
    short = (
        1.5 if any(name[0] not in _NICKNAMES and name.lstrip(PARTIAL)[0] not in _NICKNAMES for name in both) else 0.5
    )
    return max(short if both else 0.0, min(3.0, 1.2 * len(surnames)))


def _called(one: Collection[str], other: Collection[str]) -> set[str]:
    """Return the surnames that stand with a full name here and with a title or 老 or 小 only there."""
    full = {name[0] for name in one if is_full(name)}
    loose = {name[1] if name[0] in _NICKNAMES else name[0] for name in other if len(name) > 1 and not is_full(name)}
    return full & loose


def is_full(name: str) -> bool:
    """Tell whether a name is somebody's surname and given name."""
    part = name.startswith(PARTIAL) or name.endswith(_TITLES) or name[0] in _NICKNAMES
    return not part and not set(name) & _NO_NAME


def _full_names(names: Collection[str]) -> list[str]:
    return [name for name in names if is_full(name)]


def _where(one: Facts, other: Facts) -> float:
    villages = _of_level(one.places, _VILLAGE), _of_level(other.places, _VILLAGE)
    if any(_same_place(a, b) for a in villages[0] for b in villages[1]):
        return 2.0
    units = one.units & other.units
    if any(_is_particular(unit) for unit in units):
        return 2.0
    both = one.places & other.places
    town = 1.0 if _of_level(both, _TOWNSHIP) else 0.3 if both else 0.0
    # 卫生院 in the same township is one, in two unnamed places it may be two.
    return town + (0.8 if any(_is_telling(unit.lstrip(PARTIAL)) for unit in units) else 0.0)


def _is_telling(unit: str) -> bool:
    return len(unit) > 2 and not unit.endswith(_EVERYWHERE)


def _is_particular(unit: str) -> bool:
    return not unit.startswith(PARTIAL) and (len(unit) > 5 or not unit.endswith(_OFFICES))


def _of_level(places: Collection[str], level: int) -> list[str]:
    return [place for place in places if _level(place) == level]


def _level(place: str) -> int:
    if len(place) > 2 and place.endswith(_COUNTY_KINDS):
        return _COUNTY
    return _TOWNSHIP if len(place) > 2 and place.endswith(_TOWNSHIP_KINDS) else _VILLAGE


def _same_place(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 1 and (one.startswith(other) or other.startswith(one)))


def _sums(one: Facts, other: Facts) -> float:
    points = sorted((_sum(a, b) for a in one.sums for b in other.sums), reverse=True)[:3]
    # Between two long lists of sums some agree by chance.
    chance = 0.5 if len(one.sums) * len(other.sums) > _MANY_PAIRS else 1.0
    return min(3.0, sum(points)) * chance


def _sum(one: str, other: str) -> float:
    first, second = bounds(one), bounds(other)
    if first is None or second is None or first[2] != second[2] or first[1] < second[0] or second[1] < first[0]:
        return 0.0
    if one != other:
        return 0.4
    digits = len(f"{first[0]:.2f}".replace(".", "").strip("0"))
    return {1: 0.4, 2: 0.7}.get(digits, 1.5)


def _times(one: Facts, other: Facts) -> float:
    if any(len(time) == len("2021-01-01") and "/" not in time for time in one.times & other.times):
        return 1.0
    months = {time[:7] for time in one.times if "/" not in time[:7] and len(time) >= 7}
    if months & {time[:7] for time in other.times if "/" not in time[:7] and len(time) >= 7}:
        return 0.7
    return 0.3 if {time[:4] for time in one.times} & {time[:4] for time in other.times} else 0.0


def _category(one: Facts, other: Facts) -> float:
    if one.categories & other.categories:
        return 1.0
    # Letters that accuse nobody share towns, offices and prices without sharing a matter.
    return -1.0 if bool(one.categories) is bool(other.categories) else 0.0
