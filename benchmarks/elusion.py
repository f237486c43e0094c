"""How often what is said of missed clues holds, in simulated offices in which nearly everything moves.

usage: python -m benchmarks.elusion [--offices N] [--seed S]

Letters come in over weeks, more and more of them with accusations; the learner raises and lowers whole topics; readers take drawn clues in
the order in which they are given out, leave some unread and some for ever, and read others of the pile for other reasons; the share is raised
once. Lots and bounds are the program's own. Printed per size of the pile and share of clues in it: how often the one-sided bound on what
holds an accusation was at least the truth, with the exact interval of that, and the average bound. Then the same where readers
overlook one of twenty: of the plain bound, which does not claim to hold then, and of the careful one, which does.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from xiansuo.domain.keys import Keyring
from xiansuo.evaluation.elusion import Ahead, Aside, Drawn, Pile, Statement, settled, state
from xiansuo.services.elusion import lot

Ints, Floats, Bools = NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]
PREVALENCES = (0.0, 0.005, 0.02, 0.10)
SHARES = {200: (0.30, 0.50), 2_000: (0.05, 0.10), 20_000: (0.02, 0.03)}
"""By size of the pile the share drawn at first and after it was raised."""
OVERLOOKED = 0.05
_POOL = 200_000
_DAYS, _TOPICS, _NEVER = 60, 6, 10_000
_FIRST = date(2026, 1, 1)
_LEFT_FOR_EVER, _SET_ASIDE_AT_ONCE = 0.004, 0.85


@dataclass(frozen=True, slots=True)
class Clues:
    """The clues of an office that were ever set aside: the day of it, topic, whether they hold an accusation, and their lots."""

    day: Ints
    topic: Ints
    holds: Bools
    lot: Floats


@dataclass(frozen=True, slots=True)
class Held:
    """What one simulated office said and what was true of it. `most` and `careful` are the plain and the careful upper bound."""

    pile: int
    read: int
    truth: int
    most: int
    low: int
    high: int
    careful: int
    enough: bool


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offices", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20260701)
    wanted = parser.parse_args()
    began = time.process_time()
    lots = secret_lots()
    print(f"{'pile':>6} {'holds':>6} {'read':>5} | one-sided 95 %, held in | bound | two-sided held in | figure given")
    for size in SHARES:
        for prevalence in PREVALENCES:
            print(_row(size, prevalence, list(offices(lots, size, prevalence, wanted.offices, wanted.seed))))
    print(f"\nreaders overlook {OVERLOOKED:.0%}: plain bound held in | careful bound held in")
    for prevalence in PREVALENCES:
        found = list(offices(lots, 2_000, prevalence, wanted.offices, wanted.seed, overlooked=OVERLOOKED))
        plain, careful = ([one.truth <= bound(one) for one in found] for bound in (_plain, _careful))
        print(f"{2_000:>6} {prevalence:>6.1%}       | {coverage(plain)} | {coverage(careful)}")
    print(f"\n{time.process_time() - began:.0f} seconds of one core")


def secret_lots(count: int = _POOL) -> Floats:
    """Return lots as the program draws them; offices take stretches of them."""
    keyring = Keyring("bench", {"bench": b"\1" * 32}, b"\2" * 32, b"\3" * 32, b"\4" * 32)
    return np.array([lot(keyring, clue) for clue in range(count)])


def offices(
    lots: Floats, size: int, prevalence: float, count: int, seed: int, *, overlooked: float = 0.0
) -> Iterator[Held]:
    """Yield what was said and what was true in so many offices whose pile is of about that size."""
    for number in range(count):
        chance = np.random.default_rng([seed, size, round(prevalence * 1000), number])
        yield _office(chance, lots, size, prevalence, overlooked)


def coverage(held: list[bool]) -> str:
    """Return how often something held, with the exact two-sided 95 % interval."""
    found = binomtest(sum(held), len(held)).proportion_ci(0.95, "exact")
    return f"{sum(held) / len(held):6.1%} ({found.low:.1%} to {found.high:.1%})"


def _office(chance: np.random.Generator, lots: Floats, size: int, prevalence: float, overlooked: float) -> Held:
    raised = chance.integers(0, 2 * _DAYS, _TOPICS)
    clues = _set_aside(chance, lots, size, prevalence, raised)
    first, later = SHARES[size]
    raise_day = int(chance.integers(10, _DAYS))
    drawn = np.where(
        clues.lot < first, clues.day, np.where(clues.lot < later, np.maximum(clues.day, raise_day), _NEVER)
    )
    read = _read(chance, clues, drawn, raised)
    found = clues.holds & (chance.random(len(clues.lot)) >= overlooked)
    part = settled(_pile(clues, drawn, read, found))
    last = (max(part.days) - _FIRST).days
    said = state(part, Ahead(), targets=(), missed=(overlooked,) if overlooked else ())
    return _held(said, int(clues.holds[clues.day <= last].sum()))


def _held(said: Statement, truth: int) -> Held:
    careful = said.careful[0].most if said.careful else said.most
    return Held(said.pile, said.read, truth, said.most, said.low, said.high, careful, said.enough)


def _set_aside(chance: np.random.Generator, lots: Floats, size: int, prevalence: float, raised: Ints) -> Clues:
    """Return clues that come in over the weeks: most are set aside at once, some when the learner lowers their topic, some never."""
    count = int(size * 1.3)
    came, topic = np.sort(chance.integers(0, _DAYS, count)), chance.integers(0, _TOPICS, count)
    # More accusations from week to week, and in some topics more than in others.
    weight = (0.5 + came / _DAYS) * np.linspace(0.4, 1.6, _TOPICS)[topic]
    holds = chance.random(count) < prevalence * weight
    lowered = chance.integers(0, 2 * _DAYS, _TOPICS)[topic]
    at_once = chance.random(count) < _SET_ASIDE_AT_ONCE
    # Of what stood above the floor part is read before its topic is lowered, accusations sooner.
    waits = chance.random(count) < np.where(holds, 0.2, 0.5)
    day = np.where(at_once, came, np.where(waits & (lowered >= came), lowered, _NEVER))
    # Once a topic is raised, what comes in of it stands above the floor.
    day = np.where((day < _DAYS) & (day <= raised[topic]), day, _NEVER)
    inside = np.flatnonzero(day < _NEVER)
    start = int(chance.integers(0, len(lots) - len(inside)))
    return Clues(day[inside], topic[inside], holds[inside], lots[start : start + len(inside)])


def _read(chance: np.random.Generator, clues: Clues, drawn: Ints, raised: Ints) -> Bools:
    """Return which clues were read by the last day: raised topics, the oldest of the pile, and of the sample what readers got to."""
    read = (raised[clues.topic] < _DAYS - 5) & (chance.random(len(clues.lot)) < 0.8)
    oldest = np.argsort(clues.day, kind="stable")[: int(len(clues.lot) * chance.uniform(0, 0.1))]
    read[oldest] = True
    sample = np.flatnonzero(drawn < _DAYS)
    order = sample[np.lexsort((clues.lot[sample], drawn[sample]))]
    order = order[~read[order] & (chance.random(len(order)) >= _LEFT_FOR_EVER)]
    read[order[: _reached(drawn[order], len(sample) / _DAYS * chance.uniform(0.7, 1.6))]] = True
    return read


def _reached(days: Ints, a_day: float) -> int:
    """Return how many of the drawn, in the order in which they are given out, were read by the last day at so many a day."""
    done = budget = 0.0
    for day in range(_DAYS):
        budget = min(budget + a_day, float(np.searchsorted(days, day, "right")))
        done = max(done, budget)
    return int(done)


def _pile(clues: Clues, drawn: Ints, read: Bools, found: Bools) -> Pile:
    besides = read & (drawn >= _DAYS)
    counts = (np.bincount(clues.day[which], minlength=_DAYS) for which in (drawn >= 0, besides, besides & found))
    days = {_day(number): Aside(*map(int, row)) for number, row in enumerate(zip(*counts, strict=True)) if row[0]}
    sample = np.flatnonzero(drawn < _DAYS)
    return Pile(
        days,
        tuple(Drawn(_day(int(drawn[one])), float(clues.lot[one]), _finding(read[one], found[one])) for one in sample),
    )


def _finding(read: np.bool_, found: np.bool_) -> bool | None:
    return bool(found) if read else None


def _day(number: int) -> date:
    return _FIRST + timedelta(days=number)


def _plain(one: Held) -> int:
    return one.most


def _careful(one: Held) -> int:
    return one.careful


def _row(size: int, prevalence: float, found: list[Held]) -> str:
    above = coverage([one.truth <= one.most for one in found])
    between = coverage([one.low <= one.truth <= one.high for one in found])
    bound = np.mean([one.most / one.pile for one in found])
    given = Counter(one.enough for one in found)[True] / len(found)
    read = np.mean([one.read for one in found])
    return f"{size:>6} {prevalence:>6.1%} {read:>5.0f} | {above} | {bound:5.1%} | {between} | {given:.0%}"


if __name__ == "__main__":
    main()
