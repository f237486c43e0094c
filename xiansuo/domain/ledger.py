"""The ledger (台账) as values: a row per clue, its letters, and what a reader asks for."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.handling import Handling
from xiansuo.domain.letter import Channel, Signed
from xiansuo.domain.suggestion import Grade

LEDGER_VERSION = 1
"""台账格式 第1版: raised with every change of the columns."""

SIGNED = {Signed.REAL_NAME: "署名", Signed.JOINT: "联名", Signed.ANONYMOUS: "匿名"}
"""Whether a letter names its writer, in the words of the ledger."""


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """A letter of a row, for those who count letters: `main` in the one clue it mainly belongs to, where alone it is counted."""

    number: str
    channel: Channel
    signed: Signed
    repeat: bool
    main: bool


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One clue in the ledger. `categories` are what people found, before that what is suggested (`suggested`).

    A row that is `veiled` tells nothing of the suggestion: the reader of the ledger shall read the clue blind.
    """

    id: int
    clue: str
    state: ClueState
    letters: tuple[str, ...]
    repeats: int
    rounds: tuple[str, ...]
    channels: tuple[str, ...]
    transferred_from: tuple[str, ...]
    received: date | None
    signed: tuple[str, ...]
    respondents: tuple[str, ...] = field(repr=False)
    unit: str = field(repr=False)
    positions: tuple[str, ...] = field(repr=False)
    level: str
    principal: bool | None
    place: str = field(repr=False)
    suggested: bool
    categories: tuple[Category, ...]
    subtypes: tuple[str, ...]
    summary: str = field(repr=False)
    amounts: tuple[str, ...]
    times: tuple[str, ...]
    people: tuple[str, ...]
    grade: Grade | None
    flags: tuple[str, ...]
    outcome: Outcome | None
    destination: str
    decided_on: date | None
    decided_by: str
    handling: Handling
    handed_to: str
    batch: str
    handed_on: date | None
    receipted_on: date | None
    returned_on: date | None
    hands: tuple[str, ...]
    items: tuple[LedgerItem, ...] = ()
    veiled: bool = False

    @property
    def ended_on(self) -> date | None:
        """The day on which the clue was closed; None again once it is re-opened."""
        return self.handling.ended_on if self.state is ClueState.CLOSED else None


class RoundName(NamedTuple):
    """A round to choose from."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which rows are wanted: of a round, a unit with those below it, a state; everything where empty."""

    round_id: int | None = None
    unit: str = ""
    state: ClueState | None = None
