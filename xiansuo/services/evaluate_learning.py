"""Figures on what a gold file's own decisions teach: how good the answers become, and how much reading the learned order saves."""

from collections.abc import Iterator

from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared
from xiansuo.evaluation.learning import learning_curve
from xiansuo.evaluation.report import Figure
from xiansuo.evaluation.simulate import Replay, replay
from xiansuo.services.simulate import Method, Pool, orders_of, pool_of
from xiansuo.text.segment import Segmenter

COUNTS = (50, 100, 200)
DRAWS = 20
_BATCH, _SEEDS = 10, 3
_MOST_DECIDED = 0.7
"""The largest share of the letters that is decided; figures on the few left would say more about chance than about learning."""


def decisions_of(model: Model, data: Prepared, segmenter: Segmenter) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Return the program's figures and those of ASReview's recipe; nothing for a file too small to decide 50 letters of it."""
    if len(data.letters) * _MOST_DECIDED < COUNTS[0]:
        return (), ()
    pool = pool_of(model, data, segmenter)
    mine, theirs = (_replayed(pool, method) for method in (Method.ADAPTIVE, Method.ELAS))
    return (*_after_decisions(pool), _saved(mine)), (_saved(theirs),)


def _after_decisions(pool: Pool) -> Iterator[Figure]:
    """Yield the AUROC of scope on the letters left, ranges being two standard deviations over random draws."""
    size = len(pool.truth)
    counts = [count for count in COUNTS if count <= _MOST_DECIDED * size]
    for one in learning_curve(pool.lessons, counts=counts, draws=DRAWS):
        value, spread = one.after.auroc, 2 * one.spread.auroc
        name = f"scope_auroc_after_{one.decisions}"
        yield Figure(name, value, value - spread, min(1.0, value + spread), size - one.decisions)


def _replayed(pool: Pool, method: Method) -> Replay:
    return replay(method, pool.truth, orders_of(pool, method, batch=_BATCH, seeds=_SEEDS))


def _saved(one: Replay) -> Figure:
    value, spread = one.mean.wss95_share, one.spread.wss95_share
    low, high = (value - 2 * spread, value + 2 * spread) if one.runs > 1 else (float("nan"), float("nan"))
    return Figure("screening_saved", value, low, high, one.letters)
