import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from xiansuo.evaluation import metrics

TRUTH = np.array([True, False, True, False])


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([0.9, 0.1, 0.8, 0.2], 1.0),
        ([0.1, 0.9, 0.2, 0.8], 0.0),
        ([0.5, 0.5, 0.5, 0.5], 0.5),
        ([0.9, 0.8, 0.3, 0.1], 0.75),
    ],
)
def test_auroc_counts_pairs_in_the_right_order(scores: list[float], expected: float) -> None:
    assert metrics.auroc(TRUTH, np.array(scores)) == expected


def test_measures_without_positive_letters_have_no_value() -> None:
    none = np.zeros(3, dtype=bool)
    scores = np.array([0.1, 0.2, 0.3])
    values = [
        metrics.auroc(none, scores),
        metrics.average_precision(none, scores),
        metrics.work_saved_share(none, scores),
        metrics.share(none, none),
    ]
    assert all(math.isnan(value) for value in values)


@pytest.mark.parametrize(
    ("raised", "expected"), [([1, 0, 1, 0], 1.0), ([0, 0, 0, 0], 0.0), ([1, 1, 0, 0], 0.5), ([1, 1, 1, 1], 2 / 3)]
)
def test_f1_balances_misses_and_false_alarms(raised: list[int], expected: float) -> None:
    assert metrics.f1(TRUTH, np.array(raised, dtype=bool)) == pytest.approx(expected)


def test_calibration_error_is_the_mean_distance_of_stated_and_observed() -> None:
    truth = np.array([True, True, False, False])
    assert metrics.expected_calibration_error(truth, np.array([1.0, 1.0, 0.0, 0.0])) == 0
    assert metrics.expected_calibration_error(truth, np.array([0.75, 0.75, 0.75, 0.75])) == pytest.approx(0.25)


def test_the_calibration_table_holds_every_letter_once() -> None:
    rows = metrics.calibration_table(TRUTH, np.array([0.05, 0.95, 1.0, 0.0]))
    assert [(edge, count) for edge, count, _, _ in rows] == [(0.0, 2), (0.9, 2)]


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_the_slope_finds_how_far_log_odds_are_overstated(factor: float) -> None:
    random = np.random.default_rng(1)
    odds = random.normal(size=20_000) * 1.5
    truth = random.random(20_000) < 1 / (1 + np.exp(-odds))
    stated = 1 / (1 + np.exp(-odds * factor))
    assert metrics.calibration_slope(truth, stated) == pytest.approx(1 / factor, rel=0.05)


def test_a_perfect_order_saves_all_the_work_that_can_be_saved() -> None:
    truth = np.array([True] * 20 + [False] * 80)
    assert metrics.work_saved_share(truth, truth.astype(float)) == pytest.approx(1.0)
    assert metrics.read_until(truth, truth.astype(float)) == 19
    assert metrics.work_saved(truth, -truth.astype(float)) < 0


def test_ndcg_is_one_for_the_best_order_and_lower_for_another() -> None:
    priority = np.array([5, 3, 1, 0])
    assert metrics.ndcg(priority, np.array([4.0, 3, 2, 1])) == pytest.approx(1.0)
    assert metrics.ndcg(priority, np.array([1.0, 2, 3, 4])) < 0.7


def test_an_interval_draws_whole_matters() -> None:
    values = np.array([0.0, 1.0, 0.0, 1.0])
    sizes: set[int] = set()

    def mean(rows: np.ndarray) -> float:
        sizes.add(len(rows))
        return float(values[rows].mean())

    low, high = metrics.interval(mean, metrics.resamples(["a", "b", "a", "b"], seed=0, rounds=200))
    assert (low, high) == (0.0, 1.0)
    assert sizes == {4}


def test_an_interval_is_the_same_for_the_same_seed() -> None:
    values = np.arange(30.0)
    draws = [metrics.resamples([str(number) for number in range(30)], seed=3, rounds=50) for _ in range(2)]
    first, second = (metrics.interval(lambda rows: float(values[rows].mean()), drawn) for drawn in draws)
    assert first == second


@pytest.mark.parametrize("seed", range(4))
def test_the_areas_are_those_of_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    truth, scores = random.random(80) < 0.4, random.integers(0, 12, 80) / 11
    assert metrics.auroc(truth, scores) == pytest.approx(roc_auc_score(truth, scores))
    assert metrics.average_precision(truth, scores) == pytest.approx(average_precision_score(truth, scores))


def test_letters_that_need_not_be_read_are_counted_among_the_negative_ones() -> None:
    truth = np.array([True, False, True, False, False, False])
    scores = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    assert metrics.true_negative_rate(truth, scores) == pytest.approx(3 / 4)
    assert metrics.true_negative_rate(truth, truth.astype(float)) == 1.0
    assert metrics.recall_after(truth, scores, share=1 / 3) == 0.5


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"), [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (5, 10, 0.237, 0.763)]
)
def test_wilson_leaves_room_where_nothing_went_wrong(hits: int, tries: int, low: float, high: float) -> None:
    assert metrics.wilson(hits, tries) == pytest.approx((low, high), abs=1e-3)


def test_probabilities_at_another_share_keep_their_order_and_have_that_mean() -> None:
    stated = np.array([0.1, 0.2, 0.4, 0.9])
    moved = metrics.at_share(stated, 0.6)
    assert moved.mean() == pytest.approx(0.6)
    assert (np.diff(moved) > 0).all()
