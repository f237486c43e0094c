import tomllib
from collections import Counter

import pytest

from xiansuo.classifiers.prepare import Tools
from xiansuo.evaluation.behaviours import PairKind, Rate, read_behaviours, shortfalls
from xiansuo.services.analysis import Analyser
from xiansuo.services.behaviours import MINIMUMS, SUITE, Behaviours, behaviours
from xiansuo.settings import Settings

HOME = Settings().home
LEAST = tomllib.loads((HOME / MINIMUMS).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(analyser: Analyser) -> dict[str, Behaviours]:
    tools = Tools(analyser.finder, analyser.books)
    return {"rules": behaviours(HOME, tools), "product": behaviours(HOME, tools, analyser.trained)}


def share(rates: tuple[Rate, ...]) -> float:
    return sum(rate.right for rate in rates) / sum(rate.cases for rate in rates)


@pytest.mark.parametrize("method", ["rules", "product"])
def test_every_phenomenon_keeps_its_minimum(found: dict[str, Behaviours], method: str) -> None:
    assert list(shortfalls(found[method].open, LEAST[method])) == []


@pytest.mark.parametrize("method", ["rules", "product"])
def test_the_cases_held_back_keep_their_minimum_together(found: dict[str, Behaviours], method: str) -> None:
    assert share(found[method].held) >= LEAST[f"{method}-held"]["all"]


def test_every_phenomenon_has_a_minimum() -> None:
    phenomena = {case.phenomenon for case in read_behaviours(HOME / SUITE)}
    assert all(set(LEAST[method]) == phenomena for method in ("rules", "product"))


def test_minimal_pairs_have_one_case_of_either_answer_and_invariances_one() -> None:
    answers: dict[str, list[bool]] = {}
    for case in read_behaviours(HOME / SUITE):
        answers.setdefault(f"{case.test} {case.pair}", []).append(case.raised)
    wrong = [
        pair
        for pair, raised in answers.items()
        if (sorted(raised) != [False, True] if pair.startswith(PairKind.MINIMAL) else len(set(raised)) != 1)
    ]
    assert wrong == []


def test_the_suite_is_large_and_half_of_it_is_held_back() -> None:
    cases = read_behaviours(HOME / SUITE)
    assert len(cases) >= 300
    assert len({case.id for case in cases}) == len(cases)
    assert 0.4 < Counter(case.held for case in cases)[True] / len(cases) < 0.6
