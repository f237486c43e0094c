"""Planted challengers are refused with the reason, a good one is not."""

from collections.abc import Callable

import pytest

from tests.services.challengers import (
    TOWN,
    challenger,
    decide,
    everything,
    in_town,
    moved,
    site_letters,
    taught,
    town_hater,
)
from xiansuo.classifiers.adapt import Adapted
from xiansuo.classifiers.prepare import Prepared
from xiansuo.domain.gold import Gold
from xiansuo.evaluation.challenge import RECENT, Comparison
from xiansuo.services.compare import compare
from xiansuo.services.model import Shipped, load_model
from xiansuo.services.office import Office

LEARNED = 120
Parts = tuple[Prepared, Prepared]


@pytest.fixture(scope="module")
def parts() -> Parts:
    """Letters to learn from, and later ones to be judged on; a third of them name a town."""
    data = site_letters(240)
    data = in_town(data, range(0, len(data.letters), 3))
    return data.take(range(LEARNED)), data.take(range(LEARNED, len(data.letters)))


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    from xiansuo.settings import Settings  # noqa: PLC0415

    return load_model(Settings(), tell=print)


@pytest.fixture(scope="module")
def good(shipped: Shipped, parts: Parts) -> Adapted:
    return taught(shipped, parts[0])


@pytest.fixture
def recent(office: Office, parts: Parts) -> list[Gold]:
    return decide(office, parts[1])


@pytest.mark.slow
def test_a_challenger_that_learned_the_site_passes_with_its_figures(
    office: Office, shipped: Shipped, good: Adapted, recent: list[Gold]
) -> None:
    found = compare(office, shipped, challenger(good, shipped), recent)
    assert (found.passed, found.reasons) == (True, ())
    assert found == compare(office, shipped, challenger(good, shipped), recent)
    assert {one.figure for one in found.measured.differences if one.data == RECENT} >= {"missed", "raised"}
    assert found.as_json()["measured"]["decisions"] == len(recent)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda good: moved(good, "embezzlement", -8.0), "“贪污侵占”这一组"),
        (lambda good: everything(good, 5.0), "误提"),
        (lambda good: town_hater(good, 150.0), "它可能记住了名字"),
    ],
    ids=["one category silenced", "everything raised", "a town's name learned"],
)
def test_a_planted_bad_challenger_is_refused(
    office: Office,
    shipped: Shipped,
    good: Adapted,
    recent: list[Gold],
    spoil: Callable[[Adapted], Adapted],
    reason: str,
) -> None:
    found = compare(office, shipped, challenger(spoil(good), shipped), recent)
    assert not found.passed
    assert [one for one in found.reasons if reason in one]


@pytest.mark.slow
def test_a_challenger_of_flipped_decisions_is_refused_in_words(
    office: Office, shipped: Shipped, parts: Parts, recent: list[Gold]
) -> None:
    found = compare(office, shipped, challenger(taught(shipped, parts[0], flipped=True), shipped), recent)
    assert not found.passed
    (sentence,) = [one for one in found.reasons if one.startswith("近期认定的") and "新模型漏" in one]
    assert f"近期认定的 {len(recent)} 条中，反映问题的" in sentence
    assert "95% 范围" in sentence


def test_a_town_is_found_as_a_place(parts: Parts) -> None:
    assert any(entity.text.startswith(TOWN) for entity in parts[0].documents[0].entities)


def refused_for_lack(found: Comparison) -> bool:
    return any("还看不出好坏" in one for one in found.reasons)


@pytest.mark.slow
def test_too_few_recent_decisions_and_those_drawn_for_figures_tell_nothing(
    office: Office, shipped: Shipped, good: Adapted, recent: list[Gold]
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    drawn = [replace(one, drawn=True) for one in recent]
    found = compare(office, shipped, challenger(good, shipped), drawn)
    assert refused_for_lack(found)
    assert found.measured.decisions == 0
