"""Whom and which unit a letter is about, in the few words of a queue's row."""

from collections import Counter

from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.text import Document, EntityType

_MOST_RESPONDENTS = 5


def respondents_of(document: Document, *, named: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the respondents, those of a register's column first, each once."""
    told = (entity.text.replace(" ", "") for entity in document.of_type(EntityType.RESPONDENT))
    return tuple(dict.fromkeys((*named, *told)))[:_MOST_RESPONDENTS]


def unit_of(document: Document, register: OrganisationRegister, *, named: str = "") -> str:
    """Return the unit as registered where the register knows one, the lowest level first, else the most often named."""
    levels = {unit.name: unit.level for unit in register.units}
    told = Counter(entity.value or entity.text for entity in document.of_type(EntityType.ORG, EntityType.PLACE))
    order = {name: place for place, name in enumerate(told)}
    known = [name for name in told if name in levels]
    if known:
        return min(known, key=lambda name: (levels[name], -told[name], order[name]))
    return named or max(told, key=lambda name: (told[name], -order[name]), default="")
