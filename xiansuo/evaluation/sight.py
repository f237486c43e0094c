"""Owns what seeing the suggestion changes in people's choices (automation bias), measured where a lot decided who saw it first."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Finding, Outcome
from xiansuo.evaluation.estimates import FEWEST_CLUES, Estimate, tells_of_few
from xiansuo.evaluation.metrics import wilson


@dataclass(frozen=True, slots=True)
class FirstChoice:
    """What a first reader chose, by lot with the suggestion in sight or `blind`. `revised` is what a blind reader said after seeing it.

    `stratum` names the round and the share drawn: only within one is the lot the same for every clue.
    """

    finding: Finding = field(repr=False)
    suggested: frozenset[Category]
    blind: bool
    stratum: str
    reader: int = field(repr=False)
    revised: Finding | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Sight:
    """What seeing the suggestion changes (automation bias), by lot. `*_same` count first choices equal to the suggestion.

    `difference` is the share of equal choices with the suggestion in sight minus that without it. Of `blind` choices `changed` were
    changed once it was seen, `towards` it or `away` from it. `lacking` more clues are needed in the smaller group.
    """

    seen: int = 0
    seen_same: int = 0
    blind: int = 0
    blind_same: int = 0
    changed: int = 0
    towards: int = 0
    away: int = 0
    difference: Estimate | None = None
    lacking: int = FEWEST_CLUES
    withheld: bool = False


def sight_of(choices: Sequence[FirstChoice]) -> Sight:
    """Return what seeing the suggestion changes, among clues that could have been drawn to be read blind first or not."""
    seen, blind = ([one for one in choices if one.blind is wanted] for wanted in (False, True))
    moved = [_moved(one) for one in blind]
    lacking = max(0, FEWEST_CLUES - min(len(seen), len(blind)))
    if any(tells_of_few([[one.reader] for one in arm]) for arm in (seen, blind)):
        return Sight(len(seen), blind=len(blind), lacking=lacking, withheld=True)
    if lacking:
        return Sight(len(seen), blind=len(blind), lacking=lacking)
    return Sight(
        seen=len(seen),
        seen_same=sum(map(_same, seen)),
        blind=len(blind),
        blind_same=sum(map(_same, blind)),
        changed=sum(one is not None for one in moved),
        towards=sum(one is not None and one < 0 for one in moved),
        away=sum(one is not None and one > 0 for one in moved),
        difference=_difference(choices),
        lacking=0,
    )


def _same(one: FirstChoice) -> bool:
    # Who was not sure did not say what the suggestion says, whatever that is.
    return one.finding.outcome is not Outcome.UNSURE and set(one.finding.labels) == one.suggested


def _moved(one: FirstChoice) -> int | None:
    """Return by how many categories a blind choice moved away from the suggestion once it was seen, None where it stayed as it was."""
    if one.revised is None or one.revised.agrees(one.finding):
        return None
    return _distance(one.revised, one.suggested) - _distance(one.finding, one.suggested)


def _distance(finding: Finding, suggested: frozenset[Category]) -> int:
    return len(suggested.symmetric_difference(finding.labels))


def _difference(choices: Sequence[FirstChoice]) -> Estimate | None:
    """Return the difference of shares, with minus without sight, each round by itself and then weighed together.

    Weights of Mantel & Haenszel (1959), interval of Newcombe (1998), put together over rounds as by Yan & Su (2010).
    """
    strata: dict[str, list[FirstChoice]] = defaultdict(list)
    for one in choices:
        strata[one.stratum].append(one)
    rows = [row for own in strata.values() if (row := _one_difference(own))]
    if not rows:
        return None
    total = sum(weight for weight, _ in rows)
    parts = [(weight / total, one) for weight, one in rows]
    value = sum(share * one.value for share, one in parts)
    down = math.sqrt(sum((share * (one.value - one.low)) ** 2 for share, one in parts))
    up = math.sqrt(sum((share * (one.high - one.value)) ** 2 for share, one in parts))
    return Estimate(value, value - down, value + up)


def _one_difference(own: Sequence[FirstChoice]) -> tuple[float, Estimate] | None:
    arms = [[_same(one) for one in own if one.blind is blind] for blind in (False, True)]
    (seen, seen_all), (blind, blind_all) = ((sum(arm), len(arm)) for arm in arms)
    if not seen_all or not blind_all:
        return None
    with_, without = seen / seen_all, blind / blind_all
    (with_low, with_high), (without_low, without_high) = wilson(seen, seen_all), wilson(blind, blind_all)
    value = with_ - without
    low = value - math.hypot(with_ - with_low, without_high - without)
    high = value + math.hypot(with_high - with_, without - without_low)
    return seen_all * blind_all / (seen_all + blind_all), Estimate(value, low, high)
