"""Requests to see what the vault holds (身份查看): what is asked for, for how long, and how far a request got."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MINUTES = (30, 60, 120)
"""For how long a window may be granted, in minutes."""
LEAST_REASON = 10
"""Characters that a reason has at least."""


class Secret(StrEnum):
    """What of a letter is asked for."""

    IDENTITY = "identity"
    ORIGINAL = "original"

    @property
    def chinese(self) -> str:
        """The word on screens."""
        return {Secret.IDENTITY: "反映人身份", Secret.ORIGINAL: "原件"}[self]


class RevealState(StrEnum):
    """How far a request got."""

    WAITING = "waiting"
    OPEN = "open"
    ENDED = "ended"
    REFUSED = "refused"

    @property
    def chinese(self) -> str:
        """The word on screens."""
        return _STATES[self]


_STATES = {
    RevealState.WAITING: "待批",
    RevealState.OPEN: "可查看",
    RevealState.ENDED: "已到期",
    RevealState.REFUSED: "未批准",
}


@dataclass(frozen=True, slots=True)
class Reveal:
    """A request of one person, about one letter of one clue, and the answer of another person."""

    id: int
    account: int
    asker: str = field(repr=False)
    letter_id: int
    letter: str
    clue_id: int
    clue: str
    what: Secret
    reason: str = field(repr=False)
    created: datetime
    answered_by: int | None
    answerer: str = field(repr=False)
    answer: str = field(repr=False)
    answered: datetime | None
    granted: bool | None
    expires: datetime | None
    views: int

    def state(self, at: datetime) -> RevealState:
        """Return how far the request got at the instant `at`."""
        if self.granted is None:
            return RevealState.WAITING
        if not self.granted:
            return RevealState.REFUSED
        return RevealState.OPEN if self.expires and at < self.expires else RevealState.ENDED
