"""Owns how far two people who read the same clue blind to each other agree, and how far they agree with the suggestion.

Nothing here tells of a single person: where a figure would, it is withheld.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.decision import Finding, Outcome
from xiansuo.evaluation.estimates import FEWEST_CLUES, Estimate, exact, tells_of_few
from xiansuo.evaluation.sight import FirstChoice, Sight, sight_of

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

FEWEST_NAMED = 10
"""A category that fewer clues were put under, by either reader, says nothing about that category yet."""

SCOPE = "scope"
DRAWS = 2000
SEED = 20261123


@dataclass(frozen=True, slots=True)
class Pair:
    """A clue that was drawn for a second reading: what the first and the second reader found, blind to each other.

    `suggested` are the categories that were proposed when either of them decided, `readers` the two accounts.
    """

    first: Finding = field(repr=False)
    second: Finding = field(repr=False)
    suggested: tuple[frozenset[Category], frozenset[Category]]
    readers: frozenset[int] = field(repr=False)

    @property
    def unsure(self) -> bool:
        """Whether one of the two was not sure, so that there is nothing to compare."""
        return Outcome.UNSURE in {self.first.outcome, self.second.outcome}


@dataclass(frozen=True, slots=True)
class Concordance:
    """How often two answers to one question, yes or no, were the same. `both`, `one`, `neither` count who said yes, in answers compared.

    `raw` is the share of equal answers, `kappa` Cohen's (1960), `ac1` Gwet's (2008); None where there are too few, and for kappa
    also where it has no meaning because everybody always said the same.
    """

    both: int
    one: int
    neither: int
    raw: Estimate | None = None
    kappa: Estimate | None = None
    ac1: Estimate | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Agreement on one question: `code` is `scope` (含问题 or not) or a category. `lacking` more clues are needed before anything is said.

    `machine` compares each of the two readers with the suggestion, on the same clues.
    """

    code: str
    people: Concordance
    machine: Concordance
    lacking: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the doubly-read random share and the blind random share say. `pairs` clues are compared, in `unsure` more a reader was not sure.

    `same` is the share of pairs with the same categories. `withheld`: the figures would tell about single people, so there are none.
    """

    pairs: int
    unsure: int
    lacking: int
    withheld: bool
    same: Estimate | None
    questions: tuple[Question, ...]
    sight: Sight


def agreement_of(pairs: Sequence[Pair], choices: Sequence[FirstChoice]) -> Agreement:
    """Return the figures of pairs and first choices, in any order. Who is the first and who the second of a pair makes no difference."""
    sure = [pair for pair in pairs if not pair.unsure]
    withheld = tells_of_few([pair.readers for pair in sure])
    lacking = max(0, FEWEST_CLUES - len(sure))
    sight = sight_of(choices)
    if withheld or lacking:
        return Agreement(len(sure), len(pairs) - len(sure), lacking, withheld, None, (), sight)
    same = sum(pair.first.agrees(pair.second) for pair in sure)
    questions = tuple(_question(code, sure) for code in (SCOPE, *CATEGORIES))
    return Agreement(len(sure), len(pairs) - len(sure), 0, False, exact(same, len(sure)), questions, sight)


# A clue is one of 16 patterns: whether the first reader, the second, and the suggestion before each said yes. Both tables of a
# question are sums over patterns, so that a bootstrap that draws clues draws them for both.
_PATTERNS = tuple(product((True, False), repeat=4))


def _crossed(pairs: Sequence[tuple[int, int]]) -> Counts:
    """Return, per pattern, how much it adds to (both, first only, second only, neither) of the comparisons `pairs`."""
    table = np.zeros((len(_PATTERNS), 4), dtype=np.int64)
    for row, pattern in enumerate(_PATTERNS):
        for one, other in pairs:
            table[row, 2 * (not pattern[one]) + (not pattern[other])] += 1
    return table


_PEOPLE, _MACHINE = _crossed([(0, 1)]), _crossed([(0, 2), (1, 3)])


def _question(code: str, pairs: Sequence[Pair]) -> Question:
    counted = Counter(_pattern(code, pair) for pair in pairs)
    cells = np.array([counted[pattern] for pattern in _PATTERNS])
    named = sum(count for pattern, count in counted.items() if pattern[0] or pattern[1])
    lacking = 0 if code == SCOPE else max(0, FEWEST_NAMED - named)
    draws = None if lacking else np.random.default_rng(SEED).multinomial(len(pairs), cells / len(pairs), size=DRAWS)
    tables = [_concordance(cells, draws, each) for each in (_PEOPLE, _MACHINE)]
    return Question(code, tables[0], tables[1], lacking)


def _pattern(code: str, pair: Pair) -> tuple[bool, ...]:
    said = (pair.first.labels, pair.second.labels, *pair.suggested)
    return tuple(bool(labels) if code == SCOPE else code in labels for labels in said)


def _concordance(cells: Counts, draws: Counts | None, each: Counts) -> Concordance:
    table = cells @ each
    both, first, second, neither = table.tolist()
    if draws is None:
        return Concordance(both, first + second, neither)
    clues, resampled = int(cells.sum()), draws @ each
    raw = _estimate(float(observed(table)), observed(resampled))
    if each is _PEOPLE or not first + second:
        # Where nobody ever differed no draw differs either; the exact interval of so many clues still says how sure that is.
        raw = exact(both + neither, clues) if each is _PEOPLE else exact(clues, clues)
    kappa, ac1 = (
        _corrected(table, resampled, raw, by_chance) for by_chance in (chance_by_margins, chance_by_prevalence)
    )
    return Concordance(both, first + second, neither, raw, kappa, ac1)


def observed(tables: Counts) -> Floats:
    """Return the share of equal answers of tables (…, 4): both, first only, second only, neither."""
    return np.asarray((tables[..., 0] + tables[..., 3]) / tables.sum(axis=-1))


def chance_by_margins(tables: Counts) -> Floats:
    """Return the share of equal answers that two would give by chance, each with the share of yes that is theirs (Cohen 1960)."""
    one, other = _margins(tables)
    return np.asarray(one * other + (1 - one) * (1 - other))


def chance_by_prevalence(tables: Counts) -> Floats:
    """Return the share of equal answers by chance where only hard cases are guessed (Gwet 2008): it does not grow as a class becomes rare."""
    one, other = _margins(tables)
    share = (one + other) / 2
    return np.asarray(2 * share * (1 - share))


def _margins(tables: Counts) -> tuple[Floats, Floats]:
    total = tables.sum(axis=-1)
    return (tables[..., 0] + tables[..., 1]) / total, (tables[..., 0] + tables[..., 2]) / total


def beyond_chance(equal: Floats, chance: Floats) -> Floats:
    """Return which part of the agreement that chance leaves over was reached; without meaning where chance leaves nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chance < 1, (equal - chance) / (1 - chance), np.nan)


def _corrected(
    table: Counts, resampled: Counts, raw: Estimate, by_chance: Callable[[Counts], Floats]
) -> Estimate | None:
    chance = float(by_chance(table))
    value = float(beyond_chance(observed(table), by_chance(table)))
    if math.isnan(value):
        return None
    if not table[1] + table[2]:
        return Estimate(value, (raw.low - chance) / (1 - chance), 1.0)
    return _estimate(value, beyond_chance(observed(resampled), by_chance(resampled)))


def _estimate(value: float, drawn: Floats) -> Estimate:
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return Estimate(value, float(low), float(high))
