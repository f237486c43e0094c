"""How much lies among what was set aside: what a random sample of it allows to say, with exact bounds and what they suppose."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, zip_longest

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.evaluation.finite import fewest, most, share_at_most, shares_at_most, still_to_read

CONFIDENCE = 0.95
_RISK = 1 - CONFIDENCE
TARGETS = (0.05, 0.02, 0.01, 0.005)
"""Shares of the pile for which is told how many more have to be read."""
COARSEST = 0.10
"""Where even a sample without any find could not say 'at most this share', no figure is given, only how many are lacking."""
MISSED = (0.05, 0.10)
"""Shares of clues that readers might overlook, for the careful figures."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A clue of the sample: the day and the lot of its draw, and what reading it came to; `found` is None while nothing is settled."""

    day: date
    lot: float
    found: bool | None = None
    labels: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """How many clues were set aside on a day, and of those outside of the sample how many were read since and held an accusation."""

    clues: int
    read_besides: int = 0
    found_besides: int = 0


@dataclass(frozen=True, slots=True)
class Pile:
    """Everything that was ever set aside, by day, with the sample drawn from it by lot."""

    days: Mapping[date, Aside]
    sample: Sequence[Drawn] = ()

    @property
    def clues(self) -> int:
        """How many clues were set aside."""
        return sum(aside.clues for aside in self.days.values())


@dataclass(frozen=True, slots=True)
class Ahead:
    """The clues that were never set aside: how many were read, how many of those held an accusation, how many still wait."""

    read: int = 0
    found: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class OfCategory:
    """A category among the sample. `most` bounds it in the pile, all categories together with 95 %; None while `lacking` more are to be read."""

    category: Category
    found: int
    most: int | None
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class Needed:
    """How many more of the pile must be read for 'at most `target`': if nothing more is found, and if as large a share is; None: never."""

    target: float
    if_none: int | None
    if_same: int | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The same bounds if readers overlook the share `missed` of clues, of the sample and of all else."""

    missed: float
    most: int
    may_remain: int
    recall: float | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What can be said about the clues set aside up to `day`, of which `read` were drawn by lot and read, `found` of them held an accusation.

    `pending` were drawn and are not settled yet; in every upper bound they count as if they held one. `most` bounds the clues of the whole
    pile that hold an accusation, `may_remain` those among them that nobody knows of yet. `low` to `high` is the two-sided interval of their
    number in the pile and `infinite` the upper bound as a share of an endless pile. `newer` clues were set aside after `day`.
    """

    day: date | None
    pile: int
    read: int
    found: int
    pending: int
    read_besides: int
    found_besides: int
    newer: int
    ahead: Ahead
    most: int
    low: int
    high: int
    infinite: float
    may_remain: int
    recall: float | None
    lacking: int
    categories: tuple[OfCategory, ...] = ()
    needed: tuple[Needed, ...] = ()
    careful: tuple[WhatIf, ...] = ()
    confidence: float = CONFIDENCE
    assumptions: tuple[str, ...] = field(default=(), repr=False)

    @property
    def enough(self) -> bool:
        """Whether enough was read for a figure."""
        return self.pile > 0 and self.lacking == 0

    @property
    def unread(self) -> int:
        """How many clues of the pile nobody has read."""
        return self.pile - self.read - self.read_besides

    @property
    def known(self) -> int:
        """How many clues that hold an accusation people know of, of the pile and of what was never set aside."""
        return self.found + self.found_besides + self.ahead.found

    @property
    def share(self) -> float:
        """The upper bound as a share of the pile."""
        return self.most / self.pile if self.pile else 0.0


def settled(pile: Pile) -> Pile:
    """Return the part of a pile of which a statement says most: that with the smallest bound had nothing been found.

    Drawn clues are given out by day of drawing and then by lot, so the first so many of them are a random sample of what was set aside up to
    that day; the part ends before what is not read yet. It hangs on which were read, never on what was found, so it favours no answer.
    """
    order = sorted(pile.sample, key=lambda one: (one.day, one.lot))
    unread = list(accumulate(one.found is None for one in order))
    sizes = list(_sizes(order))
    bounds = dict(zip(sizes, shares_at_most(sizes, [unread[size - 1] for size in sizes]), strict=True))
    # Of equal bounds the largest part: it leaves the fewest clues without a word.
    size = min(bounds, key=lambda size: (bounds[size], -size), default=0)
    if not size:
        return pile
    following = next((one.day for one in order[size:] if one.day > order[size - 1].day), date.max)
    days = {day: aside for day, aside in pile.days.items() if day < following}
    return Pile(days, tuple(order[:size]))


def _sizes(order: Sequence[Drawn]) -> Iterator[int]:
    """Yield how many of the sample can stand for what was set aside up to the day of the last: all of a day, or those below a lot.

    Where an earlier day's sample holds larger lots than the last one, the part would hold more of the earlier days than of the last.
    """
    largest, of_day = 0.0, 0.0
    for size, (one, following) in enumerate(zip_longest(order, order[1:]), 1):
        of_day = max(of_day, one.lot)
        ends = following is None or following.day > one.day
        if ends or one.lot >= largest:
            yield size
        if ends:
            largest, of_day = max(largest, of_day), 0.0


def state(
    pile: Pile,
    ahead: Ahead,
    *,
    newer: int = 0,
    targets: Sequence[float] = TARGETS,
    missed: Sequence[float] = MISSED,
) -> Statement:
    """Return what the sample of a pile says. `newer` clues were set aside after it, `missed` are shares for the careful figures.

    For each of `targets` it is told how many more have to be read.
    """
    tally = _tally(pile)
    read_besides = sum(day.read_besides for day in pile.days.values())
    found_besides = sum(day.found_besides for day in pile.days.values())
    known, clean = tally.found + found_besides, tally.read - tally.found + read_besides - found_besides
    # What was read besides the sample is known for certain; it bounds the pile as well.
    ceiling = pile.clues - clean
    upper = min(tally.most(_RISK), ceiling)
    return Statement(
        day=max(pile.days, default=None),
        pile=pile.clues,
        read=tally.read,
        found=tally.found,
        pending=tally.pending,
        read_besides=read_besides,
        found_besides=found_besides,
        newer=newer,
        ahead=ahead,
        most=upper,
        low=max(tally.fewest(_RISK / 2), known),
        high=min(tally.most(_RISK / 2), ceiling),
        infinite=share_at_most(tally.drawn, tally.worst, risk=_RISK),
        may_remain=upper - known,
        recall=_recall(known + ahead.found, upper - known),
        lacking=tally.lacking(_RISK),
        categories=_by_category(pile, tally),
        needed=tuple(_needed(target, tally) for target in targets),
        careful=tuple(_careful(share, tally, known, ahead) for share in missed),
        assumptions=ASSUMPTIONS,
    )


@dataclass(frozen=True, slots=True)
class _Tally:
    """The sample in numbers. Who is drawn and not read counts as a find from above and as none from below."""

    pile: int
    drawn: int
    read: int
    found: int

    @property
    def pending(self) -> int:
        return self.drawn - self.read

    @property
    def worst(self) -> int:
        return self.found + self.pending

    def most(self, risk: float, missed: float = 0.0) -> int:
        return most(self.pile, self.drawn, self.worst, risk=risk, missed=missed)

    def fewest(self, risk: float) -> int:
        return fewest(self.pile, self.drawn, self.found, risk=risk)

    def lacking(self, risk: float) -> int:
        return still_to_read(self.pile, self.read, 0, COARSEST, risk=risk) or 0


def _tally(pile: Pile) -> _Tally:
    read = [one for one in pile.sample if one.found is not None]
    return _Tally(pile.clues, len(pile.sample), len(read), sum(bool(one.found) for one in read))


def _recall(known: int, may_remain: int) -> float | None:
    return known / (known + may_remain) if known + may_remain else None


def _by_category(pile: Pile, tally: _Tally) -> tuple[OfCategory, ...]:
    # A table is read as a whole, so its six bounds shall hold together (Bonferroni).
    risk = _RISK / len(CATEGORIES)
    lacking = tally.lacking(risk)
    found = {one: sum(one in drawn.labels for drawn in pile.sample if drawn.found) for one in CATEGORIES}
    if lacking:
        return tuple(OfCategory(one, count, None, lacking) for one, count in found.items())
    worst = {count: most(tally.pile, tally.drawn, count + tally.pending, risk=risk) for count in set(found.values())}
    return tuple(OfCategory(one, count, worst[count]) for one, count in found.items())


def _needed(target: float, tally: _Tally) -> Needed:
    args = tally.pile, tally.drawn, tally.worst, target
    return Needed(target, still_to_read(*args), still_to_read(*args, same_share=True) if tally.drawn else None)


def _careful(missed: float, tally: _Tally, known: int, ahead: Ahead) -> WhatIf:
    upper = tally.most(_RISK, missed)
    overlooked = round(ahead.found * missed / (1 - missed))
    remain = max(upper - known, 0) + overlooked
    return WhatIf(missed, upper, remain, _recall(known + ahead.found, remain))


ASSUMPTIONS = (
    "抽哪一条只由密签决定，与内容、来信人和排序无关；抽中的不作标记，读的人事先不知道。",
    "“延后”指至少有一天排在分数线以下等着的线索；后来提到前面的仍算在内，所以排序怎么变都不影响抽样。",
    "抽出后还没有定论的，在上限里一律当作含问题。",
    "还排在前面没有读的、以及截止日以后才延后的，不在这句话里。",
    "读的人认定的就当作对的；读的人也可能看漏，所以另有一组更谨慎的数字。",
)
"""What a statement supposes, in the words of an inspector."""
