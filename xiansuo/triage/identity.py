"""Owns how strongly two letters are about the same persons, places and units; writers are never among them."""

from collections.abc import Collection
from functools import lru_cache

from xiansuo.domain.suggestion import Facts
from xiansuo.triage.facts import PARTIAL
from xiansuo.triage.terms import all_terms

CERTAIN = 3.0
"""With this much in common, a place that differs is rather a misread one."""
_MOST = 5.0
_FULL_NAME, _EVERYDAY_NAME, _SHORT_NAME, _NICKNAME, _SURNAME = 3.5, 2.0, 1.5, 0.5, 1.2
_MOST_SURNAMES = 3.0
_PIECE, _STRANGE, _TITLED = 2.0, 0.8, 0.8
_MOST_TITLED = 2.0
_REST_OF_NAME = 0.6
"""What every further piece of the same name counts, as a share of the first."""
_SAME_VILLAGE, _SAME_TOWN, _SAME_COUNTY, _SAME_UNIT = 2.0, 1.0, 0.3, 0.8
_BESIDE_NAMES = 1.0
_NICKNAMES = "老小大阿"
_NO_NAME = frozenset("某×的了我他她们这那省市县区镇乡村街局院校司委部所站府费款工人")
_VILLAGE, _TOWNSHIP, _COUNTY, _NOWHERE = range(4)
_COUNTY_KINDS = ("省", "市", "县", "区", "旗", "州", "盟")
_TOWNSHIP_KINDS = ("镇", "乡", "街道")
TITLES = ("书记", "主任", "长", "会计", "出纳", "文书", "委员", "干事", "老师", "总", "主席", "支书", "经理")
_EVERYWHERE = ("政府", "公司", "银行", "法院", "检察院", "学校", "幼儿园", "小区", "社区", "委员会", "委会", "党委", "县委", "市委", "区委", "纪委", "党支部", "派出所", "公安局", "信访局", "办事处", "医院", "教育局", "住建局", "工会", "组织部", "巡察组", "指挥部", "信用社", "农商行", "供电所", "交警队", "城管", "城管局")  # fmt: skip
"""Units that letters on any matter mention."""


def identity(one: Facts, other: Facts) -> float:
    """Return the weight of the persons, places and units that two letters have in common.

    What was recognised as such counts, or what is written alike and was recognised on one side at least, whichever is more.
    """
    places = _where(one, other)
    names, titled = shared_names(one, other), _titled(one, other)
    strange = [piece for piece in shared_strange(one, other) - names if not titled & set(piece)]
    titles = min(_MOST_TITLED, _TITLED * len(titled - {name[0] for name in names}))
    written = _weight_of(names) + _STRANGE * len(strange) + titles + min(_BESIDE_NAMES, places)
    return min(_MOST, max(_who(one, other, names) + places, written))


def shared_names(one: Facts, other: Facts) -> frozenset[str]:
    """Return the pieces of names that stand in both letters and were seen as names in one at least."""
    return (one.names & all_terms(other)) | (other.names & all_terms(one))


def shared_strange(one: Facts, other: Facts) -> frozenset[str]:
    """Return what stands in both letters and looks like a piece of a name in one at least."""
    return (one.strange & all_terms(other)) | (other.strange & all_terms(one))


def is_full(name: str) -> bool:
    """Tell whether a name is somebody's surname and given name."""
    part = name.startswith(PARTIAL) or name.endswith(TITLES) or name[0] in _NICKNAMES
    return not part and not set(name) & _NO_NAME


def are_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two letters name different places, on the lowest level that both name."""
    for level in (_VILLAGE, _TOWNSHIP, _COUNTY):
        here, there = _of_level(one, level), _of_level(other, level)
        if here and there:
            return not any(_same_place(a, b) for a in here for b in there)
    return False


def _weight_of(names: Collection[str]) -> float:
    further = sum(any(name[0] == before[-1] for before in names if before != name) for name in names)
    return _PIECE * (len(names) - further * (1 - _REST_OF_NAME))


def _who(one: Facts, other: Facts, pieces: Collection[str]) -> float:
    both = one.respondents & other.respondents
    full = [name for name in both if len(name) > 2 and is_full(name)]
    if full:
        # A name made of everyday words is borne by many, or is none.
        rare = any(piece in name and piece != name for name in full for piece in pieces)
        return (_FULL_NAME if rare else _EVERYDAY_NAME) + min(2, len(full) - 1)
    # 卢主任 and 马局长 here, 卢桂芳 and 马怀礼 there: one surname may be chance, two are hardly.
    surnames = (_full(one.respondents) & _loose(other)) | (_full(other.respondents) & _loose(one))
    by_surname = min(_MOST_SURNAMES, _SURNAME * len(surnames))
    if not both:
        return by_surname
    # Names of two characters and given names are often no names at all.
    known = any(not {name[0], name.lstrip(PARTIAL)[0]} & set(_NICKNAMES) for name in both)
    return max(_SHORT_NAME if known else _NICKNAME, by_surname)


def _titled(one: Facts, other: Facts) -> frozenset[str]:
    """Return the surnames with the same title in both letters, or with a title here and a given name there."""
    same = frozenset(name[0] for name in one.respondents & other.respondents if not name.startswith(PARTIAL))
    return same | (_full(_people(one)) & _loose(other)) | (_full(_people(other)) & _loose(one))


@lru_cache(maxsize=4096)
def _people(facts: Facts) -> frozenset[str]:
    return facts.respondents | facts.names


@lru_cache(maxsize=4096)
def _full(names: frozenset[str]) -> frozenset[str]:
    """Return the surnames that stand with a given name."""
    return frozenset(name[0] for name in names if is_full(name))


@lru_cache(maxsize=4096)
def _loose(facts: Facts) -> frozenset[str]:
    """Return the surnames that stand with a title or with 老 or 小 only."""
    named = (name for name in facts.respondents if len(name) > 1 and not is_full(name))
    return frozenset(name[1] if name[0] in _NICKNAMES else name[0] for name in named)


def _where(one: Facts, other: Facts) -> float:
    villages = _of_level(other.places, _VILLAGE)
    if any(_same_place(here, there) for here in _of_level(one.places, _VILLAGE) for there in villages):
        return _SAME_VILLAGE
    both = one.places & other.places
    above = _SAME_TOWN if _of_level(both, _TOWNSHIP) else _SAME_COUNTY if both else 0.0
    # 卫生院 in the same township is one, in two unnamed places it may be two.
    return above + _SAME_UNIT * any(_is_same_unit(here, there) for here in one.units for there in other.units)


def _is_same_unit(one: str, other: str) -> bool:
    """Tell whether one telling unit's name is the other's or the end of it: 公交集团二修厂, 二修厂."""
    first, second = one.lstrip(PARTIAL), other.lstrip(PARTIAL)
    if min(len(first), len(second)) <= len("学校") or first.endswith(_EVERYWHERE):
        return False
    return first.endswith(second) or second.endswith(first)


@lru_cache(maxsize=16384)
def _of_level(places: frozenset[str], level: int) -> tuple[str, ...]:
    return tuple(place for place in places if _level(place) == level)


def _level(place: str) -> int:
    if len(place) <= len("本县") and place.endswith((*_COUNTY_KINDS, *_TOWNSHIP_KINDS)):
        return _NOWHERE
    if place.endswith(_COUNTY_KINDS):
        return _COUNTY
    return _TOWNSHIP if place.endswith(_TOWNSHIP_KINDS) else _VILLAGE


def _same_place(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 1 and (one.startswith(other) or other.startswith(one)))
