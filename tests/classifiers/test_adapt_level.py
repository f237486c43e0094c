"""Where a model stands on the scale of probability after learning from decisions."""

import numpy as np
import pytest
import scipy.sparse as sp

from xiansuo.classifiers.adapt_fit import Matrix, correct, level, unmet
from xiansuo.classifiers.calibrate import sigmoid
from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.linear import Bools

LETTERS, WORDS = 60, 12
Table = tuple[Matrix, Floats, Bools, Floats]


@pytest.fixture
def table() -> Table:
    """Letters with a few words, what a model makes of them, and what people said about accusations and two categories."""
    draw = np.random.default_rng(0)
    words = sp.csr_array(draw.random((LETTERS, WORDS)) * (draw.random((LETTERS, WORDS)) < 0.3))
    prior = draw.normal(-2, 2, (LETTERS, 3))
    said = np.asarray(prior + draw.normal(1, 1, prior.shape) > 0)
    return words, prior, said, np.ones(prior.shape)


def test_what_was_said_about_a_matter_does_not_move_its_own_letters(table: Table) -> None:
    words, prior, said, counts = table
    matters = [str(row // 3) for row in range(LETTERS)]
    before = unmet(words, prior, said, counts, matters)
    said[:3] = ~said[:3]
    after = unmet(words, prior, said, counts, matters)
    assert after[:3] == pytest.approx(before[:3])
    assert np.abs(after[3:] - before[3:]).max() > 0.01


def test_kept_letters_are_learned_from_and_never_asked_about(table: Table) -> None:
    words, prior, said, counts = table
    found = unmet(words, prior, said, counts, [str(row) for row in range(20)])
    assert found.shape == (20, 3)
    alone = unmet(words[:20], prior[:20], said[:20], counts[:20], [str(row) for row in range(20)])
    assert np.abs(found - alone).max() > 0.01


def test_letters_of_one_matter_say_nothing_about_others(table: Table) -> None:
    words, prior, said, counts = table
    assert unmet(words, prior, said, counts, ["1"] * LETTERS) == pytest.approx(prior)


@pytest.mark.parametrize(("by", "moved"), [(1.5, -1.5), (0.0, 0.0), (-1.5, 0.0)])
def test_scope_is_lowered_to_the_mean_it_had_and_never_raised(table: Table, by: float, moved: float) -> None:
    _, cold, said, counts = table
    assert level(cold, cold + np.array([by, 0, 0]), said, counts)[0] == pytest.approx(moved)


def test_as_many_categories_are_expected_as_were_found(table: Table) -> None:
    _, cold, said, counts = table
    moved = level(cold, cold, said, counts)
    assert moved[1] == moved[2]
    assert sigmoid(cold[:, 1:] + moved[1:]).sum() == pytest.approx(said[:, 1:].sum())


def test_categories_move_with_scope(table: Table) -> None:
    _, cold, said, counts = table
    assert level(cold, cold + np.array([2.0, 0, 0]), said, counts) - level(cold, cold, said, counts) == pytest.approx(
        [-2.0] * 3
    )


def test_what_nobody_decided_moves_nothing(table: Table) -> None:
    _, cold, said, counts = table
    counts[:, 1:] = 0
    assert level(cold, cold, said, counts).tolist() == [0.0] * 3
    counts[:, 1:], said[:, 1:] = 1, False
    assert level(cold, cold, said, counts).tolist() == [0.0] * 3


def test_a_decision_that_counts_twice_moves_as_two_do(table: Table) -> None:
    words, cold, said, counts = table
    learned = cold + correct(words, cold, said, counts).log_odds(words)
    twice = np.arange(LETTERS).tolist() + list(range(9))
    counts[:9] = 2
    ones = np.ones((LETTERS + 9, 3))
    assert level(cold, learned, said, counts) == pytest.approx(level(cold[twice], learned[twice], said[twice], ones))
