import numpy as np
import pytest
import scipy.sparse as sp

from xiansuo.classifiers import adapt_fit
from xiansuo.classifiers.adapt_fit import correct
from xiansuo.classifiers.linear import Linear
from xiansuo.classifiers.vocabulary import Matrix

LETTERS, WORDS, LABELS = 60, 40, 3


def letters() -> Matrix:
    draw = np.random.default_rng(7)
    table = draw.random((LETTERS, WORDS)) * (draw.random((LETTERS, WORDS)) < 0.2)
    table[:, -1] = 0.0
    return sp.csr_array(table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1.0))


def learned() -> Linear:
    draw = np.random.default_rng(8)
    prior, said = draw.normal(size=(LETTERS, LABELS)), draw.random((LETTERS, LABELS)) < 0.4
    return correct(letters(), prior, said, draw.choice([0.0, 1.0, 1.5, 2.0], (LETTERS, LABELS)))


def test_many_decisions_are_learned_from_as_few_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    by_letter = learned().log_odds(letters())
    monkeypatch.setattr(adapt_fit, "MANY", LETTERS - 1)
    assert learned().log_odds(letters()) == pytest.approx(by_letter, abs=1e-3)


@pytest.mark.parametrize("many", [0, LETTERS])
def test_a_word_that_no_decided_letter_holds_weighs_nothing(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapt_fit, "MANY", many)
    assert not learned().weights[:, -1].any()
