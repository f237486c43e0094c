"""What is computed for a whole batch at once equals what a plain loop over its letters gives, to the last bit."""

import numpy as np
import pytest

from xiansuo.classifiers.encode import Cut
from xiansuo.classifiers.expert import SILENT, strongest
from xiansuo.classifiers.features import CONTEXTS, Scopes, context_features
from xiansuo.classifiers.lookup import Lookup
from xiansuo.classifiers.units import Unit
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Reading


@pytest.mark.parametrize("size", [0, 1, 7, 3000])
def test_keys_are_found_where_a_search_in_the_sorted_list_finds_them(size: int) -> None:
    random = np.random.default_rng(size)
    keys = np.unique(random.integers(0, 1 << 62, size))
    wanted = np.concatenate([keys, keys + 1, random.integers(0, 1 << 62, 500)])
    numbers = {int(key): number for number, key in enumerate(keys)}
    assert Lookup.of(keys).find(wanted).tolist() == [numbers.get(int(one), -1) for one in wanted]


def test_keys_that_want_the_same_place_all_find_one() -> None:
    keys = np.arange(64, dtype=np.int64) << 58
    assert Lookup.of(keys).find(keys).tolist() == list(range(64))


@pytest.mark.parametrize("seed", range(5))
def test_the_strongest_units_of_every_letter_are_those_of_the_letter_alone(seed: int) -> None:
    random = np.random.default_rng(seed)
    owner = np.sort(random.integers(0, 12, 40))
    units = tuple(Unit("x", Span(0, 1), asked=bool(random.random() < 0.3)) for _ in owner)
    cut, odds = Cut(units, owner, np.zeros(14, dtype=bool)), random.normal(size=(40, 7))
    for letter, found in enumerate(strongest(odds, cut, top=3)):
        mine = odds[(owner == letter) & ~cut.asked]
        alone = np.sort(mine, axis=0)[-3:].mean(axis=0) if len(mine) else np.full(7, SILENT)
        assert found.tolist() == alone.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_the_contexts_over_a_stretch_are_those_its_own_letter_has_there(seed: int) -> None:
    random = np.random.default_rng(seed)
    readings = [Reading((), (), tuple(_scope(random) for _ in range(random.integers(0, 6)))) for _ in range(8)]
    stretches = [(letter, Span(start, start + 9)) for letter in range(8) for start in range(0, 90, 10)]
    owner = np.array([letter for letter, _ in stretches])
    table = context_features(Scopes.of(readings), owner, [span for _, span in stretches])
    assert table.tolist() == [_shares(readings[letter], span) for letter, span in stretches]


def test_a_batch_without_any_scope_has_no_contexts() -> None:
    scopes = Scopes.of([Reading((), ()), Reading((), ())])
    assert not context_features(scopes, np.array([0, 1]), [Span(0, 3), Span(0, 4)]).any()


def _scope(random: np.random.Generator) -> tuple[Span, frozenset]:
    start, context = int(random.integers(0, 80)), CONTEXTS[random.integers(len(CONTEXTS))]
    return Span(start, start + int(random.integers(0, 40))), frozenset({context})


def _shares(reading: Reading, stretch: Span) -> list[float]:
    shares = dict.fromkeys(CONTEXTS, 0.0)
    for span, contexts in reading.scopes:
        covered = min(span.end, stretch.end) - max(span.start, stretch.start)
        for context in contexts if covered > 0 else ():
            shares[context] = max(shares[context], covered / (stretch.end - stretch.start))
    return list(shares.values())
