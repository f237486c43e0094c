"""What people decide about clues (人工认定): the states a clue passes, what a person did, and which of several readings holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span


class ClueState(StrEnum):
    """Where a clue stands between arrival and end; only a person moves it on (a date that was waited for, or a new letter, moves it back to OPEN)."""

    OPEN = "open"
    POSTPONED = "postponed"
    SECOND = "second"
    DISPUTED = "disputed"
    DECIDED = "decided"
    CLOSED = "closed"
    MERGED = "merged"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _STATES[self]


_STATES = {
    ClueState.OPEN: "待审",
    ClueState.POSTPONED: "暂缓",
    ClueState.SECOND: "待二次审读",
    ClueState.DISPUTED: "待裁定",
    ClueState.DECIDED: "已认定，待处置",
    ClueState.CLOSED: "已办结",
    ClueState.MERGED: "已并入其他线索",
}

READ = frozenset({ClueState.SECOND, ClueState.DISPUTED, ClueState.DECIDED, ClueState.CLOSED})
"""The states of clues that a person has read and said something about."""


class Act(StrEnum):
    """What a row of `Decisions` records. Only DECIDE carries an outcome."""

    DECIDE = "decide"
    POSTPONE = "postpone"
    UNDO = "undo"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _ACTS[self]


_ACTS = {Act.DECIDE: "认定", Act.POSTPONE: "暂缓", Act.UNDO: "撤销"}


class Outcome(StrEnum):
    """What a person found. CONFIRMED and CORRECTED come with labels, the others without."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    OUT_OF_SCOPE = "out_of_scope"
    NO_SUBSTANCE = "no_substance"
    UNSURE = "unsure"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.CONFIRMED: "确认",
    Outcome.CORRECTED: "更正后确认",
    Outcome.OUT_OF_SCOPE: "业务范围外",
    Outcome.NO_SUBSTANCE: "无实质内容",
    Outcome.UNSURE: "拿不准",
}


class Mode(StrEnum):
    """How a decision came about: with the suggestion in sight, before it was, as the second of two blind readings, or by the lead between them."""

    OPEN = "open"
    BLIND_FIRST = "blind_first"
    SECOND = "second"
    ADJUDICATED = "adjudicated"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _MODES[self]


_MODES = {
    Mode.OPEN: "对照系统建议",
    Mode.BLIND_FIRST: "先盲审",
    Mode.SECOND: "二次审读",
    Mode.ADJUDICATED: "组长裁定",
}


_BY_WEIGHT = (
    Category.VOTE_BUYING,
    Category.BENEFIT_MISUSE,
    Category.EMBEZZLEMENT,
    Category.RENT_SEEKING,
    Category.BULLYING,
    Category.FOUR_WINDS,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one reading comes to: an outcome, its categories, and for 业务范围外 where to (a code of rules/out_of_scope.yaml)."""

    outcome: Outcome
    labels: tuple[Category, ...] = ()
    destination: str = ""

    def agrees(self, other: "Finding") -> bool:
        """Tell whether two readings say the same: the same set of categories, or the same reason for having none."""
        return _kind(self.outcome) is _kind(other.outcome) and set(self.labels) == set(other.labels)


def _kind(outcome: Outcome) -> Outcome:
    # Whether the machine had proposed the same categories is no difference between two people.
    return Outcome.CONFIRMED if outcome is Outcome.CORRECTED else outcome


@dataclass(frozen=True, slots=True)
class Judgement:
    """A reading by one person in one mode. `reader` is an account."""

    reader: int
    mode: Mode
    finding: Finding = field(repr=False)


def by_weight(labels: Iterable[Category]) -> tuple[Category, ...]:
    """Return categories with the one that names the matter first: elections, then whose money it was, then what was done with power."""
    chosen = set(labels)
    return tuple(category for category in _BY_WEIGHT if category in chosen)


class Origin(StrEnum):
    """How an allegation came into a decision: proposed and kept, proposed under another category, or found by the person."""

    KEPT = "kept"
    REFILED = "refiled"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class FoundAllegation:
    """An allegation as a person judged it: its place in the masked text of a letter (an id) and its category."""

    letter: int
    span: Span
    category: Category
    subtype: str = ""
    origin: Origin = Origin.KEPT


@dataclass(frozen=True, slots=True)
class Lots:
    """The lots of a clue in a round, each 0 ≤ lot < 1, and the shares they are held against."""

    double: float
    double_share: float
    blind: float
    blind_share: float

    @property
    def is_double(self) -> bool:
        """Whether a second person reads the clue, blind."""
        return self.double < self.double_share

    @property
    def is_blind(self) -> bool:
        """Whether the suggestion is shown only after the choice."""
        return self.blind < self.blind_share


@dataclass(frozen=True, slots=True)
class Standing:
    """What acts change on a clue; an undo puts it back."""

    state: ClueState = ClueState.OPEN
    outcome: Outcome | None = None
    labels: tuple[Category, ...] = ()
    postponed_until: date | None = None
    first_reader: int | None = None


def settle(readings: Sequence[Judgement], *, double: bool) -> tuple[ClueState, Finding | None]:
    """Return where a clue stands after its readings, oldest first, and the finding that holds (final), None while none does.

    The lead's word ends it. A clue of the double-read share waits for a second reader, and for the lead where the two differ;
    one that a reader is not sure about goes to the lead as well.
    """
    latest = {one.reader if one.mode is not Mode.ADJUDICATED else 0: one for one in readings}
    if not latest:
        return ClueState.OPEN, None
    if lead := latest.get(0):
        return ClueState.DECIDED, lead.finding
    findings = [one.finding for one in latest.values()]
    if double and len(findings) == 1:
        return ClueState.SECOND, None
    unsure = any(one.outcome is Outcome.UNSURE for one in findings)
    if unsure or not all(one.agrees(findings[0]) for one in findings):
        return ClueState.DISPUTED, None
    return ClueState.DECIDED, findings[0]
