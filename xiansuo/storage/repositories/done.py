"""What an act about a clue must tell, so that it can be said which acts are in force, however little else was read of it."""

from typing import Protocol, TypeVar

from xiansuo.domain.decision import Act


class Done(Protocol):
    """What tells of an act whether it is in force."""

    @property
    def id(self) -> int:
        """The act's number."""

    @property
    def act(self) -> Act:
        """What was done."""

    @property
    def undoes(self) -> int | None:
        """The act it takes back."""

    @property
    def begins(self) -> bool:
        """Whether the clue waited for a first reading when the act was done."""


DoneT = TypeVar("DoneT", bound=Done)
