"""Owns the order in which clues are read: by rank, with a turn now and then for those that would never get one."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from types import MappingProxyType
from typing import TypeVar

_Clue = TypeVar("_Clue")

LONGEST, CATEGORY, DRAWN, DOUBTFUL, DEFERRED = "等候最久", "类别轮转", "随机抽查", "拿不准", "延后最久"
WHY: Mapping[str, str] = MappingProxyType(
    {
        LONGEST: "因等候较久提前",
        CATEGORY: "因这一类问题处理得少提前",
        DOUBTFUL: "因系统最拿不准提前",
        # Nobody shall know before reading which clue was drawn for the figures, so both are told alike.
        DRAWN: "从排在后面的来件中提前",
        DEFERRED: "从排在后面的来件中提前",
    }
)
"""What a turn is told as, by its name in rules/ranking.yaml."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Every `every`-th place is a turn, taken round about by the kinds in `round`; clues qualify after `days` of waiting."""

    every: int
    days: int
    round: tuple[str, ...]

    def kind_at(self, place: int) -> str:
        """Return the kind of turn at a place counted from the first clue ever read, '' where rank decides."""
        turn, rest = divmod(place, self.every)
        return "" if rest or not self.round else self.round[(turn - 1) % len(self.round)]


def in_turn(
    ranked: Iterable[_Clue], turns: Turns, pick: Callable[[str, Container[_Clue]], _Clue | None], *, read: int = 0
) -> Iterator[tuple[_Clue, str]]:
    """Yield every clue of `ranked` once with the kind of turn that brought it forward, '' where its rank did.

    `pick` returns whose turn of a kind it is, not among those placed, or None. `read` counts the clues that persons have read before, so that
    whoever takes one clue at a time still comes to the turns.
    """
    placed: set[_Clue] = set()
    unread = iter(ranked)
    ahead = next(unread, None)
    for place in count(read + 1):
        while ahead in placed:
            ahead = next(unread, None)
        if ahead is None:
            return
        kind = turns.kind_at(place)
        lifted = pick(kind, placed) if kind else None
        chosen = ahead if lifted is None else lifted
        placed.add(chosen)
        yield chosen, "" if chosen == ahead else kind
