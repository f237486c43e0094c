"""Owns what a reader is shown of one allegation: who, where, when, how much, what proves it, why it was found and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from xiansuo.domain.spans import Span
from xiansuo.domain.subtypes import SUBTYPES
from xiansuo.domain.suggestion import Allegation, Particular, ParticularKind, Reach, Reason
from xiansuo.domain.text import Entity, EntityType
from xiansuo.triage.allegations import tells
from xiansuo.triage.telling import told

_ASPECTS = MappingProxyType(
    {
        "被反映人": (ParticularKind.RESPONDENT, ParticularKind.POST),
        "单位地点": (ParticularKind.UNIT, ParticularKind.PLACE),
        "时间": (ParticularKind.TIME,),
        "金额数量": (ParticularKind.AMOUNT, ParticularKind.COUNT),
        "款物": (ParticularKind.FUND,),
        "证据": (ParticularKind.EVIDENCE,),
        "亲历": (ParticularKind.FIRSTHAND,),
        "听说": (ParticularKind.HEARSAY,),
    }
)
_MOST = 4
"""So many places of one aspect are shown on a card: a letter's every sum stands near some allegation."""
_NEARNESS = tuple(Reach)
_MASKED = frozenset(
    {
        EntityType.PETITIONER,
        EntityType.PERSON,
        EntityType.PHONE,
        EntityType.ID_NUMBER,
        EntityType.EMAIL,
        EntityType.ACCOUNT,
        EntityType.ADDRESS,
        EntityType.SELF_DISCLOSURE,
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Words of the text, `inherited` where they stand elsewhere in the letter and are only taken over."""

    start: int
    end: int
    text: str = field(repr=False)
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing an allegation tells, such as 时间, with the words that tell it."""

    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """An allegation under its number in the letter (from 1, in text order)."""

    number: int
    allegation: Allegation
    quote: str = field(repr=False)
    aspects: tuple[Aspect, ...] = field(default=(), repr=False)

    @property
    def subtype(self) -> str:
        """The sub-type in words."""
        return SUBTYPES.get(self.allegation.subtype, "")

    @property
    def firsthand(self) -> bool:
        """Whether the writer tells what the writer saw or did."""
        return any(aspect.name == "亲历" for aspect in self.aspects) and not self.allegation.hearsay

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons, each sentence once, those of rules before the model's."""
        unique = {why.sentence: why for why in reversed(self.allegation.reasons)}
        return tuple(sorted(unique.values(), key=lambda why: (not why.source.startswith("rule"), -why.weight)))


@dataclass(frozen=True, slots=True)
class Named:
    """Something a letter names, with every place where it stands. `value` is its normalised form, in words."""

    type: EntityType
    text: str = field(repr=False)
    value: str = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)


def cards_of(text: str, allegations: Iterable[Allegation]) -> tuple[Card, ...]:
    """Return a card for each allegation, in text order; one that covers nothing but placeholders and dates tells nothing."""
    told_by_words = [one for one in allegations if tells(one.span.of(text))]
    ordered = sorted(told_by_words, key=lambda one: (one.span, -one.probability))
    return tuple(
        Card(number, one, one.span.of(text), tuple(_aspects(text, one))) for number, one in enumerate(ordered, 1)
    )


def _aspects(text: str, allegation: Allegation) -> Iterable[Aspect]:
    for name, kinds in _ASPECTS.items():
        told_here = [one for one in allegation.particulars if one.kind in kinds]
        if told_here:
            yield Aspect(name, tuple(_places(text, allegation.span, told_here)))


def _places(text: str, conduct: Span, particulars: Sequence[Particular]) -> list[Place]:
    """Return the nearest words, each once and none inside another, in text order."""
    nearest = sorted(
        particulars, key=lambda one: (_NEARNESS.index(one.reach), _distance(one.span, conduct), -len(one.span.of(text)))
    )
    kept: list[Particular] = []
    for one in nearest:
        words = one.span.of(text)
        if len(kept) < _MOST and not any(words in other.span.of(text) for other in kept):
            kept = [other for other in kept if other.span.of(text) not in words] + [one]
    return [
        Place(*one.span, one.span.of(text), one.reach is Reach.INHERITED)
        for one in sorted(kept, key=lambda one: one.span)
    ]


def _distance(one: Span, other: Span) -> int:
    return max(0, other.start - one.end, one.start - other.end)


def named_in(text: str, entities: Iterable[Entity]) -> tuple[Named, ...]:
    """Return what a letter names, each once, in order of type and first place; what is masked is not among it."""
    found: dict[tuple[EntityType, str], list[Entity]] = {}
    for entity in entities:
        if entity.type not in _MASKED and not entity.text.startswith("〔"):
            found.setdefault((entity.type, entity.value or "".join(entity.text.split())), []).append(entity)
    return tuple(
        Named(
            kind,
            places[0].text,
            told(places[0].value) if places[0].value else "",
            tuple(Place(one.start, one.end, one.span.of(text)) for one in places),
        )
        for (kind, _), places in sorted(found.items(), key=lambda one: list(EntityType).index(one[0][0]))
    )
