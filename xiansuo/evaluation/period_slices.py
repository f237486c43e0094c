"""Owns how parts of a period's letters fared: by channel, area, unit type, length, dialect and signature; who waits longer, what was missed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from xiansuo.domain.letter import Channel, Signed
from xiansuo.evaluation.estimates import FEWEST_CLUES
from xiansuo.evaluation.period_facts import ClueFact, Facts, LetterFact, Place, Sort, confirmed, day_of
from xiansuo.evaluation.period_parts import REST, Missed, Rate, SliceGroup, SliceLine, Wait
from xiansuo.evaluation.slices import BANDS

if TYPE_CHECKING:
    from scipy.stats import CensoredData

FEWEST_WAITING = 10
"""Parts with fewer clues, or beside fewer others, are not compared for their waiting."""
RISK = 0.05
_NEARLY = 1e-9

T = TypeVar("T")
Key = Callable[[Sort, Place], str]
_GROUPS: Mapping[str, Key] = {
    "channel": lambda sort, _: sort.channel,
    "signed": lambda sort, _: sort.signed,
    "length": lambda sort, _: sort.band,
    "dialect": lambda sort, _: "dialect" if sort.dialect else "plain",
    "area": lambda _, place: place.area,
    "unit_type": lambda _, place: place.type,
}
_ORDERS: Mapping[str, tuple[str, ...]] = {
    "channel": tuple(one.value for one in Channel),
    "signed": tuple(one.value for one in Signed),
    "length": BANDS,
    "dialect": ("plain", "dialect"),
}
OF_UNITS = frozenset({"area", "unit_type"})
"""The groups whose parts name units: what is too small in them is folded together for every reader."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """What is divided. `waits` are, per clue opened, the whole days until it was read, or until the end (True: it still waits)."""

    letters: Sequence[LetterFact]
    places: Mapping[int, Place]
    opened: Sequence[ClueFact]
    decided: Sequence[ClueFact]
    drawn: Sequence[ClueFact]
    waits: Mapping[int, tuple[int, bool]]


def slices(facts: Facts, least: int) -> tuple[SliceGroup, ...]:
    """Return every group; of units only those with at least `least` letters stand by themselves."""
    pool = _pool(facts)
    groups = [_group(name, key, pool, least) for name, key in _GROUPS.items()]
    chances = [line.wait.p for group in groups for line in group.lines if line.wait.p is not None]
    adjusted = iter(holm(chances))
    return tuple(replace(group, lines=tuple(_judged(line, adjusted) for line in group.lines)) for group in groups)


def _pool(facts: Facts) -> _Pool:
    opened = facts.opened()
    drawn = [one for one in facts.clues if one.drawn and one.finding]
    waits = {one.id: _wait_of(one, facts) for one in opened}
    return _Pool(facts.letters, facts.places, opened, facts.decided(), drawn, waits)


def _wait_of(clue: ClueFact, facts: Facts) -> tuple[int, bool]:
    end = day_of(clue.reads[0]) if clue.reads else facts.span.until
    return (end - clue.opened).days, not clue.reads


def _judged(line: SliceLine, adjusted: Iterator[float]) -> SliceLine:
    if line.wait.p is None:
        return line
    p = next(adjusted)
    return replace(line, wait=replace(line.wait, p=p, slower=p < RISK))


def _group(name: str, key: Key, pool: _Pool, least: int) -> SliceGroup:
    def of_clue(one: ClueFact) -> str:
        return key(one.sort, one.place)

    letters = _divided(pool.letters, lambda one: key(one.sort, pool.places[one.clue]))
    clues = [_divided(some, of_clue) for some in (pool.opened, pool.decided, pool.drawn)]
    codes = letters.keys() | clues[0].keys() | clues[1].keys() | clues[2].keys()
    sizes = {code: len(letters.get(code, ())) for code in codes}
    kept = frozenset(codes) if name not in OF_UNITS else standing_alone(sizes, least)
    order = _ORDERS.get(name) or sorted(codes, key=lambda code: (-sizes[code], code))
    parts = [(code, {code}) for code in order if code in kept]
    parts += [(REST, set(codes - kept))] if codes - kept else []
    lines = (
        _line(code, pool, _of(members, letters), [_of(members, each) for each in clues], least)
        for code, members in parts
    )
    return SliceGroup(name, tuple(lines), len(codes - kept))


def standing_alone(sizes: Mapping[str, int], least: int) -> frozenset[str]:
    """Return the parts with at least `least`. Where the others together have fewer, the smallest of those joins them, so that no difference tells a small one."""
    alone = sorted((code for code, size in sizes.items() if size >= least), key=lambda code: (sizes[code], code))
    rest = sum(size for size in sizes.values() if size < least)
    if 0 < rest < least:
        alone = alone[1:]
    return frozenset(alone)


def _divided(every: Sequence[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for one in every:
        found.setdefault(key(one), []).append(one)
    return found


def _of(codes: set[str], divided: Mapping[str, Sequence[T]]) -> list[T]:
    return [one for code in sorted(codes) for one in divided.get(code, ())]


def _line(
    code: str, pool: _Pool, letters: Sequence[LetterFact], clues: Sequence[Sequence[ClueFact]], least: int
) -> SliceLine:
    opened, decided, drawn = clues
    raised = [one for one in decided if one.suggested and one.suggested.labels]
    wrong = Rate.of(len(raised) - confirmed(raised), len(raised)) if len(raised) >= least else None
    return SliceLine(code, len(letters), len(opened), _wait(opened, pool), _missed(drawn), wrong)


def _missed(drawn: Sequence[ClueFact]) -> Missed:
    if len(drawn) < FEWEST_CLUES:
        return Missed(len(drawn), None, None, FEWEST_CLUES - len(drawn))
    found = confirmed(drawn)
    return Missed(len(drawn), found, Rate.of(found, len(drawn)), 0)


def _wait(clues: Sequence[ClueFact], pool: _Pool) -> Wait:
    inside = {one.id for one in clues}
    own = [pool.waits[one.id] for one in clues]
    others = [wait for id_, wait in pool.waits.items() if id_ not in inside]
    waiting = sum(still for _, still in own)
    return Wait(len(own) - waiting, waiting, median(own), _slower(own, others), slower=False)


def median(waits: Sequence[tuple[int, bool]]) -> int | None:
    """Return the day by which half are read, those still waiting taken into account (Kaplan & Meier 1958); None while it has not come."""
    from scipy.stats import ecdf  # noqa: PLC0415 - slow to import, and most processes never ask this

    if not any(not still for _, still in waits):
        return None
    curve = ecdf(_censored(waits)).sf
    reached = curve.quantiles[curve.probabilities <= 0.5 + _NEARLY]
    return int(reached[0]) if len(reached) else None


def _slower(own: Sequence[tuple[int, bool]], others: Sequence[tuple[int, bool]]) -> float | None:
    """Return the chance of so slow a reading if all waited alike (log-rank, Mantel 1966), None where there is too little to compare."""
    from scipy.stats import logrank  # noqa: PLC0415 - slow to import, and most processes never ask this

    if min(len(own), len(others)) < FEWEST_WAITING or all(still for _, still in (*own, *others)):
        return None
    p = float(logrank(_censored(own), _censored(others), alternative="less").pvalue)
    return None if np.isnan(p) else p


def _censored(waits: Sequence[tuple[int, bool]]) -> "CensoredData":
    from scipy.stats import CensoredData  # noqa: PLC0415 - slow to import, and most processes never ask this

    days, still = zip(*waits, strict=True)
    return CensoredData.right_censored(np.array(days), np.array(still))


def holm(chances: Sequence[float]) -> list[float]:
    """Return chances adjusted so that all judgements hold together (Holm 1979)."""
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    adjusted, highest = [0.0] * len(chances), 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(chances) - place) * chances[index]))
        adjusted[index] = highest
    return adjusted
