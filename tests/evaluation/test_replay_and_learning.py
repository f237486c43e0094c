import numpy as np
import pytest
import scipy.sparse as sp

from xiansuo.classifiers.adapt import Seen
from xiansuo.evaluation.learning import Lessons, learned, learning_curve, worth
from xiansuo.evaluation.simulate import (
    adaptive_order,
    elas_order,
    perfect_order,
    random_order,
    replay,
    screen,
)

TRUTH = np.array([True, False, False, True, False, False, False, False, True, False] * 6)
KNOWN = np.ones((60, 1), dtype=bool)


@pytest.fixture
def seen() -> Seen:
    """Letters of which one word tells everything, and a model that has it the wrong way round."""
    words = sp.csr_array(np.column_stack([TRUTH, ~TRUTH]).astype(float))
    return Seen(np.where(TRUTH, -0.5, 0.5)[:, None] + np.linspace(0, 0.1, 60)[:, None], words)


def test_a_perfect_order_saves_all_that_can_be_saved() -> None:
    found = replay("perfect", TRUTH, [perfect_order(TRUTH)])
    assert found.saved == pytest.approx(1.0)
    assert found.early == (pytest.approx(6 / 18), pytest.approx(12 / 18))
    assert found.points[17:] == (1.0,) * 43


def test_random_orders_save_nothing_on_average() -> None:
    found = replay("random", TRUTH, [random_order(60, seed=seed) for seed in range(200)])
    assert abs(found.saved) < 0.05
    assert found.spread > 0
    assert found.early[1] == pytest.approx(0.2, abs=0.03)


def test_every_letter_is_read_once_the_best_first() -> None:
    order = screen(lambda _read: np.array([0.1, 0.9, 0.5, 0.9]), 4, batch=3, first=[2])
    assert order.tolist() == [2, 1, 3, 0]


def test_learning_between_batches_puts_a_wrong_model_right(seen: Seen) -> None:
    cold = replay("cold", TRUTH, [np.argsort(-seen.odds[:, 0], kind="stable")])
    adaptive = replay("adaptive", TRUTH, [adaptive_order(seen, TRUTH, batch=5)])
    assert cold.saved < 0
    assert adaptive.saved > cold.saved + 0.5


def test_asreviews_recipe_finds_what_one_word_tells_and_starts_by_chance() -> None:
    texts = [f"{'好处费' if wanted else '路灯'} 问题 反映 第{number}" for number, wanted in enumerate(TRUTH)]
    orders = [elas_order(texts, TRUTH, seed=seed) for seed in range(3)]
    assert all(sorted(order.tolist()) == list(range(60)) for order in orders)
    assert {bool(TRUTH[order[0]]) for order in orders} == {True}
    assert replay("elas-u4", TRUTH, orders).saved > 0.9
    assert orders[0].tolist() == elas_order(texts, TRUTH, seed=0).tolist()


def test_no_decisions_leave_the_model_as_it_is(seen: Seen) -> None:
    assert learned(seen, TRUTH[:, None], np.zeros(0, dtype=np.int64)).tolist() == seen.odds.tolist()


def test_what_nobody_decided_teaches_nothing(seen: Seen) -> None:
    after = learned(seen, TRUTH[:, None], np.arange(60), np.zeros((60, 1), dtype=bool))
    assert after == pytest.approx(seen.odds)


def test_the_curve_rises_with_decisions_and_keeps_the_cold_model_beside_it(seen: Seen) -> None:
    said = np.repeat(TRUTH[:, None], 2, axis=1)
    twice = Seen(np.repeat(seen.odds, 2, axis=1), seen.words)
    known = np.repeat(KNOWN, 2, axis=1)
    lessons = Lessons(twice, twice.odds, said, known, tuple(map(str, range(60))))
    none, some = learning_curve(lessons, counts=(0, 30), draws=3)
    assert none.after.auroc < 0.5 < some.after.auroc
    assert some.cold.auroc < 0.5
    assert some.spread.auroc >= 0


def test_a_matter_is_never_both_decided_and_tested(seen: Seen) -> None:
    said, odds = np.repeat(TRUTH[:, None], 2, axis=1), np.repeat(seen.odds, 2, axis=1)
    lessons = Lessons(Seen(odds, seen.words), odds, said, np.repeat(KNOWN, 2, axis=1), ("one",) * 60)
    (found,) = learning_curve(lessons, counts=(30,), draws=2)
    assert np.isnan(found.after.auroc)


def test_disputed_cells_count_neither_as_right_nor_as_wrong() -> None:
    odds = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, -3.0], [2.0, 1.5]])
    said = np.array([[True, True], [True, False], [False, False], [True, False]])
    known = np.array([[True, True], [True, True], [True, True], [True, False]])
    assert worth(odds, said, known).mean_ap == 1.0
    assert worth(odds, said, np.ones_like(known)).mean_ap < 1.0
