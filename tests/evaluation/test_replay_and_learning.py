import re

import numpy as np
import pytest
import scipy.sparse as sp

from xiansuo.classifiers.adapt import Seen
from xiansuo.evaluation.learning import Lessons, learned, learning_curve, worth
from xiansuo.evaluation.replay_page import render
from xiansuo.evaluation.simulate import (
    Search,
    Simulation,
    adaptive_order,
    elas_order,
    one_of_each,
    perfect_order,
    random_order,
    replay,
    screen,
    until_both,
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
    assert (found.mean.wss95_share, found.mean.tnr95, found.mean.loss) == pytest.approx((1.0, 1.0, 0.0))
    assert (found.mean.recall_10, found.mean.recall_20) == pytest.approx((6 / 18, 12 / 18))
    assert found.mean.atd == pytest.approx(9.5 / 60)
    assert found.points[17:] == (1.0,) * 43


def test_random_orders_save_nothing_on_average() -> None:
    found = replay("random", TRUTH, [random_order(60, seed=seed) for seed in range(200)])
    assert abs(found.mean.wss95_share) < 0.05
    assert found.spread.wss95_share > 0
    assert found.mean.recall_20 == pytest.approx(0.2, abs=0.03)
    assert (found.mean.loss, found.mean.atd) == pytest.approx((0.5, 0.5), abs=0.03)


def test_the_worst_order_loses_everything_and_saves_less_than_nothing() -> None:
    found = replay("worst", TRUTH, [np.argsort(TRUTH, kind="stable")])
    assert (found.mean.loss, found.mean.tnr95) == pytest.approx((1.0, 0.0))
    assert found.mean.wss95 < 0


def test_the_loss_is_the_one_of_asreview_insights() -> None:
    order = random_order(60, seed=3)
    read, wanted = TRUTH[order], 18
    area = wanted * (60 - (wanted - 1) / 2) - np.cumsum(read).sum()
    assert replay("random", TRUTH, [order]).mean.loss == pytest.approx(area / (wanted * (60 - wanted)))


def test_every_letter_is_read_once_the_best_first() -> None:
    order = screen(lambda _read: np.array([0.1, 0.9, 0.5, 0.9]), 4, batch=3, first=[2])
    assert order.tolist() == [2, 1, 3, 0]


def test_learning_between_batches_puts_a_wrong_model_right(seen: Seen) -> None:
    cold = replay("cold", TRUTH, [np.argsort(-seen.odds[:, 0], kind="stable")])
    adaptive = replay("adaptive", TRUTH, [adaptive_order(seen, TRUTH[:, None], batch=5)])
    assert cold.mean.wss95_share < 0
    assert adaptive.mean.wss95_share > cold.mean.wss95_share + 0.5


def test_who_looks_for_a_category_reads_by_what_was_learned_of_it(seen: Seen) -> None:
    said = np.column_stack([np.ones(60, dtype=bool), TRUTH])
    twice = Seen(np.column_stack([np.full(60, 5.0), seen.odds[:, 0]]), seen.words)
    found = replay("adaptive", TRUTH, [adaptive_order(twice, said, batch=5, label=1)])
    assert found.mean.wss95_share > 0.5


def test_asreviews_recipe_finds_what_one_word_tells_and_starts_by_chance() -> None:
    texts = [f"{'好处费' if wanted else '路灯'} 问题 反映 第{number}" for number, wanted in enumerate(TRUTH)]
    orders = [elas_order(texts, TRUTH, first=one_of_each(TRUTH, seed=seed)) for seed in range(3)]
    assert all(sorted(order.tolist()) == list(range(60)) for order in orders)
    assert {bool(TRUTH[order[0]]) for order in orders} == {True}
    assert replay("elas-u4", TRUTH, orders).mean.wss95_share > 0.9
    assert orders[0].tolist() == elas_order(texts, TRUTH, first=one_of_each(TRUTH, seed=0)).tolist()


def test_who_starts_from_nothing_reads_by_chance_until_both_kinds_were_met() -> None:
    starts = [until_both(TRUTH, seed=seed) for seed in range(20)]
    assert all(set(TRUTH[start]) == {True, False} for start in starts)
    assert all(len(set(TRUTH[start[:-1]])) == 1 for start in starts)
    assert len({len(start) for start in starts}) > 1


@pytest.mark.parametrize("english", [False, True])
def test_the_page_tells_a_lead_after_how_many_letters_how_many_are_found(*, english: bool) -> None:
    replays = tuple(replay(name, TRUTH, [perfect_order(TRUTH)]) for name in ("adaptive", "random", "perfect"))
    searches = (Search("", 60, 18, replays), Search("vote_buying", 60, 2, ()))
    page = render(Simulation("<某批>", 10, shuffle=False, searches=searches), english=english)
    assert ("after 18 letters (30%)" if english else "读到第 18 件（30%）时已见到其中的 95%（18 件）") in page
    assert ("Only 2 letters" if english else "只有 2 件，太少") in page
    assert page.count("<svg") == 1
    assert "&lt;某批&gt;" in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|\{\{", page)


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
