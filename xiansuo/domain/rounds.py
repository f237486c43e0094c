"""Inspection rounds (轮次): what a round is, and how its members are drawn by lot."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """What a round is to be. Shares are parts of 1: how many clues are read twice, and how many before the suggestion is shown."""

    name: str
    starts: date
    ends: date
    units: tuple[str, ...] = ()
    all_units: bool = False
    takes_unplaced: bool = False
    double_share: float = 0.0
    blind_share: float = 0.0

    @property
    def stamp(self) -> str:
        """Tell this plan from any other, for whoever changes what somebody else may change too."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw of members by lot (摇号): with the same seed, candidates and left-out persons it comes out the same.

    Persons stand by login; `request` is the key of the act, which draws only once.
    """

    seed: str
    at: datetime
    by: str
    wanted: int
    candidates: tuple[str, ...]
    left_out: tuple[str, ...]
    drawn: tuple[str, ...]
    units: tuple[str, ...] = ()
    request: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """A round as stored."""

    id: int
    plan: RoundPlan
    closed: datetime | None
    created: datetime
    created_by: int
    draws: tuple[Draw, ...] = ()

    def is_open(self, today: date) -> bool:
        """Tell whether the round grants access on a day."""
        return self.closed is None and self.plan.starts <= today <= self.plan.ends


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a round; `units` narrows the access, empty for all units of the round. `ended`: was taken out again."""

    account: int
    login: str
    name: str = field(repr=False)
    role: str
    units: tuple[str, ...]
    added: datetime
    ended: datetime | None


def lots(seed: str, candidates: Iterable[str]) -> list[str]:
    """Return the candidates (logins) in the order in which the lot calls them: by the SHA-256 of seed, colon and login.

    Anybody can work the order out again with a common tool, on any machine.
    """
    return sorted(candidates, key=lambda login: hashlib.sha256(f"{seed}:{login}".encode()).hexdigest())
