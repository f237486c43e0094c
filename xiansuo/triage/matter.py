"""Owns when two letters that share no wording tell the same matter; it compares facts, never writers."""

from collections.abc import Collection, Iterator

from xiansuo.domain.suggestion import Facts
from xiansuo.triage.conduct import category, most_telling, sums, telling, times
from xiansuo.triage.facts import PARTIAL
from xiansuo.triage.identity import CERTAIN, Shared, are_apart, identity
from xiansuo.triage.terms import all_terms
from xiansuo.triage.traits import TITLES, is_full, traits

ENOUGH = 4.75
"""A respondent's name at a unit or in a village, and what was done there."""
NEARLY = 3.75
"""With this much, what the clue's other letters say decides."""
KINDRED = 2.5
"""How much the letters of one matter agree on the average; less speaks against the clue."""
_LEAST_IDENTITY = 1.6
_LEAST_CONDUCT, _LEAST_OF_FEW = 2.8, 1.5
_FEW_TERMS = 25
_TERM = 0.6
_MOST_TERMS = 4.5
_MOST_PARTICULARS = 3.0
_APART = 3.0


def agreement(one: Facts, other: Facts) -> float:
    """Return how strongly two letters' facts say that they are about the same matter; `ENOUGH` joins them.

    Weights of evidence add up as in record linkage (Fellegi and Sunter 1969): who and where it is about, and what was
    done. Either alone is 0, so that two matters of one village or one official stay apart, and so do two villages with
    the same trouble.
    """
    accused = category(one, other)
    if _most_conduct(one, other) + accused < _least_conduct(one, other):
        return 0.0
    first, second = traits(one), traits(other)
    shared = Shared.by(first, second)
    who = identity(first, second, shared)
    if who < _LEAST_IDENTITY:
        return 0.0
    words = telling(first, second, shared)
    particulars = min(_MOST_PARTICULARS, sums(one, other) + times(one, other))
    if words + particulars + accused < _least_conduct(one, other):
        return 0.0
    apart = _APART if who < CERTAIN and contradicts(one, other) else 0.0
    return max(0.0, who + min(_MOST_TERMS, _TERM * words) + particulars + accused - apart)


def _most_conduct(one: Facts, other: Facts) -> float:
    """Return what words and particulars can weigh at most. Few letters that are compared come near enough to be looked at closely."""
    first, second = all_terms(one), all_terms(other)
    return most_telling(len(first & second), min(len(first), len(second))) + _MOST_PARTICULARS


def _least_conduct(one: Facts, other: Facts) -> float:
    # A few lines share few words with any other letter.
    fewest = min(len(all_terms(one)), len(all_terms(other)))
    return max(_LEAST_OF_FEW, _LEAST_CONDUCT * min(1.0, fewest / _FEW_TERMS))


def contradicts(one: Facts, other: Facts) -> bool:
    """Tell whether two letters name different places and share neither a person nor a sum, as filled-in forms do."""
    people = any(is_full(name) for name in one.respondents & other.respondents)
    return are_apart(traits(one), traits(other)) and not people and sums(one, other) < 1


def new_facts(facts: Facts, earlier: Collection[Facts]) -> tuple[str, ...]:
    """Return what a letter names that none of the earlier letters of its clue named, as short Chinese labels."""
    kinds = (
        ("人员", "respondents"),
        ("单位", "units"),
        ("地点", "places"),
        ("数额", "sums"),
        ("时间", "times"),
        ("材料", "documents"),
    )
    return tuple(f"{kind}：{value}" for kind, name in kinds for value in _new(name, facts, earlier))


def _new(name: str, facts: Facts, earlier: Collection[Facts]) -> Iterator[str]:
    known = {value for one in earlier for value in getattr(one, name)}
    for value in sorted(getattr(facts, name)):
        derived = value.startswith(PARTIAL) or (name == "respondents" and value.endswith(TITLES))
        if (
            value not in known
            and not derived
            and not any(value in one or one in value for one in known if len(one) > 1)
        ):
            yield value
