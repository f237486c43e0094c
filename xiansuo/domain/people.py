"""Who works here and what each may do: the roles and the one table that grants them anything (一表授权，未列即禁)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """The part a person has in the office (DOMAIN 3.8)."""

    REGISTRAR = "registrar"
    REVIEWER = "reviewer"
    LEAD = "lead"
    HEAD = "head"
    TRANSFER = "transfer"
    MODELLER = "modeller"
    OPERATOR = "operator"
    AUDITOR = "auditor"

    @property
    def chinese(self) -> str:
        """The name of the post."""
        return _ROLES[self]


_ROLES = {
    Role.REGISTRAR: "登记员",
    Role.REVIEWER: "审核员",
    Role.LEAD: "组长",
    Role.HEAD: "分管领导",
    Role.TRANSFER: "移交员",
    Role.MODELLER: "模型管理员",
    Role.OPERATOR: "系统管理员",
    Role.AUDITOR: "审计员",
}


class Power(StrEnum):
    """Something a page or act needs. A role has a power only if the table below says so."""

    HOME = "home"
    READ_CLUES = "read_clues"
    DECIDE = "decide"
    ADJUDICATE = "adjudicate"
    RELINK = "relink"
    CORRECT_ENTITIES = "correct_entities"
    REGISTER = "register"
    REQUEST_REVEAL = "request_reveal"
    APPROVE_REVEAL = "approve_reveal"
    DISPOSE = "dispose"
    HAND_OVER = "hand_over"
    LEDGER = "ledger"
    STATISTICS = "statistics"
    ROUNDS = "rounds"
    RECUSALS = "recusals"
    ACCOUNTS = "accounts"
    CONFIRM_ACCOUNTS = "confirm_accounts"
    MODELS = "models"
    OPERATE = "operate"
    AUDIT = "audit"


class Reach(StrEnum):
    """How far a power reaches among clues: all of the office, those of the person's rounds, or the person's own entries."""

    ALL = "all"
    ROUND = "round"
    OWN = "own"


_EVERYBODY = {Power.HOME: Reach.OWN}

MATRIX: Mapping[Role, Mapping[Power, Reach]] = {
    Role.REGISTRAR: {
        **_EVERYBODY,
        Power.REGISTER: Reach.OWN,
        Power.LEDGER: Reach.OWN,
    },
    Role.REVIEWER: {
        **_EVERYBODY,
        Power.READ_CLUES: Reach.ROUND,
        Power.DECIDE: Reach.ROUND,
        Power.RELINK: Reach.ROUND,
        Power.CORRECT_ENTITIES: Reach.ROUND,
        Power.REQUEST_REVEAL: Reach.ROUND,
        Power.LEDGER: Reach.ROUND,
    },
    Role.LEAD: {
        **_EVERYBODY,
        Power.READ_CLUES: Reach.ROUND,
        Power.DECIDE: Reach.ROUND,
        Power.ADJUDICATE: Reach.ROUND,
        Power.RELINK: Reach.ROUND,
        Power.CORRECT_ENTITIES: Reach.ROUND,
        Power.REQUEST_REVEAL: Reach.ROUND,
        Power.APPROVE_REVEAL: Reach.ROUND,
        Power.DISPOSE: Reach.ROUND,
        Power.LEDGER: Reach.ROUND,
        Power.STATISTICS: Reach.ROUND,
        Power.ROUNDS: Reach.ROUND,
        Power.RECUSALS: Reach.ROUND,
    },
    Role.HEAD: {
        **_EVERYBODY,
        Power.READ_CLUES: Reach.ALL,
        Power.REQUEST_REVEAL: Reach.ALL,
        Power.APPROVE_REVEAL: Reach.ALL,
        Power.DISPOSE: Reach.ALL,
        Power.LEDGER: Reach.ALL,
        Power.STATISTICS: Reach.ALL,
        Power.ROUNDS: Reach.ALL,
        Power.RECUSALS: Reach.ALL,
        Power.CONFIRM_ACCOUNTS: Reach.ALL,
    },
    Role.TRANSFER: {
        **_EVERYBODY,
        Power.READ_CLUES: Reach.ALL,
        Power.HAND_OVER: Reach.ALL,
        Power.LEDGER: Reach.ALL,
        Power.STATISTICS: Reach.ALL,
    },
    Role.MODELLER: {
        **_EVERYBODY,
        Power.STATISTICS: Reach.ALL,
        Power.MODELS: Reach.ALL,
    },
    Role.OPERATOR: {
        **_EVERYBODY,
        Power.OPERATE: Reach.ALL,
        Power.MODELS: Reach.ALL,
        Power.ACCOUNTS: Reach.ALL,
    },
    Role.AUDITOR: {
        **_EVERYBODY,
        Power.AUDIT: Reach.ALL,
    },
}
"""What each role may do; what is not listed is refused."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's authorisation for a round on a day; `units` narrows it, empty for all units of the round."""

    round: int
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person on whose behalf something is read or done. `rounds` are those that are open today and name the person.

    `changing` marks a person who has to choose a new password first and may do nothing else.
    """

    account: int
    login: str
    name: str = field(repr=False)
    role: Role
    rounds: tuple[Membership, ...] = ()
    today: date = date.min
    changing: bool = False
    locale: str = "zh"

    def may(self, power: Power) -> bool:
        """Tell whether the person's role has a power at all."""
        return not self.changing and power in MATRIX[self.role]

    def reach(self, power: Power) -> Reach | None:
        """Return how far a power reaches, None where the role has it not."""
        return MATRIX[self.role].get(power) if self.may(power) else None
