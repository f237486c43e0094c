"""Measures the model in use from time to time, on the frozen letters and on recent decisions, so that a change is seen before people feel it."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation.challenge_figures import Bools
from xiansuo.services.compare import analysed, frozen_letters, on_base, outputs_of, recent_of
from xiansuo.services.held_out import Bench
from xiansuo.services.lessons import lessons_of
from xiansuo.services.model import Trained, model_in_use
from xiansuo.services.office import Office
from xiansuo.services.open_base import load_open_base

Tell = Callable[[str], None]


def measure_in_use(office: Office, *, tell: Tell = lambda _sentence: None) -> Mapping[str, int]:
    """Return counts, never shares, so that months can be added up: letters, those with a category, missed, raised for nothing, categories right.

    Frozen letters are answered by the site's layer on a model that did not learn them; decisions the model learned from are left out.
    """
    bench, used = Bench.load(office.settings), model_in_use(office, tell=tell)
    return dict([*_frozen(office, bench, used, tell), *_recent(office, bench, used)])


def _frozen(office: Office, bench: Bench, used: Trained, tell: Tell) -> Iterator[tuple[str, int]]:
    data = frozen_letters(office, bench)
    model = on_base(used.model, load_open_base(office.settings, tell=tell))
    raised = bench.answer(model, data).outputs().raised
    gold = np.array([[category in one.labels for category in CATEGORIES] for one in data.letters], dtype=bool)
    yield from _counted("frozen", raised, gold)


def _recent(office: Office, bench: Bench, used: Trained) -> Iterator[tuple[str, int]]:
    known = recent_of(office, used, lessons_of(office).recent)
    if known.gold:
        raised = outputs_of(analysed(bench, used, known.documents)).raised
        gold = np.array([[category in one.categories for category in CATEGORIES] for one in known.gold], dtype=bool)
        yield from _counted("recent", raised, gold)


def _counted(data: str, raised: Bools, gold: Bools) -> Iterator[tuple[str, int]]:
    told, meant = raised.any(axis=1), gold.any(axis=1)
    yield f"{data}_letters", len(gold)
    yield f"{data}_with_category", int(meant.sum())
    yield f"{data}_missed", int((meant & ~told).sum())
    yield f"{data}_false", int((told & ~meant).sum())
    yield f"{data}_right", int((meant & (raised == gold).all(axis=1)).sum())
