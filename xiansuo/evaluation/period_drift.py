"""Owns how the letters of a period differ from those of the period before: in kind, in score, in the rules that speak, in the units they are about."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from xiansuo.evaluation.period import Drift, Period
from xiansuo.evaluation.period_facts import Facts, LetterFact
from xiansuo.evaluation.period_parts import Count, Mix, MixLine, Rate, RuleShift, Scores
from xiansuo.evaluation.period_slices import RISK, holm

FEWEST_LETTERS = 100
"""With fewer letters in either period chance alone moves the index past its bounds."""
SHIFTING, SHIFTED = 0.1, 0.25
"""The usual bounds of the population stability index (Siddiqi 2006): below the first steady, from the second shifted."""
_BINS = 10
_SMALLEST = 0.5

_MIXES: Mapping[str, Callable[[LetterFact], str]] = {
    "channel": lambda one: one.sort.channel,
    "kind": lambda one: one.sort.kind,
    "signed": lambda one: one.sort.signed,
    "length": lambda one: one.sort.band,
    "language": lambda one: "chinese" if one.sort.chinese else "other",
}


def drift(now: Facts, before: Facts, earlier: Period, least: int) -> Drift:
    """Return the comparison; of units that are new only those with at least `least` letters are named."""
    new, folded = _new_units(now, before, least)
    return Drift(
        before=earlier,
        mixes=tuple(
            mix(name, [of(one) for one in now.letters], [of(one) for one in before.letters])
            for name, of in _MIXES.items()
        ),
        scores=_scores(now.letters, before.letters),
        rules=_rules(now.letters, before.letters),
        new_units=new,
        folded_units=folded,
        versions=(_versions(now.letters), _versions(before.letters)),
    )


def mix(name: str, now: Sequence[str], before: Sequence[str], codes: Sequence[str] = ()) -> Mix:
    """Return how codes divide now and before, with the population stability index."""
    new, old = Counter(now), Counter(before)
    order = codes or sorted(new.keys() | old.keys(), key=lambda code: (-new[code], code))
    lines = tuple(MixLine(code, new[code], old[code]) for code in order)
    lacking = max(0, FEWEST_LETTERS - len(now), FEWEST_LETTERS - len(before))
    return Mix(name, lines, None if lacking else stability(lines), lacking)


def stability(lines: Sequence[MixLine]) -> float:
    """Return the population stability index. Half a letter is added to each part, so that an empty one has a share."""
    new, old = sum(one.now for one in lines), sum(one.before for one in lines)
    more = _SMALLEST * len(lines)
    shares = (((one.now + _SMALLEST) / (new + more), (one.before + _SMALLEST) / (old + more)) for one in lines)
    return sum((here - there) * math.log(here / there) for here, there in shares)


def _scores(now: Sequence[LetterFact], before: Sequence[LetterFact]) -> Scores:
    from scipy.stats import ks_2samp  # noqa: PLC0415 - slow to import, and most processes never ask this

    new = [one.scope for one in now if one.scope is not None]
    old = [one.scope for one in before if one.scope is not None]
    codes = [f"{number / _BINS:.1f}" for number in range(_BINS)]
    bins = mix("scope", [codes[_bin(one)] for one in new], [codes[_bin(one)] for one in old], codes)
    if bins.lacking:
        return Scores(bins, None, None)
    test = ks_2samp(new, old)
    return Scores(bins, float(test.statistic), float(test.pvalue))


def _bin(score: float) -> int:
    return min(int(score * _BINS), _BINS - 1)


def _rules(now: Sequence[LetterFact], before: Sequence[LetterFact]) -> tuple[RuleShift, ...]:
    new, old = _spoken(now), _spoken(before)
    tried = sum(one.scope is not None for one in now), sum(one.scope is not None for one in before)
    if not all(tried):
        return ()
    order = sorted(new.keys() | old.keys(), key=lambda rule: (-new[rule], rule))
    chances = [_chance((new[rule], old[rule]), tried) for rule in order]
    return tuple(
        RuleShift(rule, Rate.of(new[rule], tried[0]), Rate.of(old[rule], tried[1]), p, p < RISK)
        for rule, p in zip(order, holm(chances), strict=True)
    )


def _spoken(letters: Sequence[LetterFact]) -> Counter[str]:
    return Counter(rule for one in letters for rule in one.rules)


def _chance(spoken: tuple[int, int], tried: tuple[int, int]) -> float:
    from scipy.stats import fisher_exact  # noqa: PLC0415 - slow to import, and most processes never ask this

    table = [[hits, tries - hits] for hits, tries in zip(spoken, tried, strict=True)]
    return float(fisher_exact(table).pvalue)


def _versions(letters: Sequence[LetterFact]) -> tuple[str, ...]:
    return tuple(sorted({one.version for one in letters if one.version}))


def _new_units(now: Facts, before: Facts, least: int) -> tuple[tuple[Count, ...], int]:
    new, old = _units(now), _units(before)
    fresh = sorted(((unit, count) for unit, count in new.items() if not old[unit]), key=lambda one: (-one[1], one[0]))
    shown = tuple(Count(unit, count) for unit, count in fresh if count >= least)
    return shown, len(fresh) - len(shown)


def _units(facts: Facts) -> Counter[str]:
    named = (facts.places[one.clue].unit for one in facts.letters)
    return Counter(unit for unit in named if unit)
