import numpy as np
import pytest
import scipy.sparse as sp

from xiansuo.classifiers.adapt import Seen
from xiansuo.evaluation.doubts import FEWEST, FEWEST_OF_A_KIND, NEAR, Doubt, doubts, out_of_sample

COUNT, KINDS = 100, 40
WRONG = [3, 10, 57, 84]
HALF = np.arange(COUNT) % 2 == 0


def _seen(odds: float = 0.0) -> Seen:
    """Letters of two kinds that share hardly a word; the model before any decision knows nothing of either, or is sure (`odds`)."""
    random = np.random.default_rng(7)
    own = np.where(HALF[:, None], np.arange(KINDS) < KINDS // 2, np.arange(KINDS) >= KINDS // 2)
    words = (random.random((COUNT, KINDS)) < np.where(own, 0.4, 0.02)).astype(float) + 1e-6
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    return Seen(np.where(HALF, odds, -odds)[:, None].repeat(2, axis=1), sp.csr_array(words))


def _found(wrong: list[int], *, label: int = 0) -> list[Doubt]:
    said = np.column_stack([HALF, HALF])
    said[wrong, label] ^= True
    return doubts(_seen(), said, np.ones(COUNT), np.arange(COUNT) % 5)


def test_decisions_against_all_that_is_written_alike_are_offered_first() -> None:
    found = _found(WRONG)
    assert {one.row for one in found[:4]} == set(WRONG)
    assert all(one.label == 0 and one.doubt > 0.5 for one in found[:4])


def test_what_speaks_against_a_decision_is_the_nearest_others() -> None:
    one = next(one for one in _found(WRONG) if one.row == 10)
    assert len(one.near) == NEAR
    assert 10 not in one.near
    assert sum(one.unlike) > NEAR * 0.8


def test_a_wrong_category_is_told_as_that_category() -> None:
    found = _found(WRONG, label=1)
    assert next(one.label for one in found if one.row == 10) == 1


def test_a_learner_never_sees_the_decision_it_is_asked_about() -> None:
    said, folds = HALF[:, None].copy(), np.arange(COUNT) % 5
    before = out_of_sample(_seen(), said, np.ones(COUNT), folds)
    said[10] ^= True
    after = out_of_sample(_seen(), said, np.ones(COUNT), folds)
    assert np.array_equal(before[folds == 0], after[folds == 0])
    assert not np.array_equal(before[folds == 1], after[folds == 1])


@pytest.mark.parametrize("kept", [FEWEST - 1, COUNT])
def test_too_few_decisions_or_too_few_of_a_kind_are_not_doubted(kept: int) -> None:
    said = (np.arange(COUNT) < FEWEST_OF_A_KIND - 1)[:, None]
    seen = _seen()
    rows = np.arange(kept)
    part = Seen(seen.odds[rows, :1], sp.csr_array(seen.words[rows]))
    assert doubts(part, said[rows], np.ones(kept), rows % 5) == []
