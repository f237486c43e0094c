"""Made-up answers of two models, for tests of how they are compared and for looking at the page."""

import numpy as np

from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation.challenge import (
    FROZEN,
    RECENT,
    BehaviourChange,
    Comparison,
    Measured,
    NameCheck,
    hold_against,
    read_tolerances,
)
from xiansuo.evaluation.challenge_figures import Pairing
from xiansuo.evaluation.outputs import Outputs
from xiansuo.settings import Settings


def answers(right: np.ndarray, truth: np.ndarray) -> Outputs:
    """Answers that are right or wrong as asked, the first category standing for all."""
    raised = np.zeros((len(truth), len(CATEGORIES)), dtype=bool)
    raised[:, 0] = truth == right
    scores = raised * 0.8 + 0.1
    return Outputs(scores[:, 0], scores, raised, scores[:, 0])


def pairing(missed: int, *, data: str = RECENT, size: int = 100) -> Pairing:
    """Letters of which half are in scope; the champion is right throughout, the challenger misses some."""
    truth = np.arange(size) % 2 == 0
    labels = np.zeros((size, len(CATEGORIES)), dtype=bool)
    labels[:, 0] = truth
    right = np.ones(size, dtype=bool)
    wrong = right.copy()
    wrong[np.flatnonzero(truth)[:missed]] = False
    names = tuple(map(str, range(size)))
    first = np.arange(size) < size // 2
    cut = (("channel", "来信", first), ("channel", "来访", ~first))
    return Pairing(data, names, truth, labels, answers(right, truth), answers(wrong, truth), cut)


def measured_comparison(missed: int) -> Comparison:
    """A whole comparison in which the challenger misses some letters."""
    bare = Measured(
        "scope_categories-000000000000",
        "site",
        decisions=100,
        in_scope=50,
        behaviours=(
            BehaviourChange("interview denial", 10, 9, 10, 0, 1, fell=False),
            BehaviourChange(
                "negation", 12, 9, max(2, 9 - missed) if missed > 2 else 9, min(7, missed), 0, fell=missed > 2
            ),
        ),
        gates=("编写信件（平实的一半），固定留出的部分的“宏 F1”为 0.702，低于门槛 0.810；现用模型没有越线。",)
        if missed > 2
        else (),
        names=NameCheck(100, 2, 1 + missed, 0.4 if missed < 5 else 0.004),
    )
    return hold_against(
        bare,
        [pairing(missed), pairing(missed, data=FROZEN, size=200)],
        read_tolerances(Settings().home / "evaluation/challenge.toml"),
    )
