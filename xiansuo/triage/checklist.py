"""Owns what makes an allegation checkable (可查性): the elements a colleague needs, and which of them are not told."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Particular, ParticularKind


class Element(StrEnum):
    """An element of checkability; the value is what the queue says is missing."""

    RESPONDENT = "被反映人姓名、职务"
    PLACE = "单位、地点"
    TIME = "时间"
    COURSE = "具体经过"
    AMOUNT = "金额"
    EVIDENCE = "证据"


_KINDS: Mapping[Element, frozenset[ParticularKind]] = MappingProxyType(
    {
        Element.RESPONDENT: frozenset({ParticularKind.RESPONDENT, ParticularKind.POST}),
        Element.PLACE: frozenset({ParticularKind.UNIT, ParticularKind.PLACE}),
        Element.TIME: frozenset({ParticularKind.TIME}),
        Element.COURSE: frozenset({ParticularKind.CONDUCT}),
        Element.AMOUNT: frozenset({ParticularKind.AMOUNT, ParticularKind.COUNT}),
        Element.EVIDENCE: frozenset({ParticularKind.EVIDENCE, ParticularKind.FIRSTHAND}),
    }
)
_WITHOUT_MONEY = frozenset({Category.BULLYING, Category.FOUR_WINDS})
"""Who beats somebody or leaves him standing takes nothing, so no sum is missing."""


def present(particulars: Sequence[Particular]) -> frozenset[Element]:
    """Return the elements that some particulars tell."""
    kinds = {particular.kind for particular in particulars}
    return frozenset(element for element, some in _KINDS.items() if some & kinds)


def missing(told: Collection[Element], categories: Collection[Category]) -> tuple[str, ...]:
    """Return the elements that somebody would have to ask for."""
    needless = {Element.AMOUNT} if categories and set(categories) <= _WITHOUT_MONEY else set()
    return tuple(element.value for element in Element if element not in told and element not in needless)
