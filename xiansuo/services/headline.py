"""Whom and which unit a letter is about, in the few words of a queue's row."""

import re
from collections import Counter
from collections.abc import Mapping

from xiansuo.domain.register import Level, OrganisationRegister
from xiansuo.domain.text import Document, EntityType

_MOST_RESPONDENTS = 5
# Whom letters are written to, and words too general to name a unit.
_ADDRESSED = re.compile(r"巡察|巡视|纪委|监委|信访|信箱|^(?:社区|县委|市委|省委|政府|法院|学校|医院|居委会|村委会)$")

Levels = Mapping[str, tuple[Level, ...]]


def respondents_of(document: Document, *, named: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the respondents, those of a register's column first, each once."""
    places = " ".join(entity.text for entity in document.of_type(EntityType.ORG, EntityType.PLACE))
    # A value is a person's correction; the text stage gives respondents none.
    told = ((entity.value or entity.text).replace(" ", "") for entity in document.of_type(EntityType.RESPONDENT))
    # A village called 白杨 is no person called 白杨.
    return tuple(dict.fromkeys((*named, *(name for name in told if name not in places))))[:_MOST_RESPONDENTS]


def levels_of(register: OrganisationRegister) -> Levels:
    """Return the levels under which the register has each unit's name; a name may stand there twice."""
    levels: dict[str, tuple[Level, ...]] = {}
    for unit in register.units:
        levels[unit.name] = (*levels.get(unit.name, ()), unit.level)
    return levels


def unit_of(document: Document, levels: Levels, *, named: str = "") -> str:
    """Return the unit as registered where the register knows one, the lowest level first, else the most often named."""
    told = Counter(
        entity.value or entity.text
        for entity in document.of_type(EntityType.ORG, EntityType.PLACE)
        if not _ADDRESSED.search(entity.text)
    )
    order = {name: place for place, name in enumerate(told)}
    registered = [name for name in told if name in levels]
    # 枫林街道财政所 says more than 枫林街道.
    known = [name for name in registered if not any(name != other and name in other for other in registered)]
    if known:
        return min(known, key=lambda name: (levels[name][-1], -told[name], order[name]))
    return named or max(told, key=lambda name: (told[name], -order[name]), default="")
