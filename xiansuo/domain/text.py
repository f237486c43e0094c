"""What the text stage finds in a letter: entities, interview turns, masked text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span


class EntityType(StrEnum):
    """Types of the `entities` list in the command contract, then those used inside only."""

    RESPONDENT = "respondent"
    PETITIONER = "petitioner"
    ORG = "org"
    PLACE = "place"
    MONEY = "money"
    TIME = "time"
    POSITION = "position"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    PERSON = "person"
    EMAIL = "email"
    ACCOUNT = "account"
    ADDRESS = "address"
    SELF_DISCLOSURE = "self_disclosure"
    BENEFIT = "benefit"
    DOCUMENT = "document"
    COUNT = "count"


CONTRACT_TYPES = frozenset(list(EntityType)[:9])


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing at `start` ≤ i < `end` of the text given. `value` is its normalised form, '' where there is none.

    Values: money `min-max 元[/unit]` or `min-max %`, time an ISO date, month, year, `from/to` or `from/..`, org and place the register's name.
    """

    type: EntityType
    start: int
    end: int
    text: str = field(repr=False)
    value: str = field(default="", repr=False)

    @property
    def span(self) -> Span:
        """The place in the text."""
        return Span(self.start, self.end)


class Speaker(StrEnum):
    """Who speaks in an interview record."""

    INTERVIEWER = "interviewer"
    INTERVIEWEE = "interviewee"
    NARRATOR = "narrator"


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of an interview record: `start` ≤ i < `end` without the speaker's label. `answers` is the index of its question's turn."""

    speaker: Speaker
    start: int
    end: int
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview record's header fields (label → value span) and its turns in order."""

    header: tuple[tuple[str, Span], ...]
    turns: tuple[Turn, ...]


class OffsetMap(Protocol):
    """Maps positions of a derived string back to the string it came from."""

    def span(self, start: int, end: int) -> Span:
        """Return the smallest source span that covers `start` ≤ i < `end` of the derived string."""
        ...


@dataclass(frozen=True, slots=True)
class Replacement:
    """A masked passage: `source` in the clear text became `masked` in the masked text."""

    source: Span
    masked: Span
    type: EntityType


@dataclass(frozen=True, slots=True)
class Masked:
    """Masked text, equal to the clear text outside `replacements` (in order, without overlap)."""

    text: str
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A masked letter made ready for analysis; every span in it counts characters of `text` (normalised masked text).

    `offsets` maps spans of `text` back to the stored masked text. `sentences` cover the analysed parts only;
    quoted replies and signatures are left out. `kind` is what the text stage recognised or intake was told.
    """

    kind: Kind
    subject: str
    text: str
    received: date | None
    sentences: tuple[Span, ...]
    interview: Interview | None
    entities: tuple[Entity, ...]
    offsets: OffsetMap

    def of_type(self, *types: EntityType) -> Sequence[Entity]:
        """Return the entities of the given types, in order."""
        return [entity for entity in self.entities if entity.type in types]
