"""Owns the tables of a report over a month or a round: shares with their intervals, suggestions against findings, slices, drift, rules, limits."""

from dataclasses import dataclass

_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `tries` with the exact 95 % interval (Clopper & Pearson 1934); without tries it has no value."""

    hits: int
    tries: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, hits: int, tries: int) -> "Rate":
        """Return the share with its interval."""
        if not tries:
            return cls(0, 0)
        from scipy.special import betaincinv  # noqa: PLC0415 - slow to import, and most processes never ask this

        # A report holds hundreds of intervals; scipy.stats.binomtest, with which a test compares them, searches for each.
        low = float(betaincinv(hits, tries - hits + 1, _TAIL)) if hits else 0.0
        high = float(betaincinv(hits + 1, tries - hits, 1 - _TAIL)) if hits < tries else 1.0
        return cls(hits, tries, hits / tries, low, high)


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of what a code stands for; '' is none."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """Suggested against found for a category. Recall stands on what was read only; the unread is the elusion's matter."""

    category: str
    suggested: int
    found: int
    precision: Rate
    recall: Rate


@dataclass(frozen=True, slots=True)
class Confusion:
    """Per found category (the last row: none) how many clues, and how often each category (the last column: none) was suggested.

    A clue with two categories counts in both rows; what is suggested rightly for its other category is no confusion and is left out.
    """

    codes: tuple[str, ...]
    clues: tuple[int, ...]
    cells: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class WordLine:
    """What share of the clues shown under a likelihood word ('' for none) was confirmed."""

    word: str
    confirmed: Rate


@dataclass(frozen=True, slots=True)
class ReadThrough:
    """What the clues were that the program left to be read through (需人工通读): by outcome, and by category of the confirmed ones."""

    clues: int
    outcomes: tuple[Count, ...]
    categories: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """Suggestions, as they were when people decided, against what was found; over the `clues` decided in the period that had a suggestion.

    `precision` is the share confirmed of those with a category suggested, `recall` the share with one suggested of those confirmed.
    """

    clues: int
    precision: Rate
    recall: Rate
    categories: tuple[CategoryLine, ...]
    words: tuple[WordLine, ...]
    confusion: Confusion
    read_through: ReadThrough


@dataclass(frozen=True, slots=True)
class Wait:
    """How long clues opened in the period waited to be read, in whole days.

    The median takes those still waiting into account (Kaplan & Meier 1958) and is None while not half of them are read. `p` is that of
    the log-rank test against the other clues of the period, adjusted over all parts (Holm 1979); None where nothing can be compared.
    """

    read: int
    waiting: int
    median: int | None
    p: float | None
    slower: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """What the random sample found among set-aside clues of a slice, over all days until the end; no share below a least number read."""

    read: int
    found: int | None
    share: Rate | None
    lacking: int


@dataclass(frozen=True, slots=True)
class SliceLine:
    """One part: letters that came in, clues opened, their waiting, what was missed, and the share not confirmed of the decided ones with a category suggested.

    `wrong` is None where those are too few to be shown.
    """

    code: str
    letters: int
    clues: int
    wait: Wait
    missed: Missed
    wrong: Rate | None


@dataclass(frozen=True, slots=True)
class SliceGroup:
    """A way to divide: channel, area, unit_type, length, dialect or signed.

    `folded` parts were too small to be shown by themselves and stand together under the code `REST`.
    """

    name: str
    lines: tuple[SliceLine, ...]
    folded: int = 0


REST = "*"
"""The code of what was too small to be shown by itself."""


@dataclass(frozen=True, slots=True)
class MixLine:
    """How many letters of one sort came in now and in the period before."""

    code: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Mix:
    """How something divides the letters now and before, with the population stability index: below 0.1 steady, from 0.25 shifted.

    The index is None, and `lacking` says how many letters are missing, where one of the two periods has too few.
    """

    name: str
    lines: tuple[MixLine, ...]
    index: float | None
    lacking: int


@dataclass(frozen=True, slots=True)
class Scores:
    """How the model's word on scope spread over ten equal bins, with the two-sample Kolmogorov-Smirnov distance and its p."""

    bins: Mix
    distance: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class RuleShift:
    """In which share of the letters a rule spoke now and before; `p` is Fisher's exact one, adjusted over all rules (Holm 1979)."""

    rule: str
    now: Rate
    before: Rate
    p: float
    changed: bool


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule's work: in how many letters that came in it spoke, in how many clues that were decided, and how many of those were confirmed.

    `last` is the last day of the period on which a letter came in which it spoke, '' for none.
    """

    rule: str
    letters: int
    clues: int
    confirmed: Rate
    last: str


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A time limit: of the clues for which it fell due in the period, how many kept it, were late, or are still open.

    `overdue` are all that were over it at the end, the oldest of them due on the day `oldest` ('' for none).
    """

    id: str
    name: str
    origin: str
    due: int
    kept: int
    late: int
    open: int
    overdue: int
    oldest: str


@dataclass(frozen=True, slots=True)
class Handled:
    """件件有着落: of the clues confirmed by the end and still standing so, how many have a disposition, an owner, feedback or a reason for none, an end.

    `kinds` are the dispositions and `results` what checking came to; '' for none yet.
    """

    confirmed: int
    disposed: int
    owned: int
    answered: int
    ended: int
    kinds: tuple[Count, ...]
    results: tuple[Count, ...]
