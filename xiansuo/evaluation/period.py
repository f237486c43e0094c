"""Owns what a report over a month or a round says: its figures as plain numbers, days as ISO dates.

A figure that does not exist is None. A share that stands on too few cases has no value, and `lacking` says how many are missing.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xiansuo.evaluation.agreement import Agreement
from xiansuo.evaluation.elusion import Statement
from xiansuo.evaluation.period_parts import (
    Count,
    Handled,
    LimitLine,
    Matched,
    Mix,
    RuleLine,
    RuleShift,
    Scores,
    SliceGroup,
)

MONTH, ROUND = "month", "round"


@dataclass(frozen=True, slots=True)
class Period:
    """A month (key 2026-11) or a round (key its id), from its first to its last day in China time."""

    kind: str
    key: str
    name: str
    first: date
    last: date


class Need(StrEnum):
    """What waits for a person at the end of a period."""

    OVERDUE = "overdue"
    SECOND = "second"
    DISPUTED = "disputed"
    UNDISPOSED = "undisposed"
    UNANSWERED = "unanswered"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the clues stood at the end: `open` to `closed` are states and add up to `clues`."""

    clues: int
    open: int
    postponed: int
    second: int
    disputed: int
    decided: int
    closed: int

    @property
    def unread(self) -> int:
        """How many nobody had read, or that a new letter had put back."""
        return self.open + self.postponed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened in the period, and where things stood at its end.

    `letters` came in, `clues` were opened, `read` are clues that somebody read, `decided` those whose finding was reached; they divide
    into `confirmed` (corrected ones too), `out_of_scope` and `no_substance`. `overdue` clues were over a limit at the end.
    """

    letters: int
    clues: int
    read: int
    decided: int
    confirmed: int
    out_of_scope: int
    no_substance: int
    overdue: int
    standing: Standing
    needs: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day's work: letters that came in, clues opened, clues first read in the period, clues whose confirmation was reached."""

    day: str
    letters: int
    clues: int
    read: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class Point:
    """After the `read`-th clue in the order in which people read: how many were found to hold a problem, and how many the same clues read in random order would have held on average."""

    day: str
    read: int
    found: int
    by_chance: float


@dataclass(frozen=True, slots=True)
class Work:
    """The work day by day, and what reading found, at the end of each day on which somebody read."""

    days: tuple[Day, ...]
    curve: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """How the letters of this period differ from those of the one before. `versions` are the rule books and models in force, now and before."""

    before: Period
    mixes: tuple[Mix, ...]
    scores: Scores
    rules: tuple[RuleShift, ...]
    new_units: tuple[Count, ...]
    folded_units: int
    versions: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ModelChange:
    """A model that came into use (or went back to the shipped one, name '') on a day; `act` is promote or rollback."""

    day: str
    act: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Challenger:
    """A model that was trained from decisions on a day, whether it may be promoted, and why not."""

    day: str
    name: str
    passed: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A day on which the share of set-aside clues that is drawn changed."""

    day: str
    share: float
    reason: str


@dataclass(frozen=True, slots=True)
class StopAct:
    """A person's decision on a day to read no further, and the day it was taken back ('' while it holds)."""

    day: str
    reason: str
    withdrawn: str


@dataclass(frozen=True, slots=True)
class Versions:
    """A model and rule book by which suggestions were made in the period, for how many, and on which first day."""

    model: str
    rules: str
    first: str
    suggestions: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in the program and in the office during the period.

    `orders` counts how often the queue learned. From how many decisions the last time, and how many clues stood higher or lower for it than
    by the rubric (`moved`), is None for who may not meet every clue: those numbers count all. `accounts` are those there at the end, `new_accounts` those added; no names.
    """

    models: tuple[ModelChange, ...]
    challengers: tuple[Challenger, ...]
    versions: tuple[Versions, ...]
    orders: int
    learned_from: int | None
    moved: int | None
    shares: tuple[ShareChange, ...]
    stops: tuple[StopAct, ...]
    accounts: int
    new_accounts: int


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """A report over a period for one person. Nothing in it counts a clue that the person may not meet.

    `until` is the last day counted, before `period.last` while the period runs. `before` and its verdict are the period before, computed
    alike, None where there is none. `small` is the least number that a part standing by itself has; `withheld` names the parts left out
    for a reader of totals because of it. `whole` tells whether no clue of the office was out of the person's sight.
    """

    period: Period
    until: str
    small: int
    whole: bool
    withheld: tuple[str, ...]
    verdict: Verdict | None
    before: Period | None
    verdict_before: Verdict | None
    work: Work | None
    matched: Matched | None
    slices: tuple[SliceGroup, ...]
    drift: Drift | None
    rules: tuple[RuleLine, ...]
    agreement: Agreement | None
    elusion: Statement | None
    limits: tuple[LimitLine, ...]
    handled: Handled | None
    changes: Changes
    assumptions: tuple[str, ...]


ASSUMPTIONS = (
    "只统计看报告的人有权查看的线索；须回避的线索和它的来件，任何一个数字都不包括，上一期也按同样的范围现算。",
    "数字截至本期最后一天的二十四点；本期还没有结束的，截至今天。当时的状态由办理记录推算，不看今天的状态，所以以后再出同一期，数字不变；之后来件被移动、线索被合并或者名册改动的除外。",
    "来件按进入系统的那一天计，线索按生成的那一天计，等候按日历天数计。隔离待处理和密封移送的来件不在其中。",
    "一条线索有几次审读的，以最后算数的一次为准；须二次审读的，两人一致或者组长裁定以后才算认定。新来件让线索重新待审的，原来的认定仍计入它作出的那一期。",
    "“建议对的”“建议到的”只说明已经读过的线索；没有读的，看第八部分。",
    "与认定比较的，是作出认定时有效的那一版系统建议；当时没有系统建议的线索不参加比较。",
    "规则起作用的次数，取期末有效的那一版系统建议，只算在标出的段落里起作用的；被上下文压下的没有留存，无法统计。期间换过规则或者模型的，前后变化可能来自换版。",
    "线索的来件方式、篇幅、署名、方言按主要来件计。方言只看有没有词表方言栏里的词，很粗略，只用于统计，不用于判断任何一件来件。",
    "单位和片区来件太少的，不单独列出，一律并入其他，免得从数字看出是哪一件。",
    "时限按现行的时限规定计算；已经办结的不再计时；业务范围外的转送期限，从人工认定以后才计。",
    "遗漏估计的抽样和双人审读以期末为界，审读的结果按今天已知的计。",
    "比较许多项时，总会有几项只因偶然显得不同；标为更慢、有变化的，已经按项数从严判断。",
)
"""What the figures suppose and what they do not say, in the words of an inspector."""
