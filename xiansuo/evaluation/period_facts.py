"""Owns what the figures of a period are counted from: letters and clues as they were when the period ended. Codes, days and numbers, no text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from xiansuo.domain.decision import ClueState, Finding, Outcome
from xiansuo.domain.times import CHINA
from xiansuo.evaluation.slices import length_band

INSIDE = frozenset({Outcome.CONFIRMED, Outcome.CORRECTED})


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are counted, both included; `until` is before the period's last day while it runs."""

    first: date
    until: date

    def holds(self, day: date | None) -> bool:
        """Tell whether a day is one of them."""
        return day is not None and self.first <= day <= self.until


@dataclass(frozen=True, slots=True)
class Sort:
    """What a letter is like. `length` counts characters; `dialect`: a listed dialect word stands in it; `chinese`: most of its letters are Chinese."""

    channel: str
    signed: str
    kind: str
    length: int = 0
    dialect: bool = False
    chinese: bool = True

    @property
    def band(self) -> str:
        """The length in words."""
        return length_band(self.length)


@dataclass(frozen=True, slots=True)
class Place:
    """What a clue is about: the registered unit, the township or department above it, and its type; '' where the register knows none."""

    unit: str = field(default="", repr=False)
    area: str = field(default="", repr=False)
    type: str = ""


@dataclass(frozen=True, slots=True)
class LetterFact:
    """A letter that came in during the period, with the suggestion in force at its end: `scope` is None where there was none yet."""

    id: int
    clue: int
    came: date
    sort: Sort
    scope: float | None = None
    rules: frozenset[str] = frozenset()
    version: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was suggested when somebody decided: categories, likelihood word and the rules that spoke."""

    labels: frozenset[str]
    word: str
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class ClueFact:
    """A clue at the end of the period. `reads` are the moments of its readings that were not taken back, oldest first.

    `finding` holds since the moment `found`; a new letter may have put the clue back into the queue (`state`) all the same.
    `suggested` is None where nothing had been suggested when it was decided. `sort` is that of its main letter.
    """

    id: int
    opened: date
    state: ClueState
    reads: tuple[datetime, ...]
    place: Place
    sort: Sort
    finding: Finding | None = None
    found: datetime | None = None
    suggested: Seen | None = None
    drawn: bool = False

    @property
    def inside(self) -> bool:
        """Whether people found it to hold a problem of the categories."""
        return self.finding is not None and self.finding.outcome in INSIDE


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was there when a period ended and that one person may meet; `letters` are those that came in during it."""

    span: Span
    clues: Sequence[ClueFact]
    letters: Sequence[LetterFact]
    places: Mapping[int, Place]

    def opened(self) -> list[ClueFact]:
        """Return the clues opened in the period."""
        return [one for one in self.clues if self.span.holds(one.opened)]

    def decided(self) -> list[ClueFact]:
        """Return the clues whose finding was reached in the period."""
        return [one for one in self.clues if one.found is not None and self.span.holds(day_of(one.found))]

    def read(self) -> list[tuple[datetime, ClueFact]]:
        """Return the clues that somebody read in the period, with the moment of the first such reading, in that order."""
        firsts = ((next((at for at in one.reads if self.span.holds(day_of(at))), None), one) for one in self.clues)
        return sorted(((at, one) for at, one in firsts if at is not None), key=lambda pair: (pair[0], pair[1].id))


def day_of(moment: datetime) -> date:
    """Return the day of a moment in China."""
    return moment.astimezone(CHINA).date()


def confirmed(clues: Iterable[ClueFact]) -> int:
    """Return how many clues were found to hold a problem of the categories."""
    return sum(one.inside for one in clues)
