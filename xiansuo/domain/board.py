"""How a person narrows and orders the queue: the filters as the address of the page has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import TypeVar

from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState
from xiansuo.domain.letter import Channel
from xiansuo.domain.suggestion import Grade

_Choice = TypeVar("_Choice", bound=StrEnum)
_LONGEST = 100
NO_CATEGORY = "none"


class Show(StrEnum):
    """Which clues of the queue are shown, by where they stand."""

    WAITING = "waiting"
    SECOND = "second"
    DISPUTED = "disputed"
    POSTPONED = "postponed"
    MINE = "mine"
    DECIDED = "decided"
    CLOSED = "closed"
    ALL = "all"

    @property
    def states(self) -> tuple[ClueState, ...]:
        """The states of the clues shown."""
        return _STATES.get(self, _LISTED)

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _SHOWN[self]


# A merged clue has no letters of its own any more; its number stays on its page and in the ledger.
_LISTED = tuple(state for state in ClueState if state is not ClueState.MERGED)
_STATES = {
    Show.WAITING: (ClueState.OPEN,),
    Show.SECOND: (ClueState.SECOND,),
    Show.DISPUTED: (ClueState.DISPUTED,),
    Show.POSTPONED: (ClueState.POSTPONED,),
    Show.MINE: (ClueState.POSTPONED,),
    Show.DECIDED: (ClueState.DECIDED,),
    Show.CLOSED: (ClueState.CLOSED,),
}
_SHOWN = {
    Show.WAITING: "待审",
    Show.SECOND: "待复核",
    Show.DISPUTED: "待裁定",
    Show.POSTPONED: "暂缓",
    Show.MINE: "我暂缓的",
    Show.DECIDED: "已认定，待处置",
    Show.CLOSED: "已办结",
    Show.ALL: "全部",
}


class Sort(StrEnum):
    """In what order clues are shown; `RUBRIC` is the one before the queue learned from decisions. Every limit of the queue runs from receipt, so the oldest is the first to fall due."""

    RANK = "rank"
    RUBRIC = "rubric"
    DUE = "due"
    NEW = "new"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _SORTED[self]


_SORTED = {
    Sort.RANK: "建议次序",
    Sort.RUBRIC: "不看学习，按原次序",
    Sort.DUE: "来件最早、期限先到",
    Sort.NEW: "最近来件",
}


class Due(StrEnum):
    """How near a time limit is."""

    OVER = "over"
    NEAR = "near"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return {Due.OVER: "已超期", Due.NEAR: "临近到期"}[self]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person wants to see. `category` and `decided` are codes, `none` for clues without any; `letters` is the fewest."""

    show: Show = Show.WAITING
    category: str = ""
    decided: str = ""
    unit: str = field(default="", repr=False)
    respondent: str = field(default="", repr=False)
    grade: str = ""
    channel: str = ""
    letters: int = 0
    start: date | None = None
    end: date | None = None
    flag: str = ""
    due: str = ""
    sort: Sort = Sort.RANK
    words: str = field(default="", repr=False)

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """Return the filters of an address; what is not understood is left out, so that an old or mistyped link still opens."""
        return cls(
            show=_one(Show, query.get("show")) or Show.WAITING,
            category=_category(query.get("category")),
            decided=_category(query.get("decided")),
            unit=_words(query.get("unit")),
            respondent=_words(query.get("respondent")),
            grade=_one(Grade, query.get("grade")) or "",
            channel=_one(Channel, query.get("channel")) or "",
            letters=_number(query.get("letters")),
            start=_day(query.get("start")),
            end=_day(query.get("end")),
            flag=_words(query.get("flag")),
            due=_one(Due, query.get("due")) or "",
            sort=_one(Sort, query.get("sort")) or Sort.RANK,
            words=_words(query.get("words")),
        )

    def query(self) -> dict[str, str]:
        """Return what the address says: only what differs from the plain queue."""
        plain = Filters()
        values = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: str(value) for name, value in values if value != getattr(plain, name)}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order is set."""
        return bool(set(self.query()) - {"sort"})

    @property
    def by_suggestion(self) -> bool:
        """Whether a clue's presence would tell what the machine suggests for it. Filters by time limits see to it themselves."""
        return bool(self.category or self.grade or self.flag)


def _one(kind: type[_Choice], given: str | None) -> _Choice | None:
    return kind(given) if given in set(kind) else None


def _category(given: str | None) -> str:
    return NO_CATEGORY if given == NO_CATEGORY else _one(Category, given) or ""


def _words(given: str | None) -> str:
    return " ".join((given or "").split())[:_LONGEST]


def _number(given: str | None) -> int:
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 6 and int(given) > 1 else 0


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return None
