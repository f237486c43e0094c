"""Owns how well letters were grouped by matter: B-cubed, and pairs."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Pairs(NamedTuple):
    """Per letter, the pairs it makes with later letters: on the same matter, of those joined, joined in all."""

    same: Floats
    found: Floats
    joined: Floats


def b_cubed(gold: Sequence[str], given: Sequence[str]) -> tuple[Floats, Floats]:
    """Return per letter which share of its group is about its matter, and which share of its matter is in its group (Bagga & Baldwin 1998)."""
    both, groups, matters = Counter(zip(gold, given, strict=True)), Counter(given), Counter(gold)
    rows = list(zip(gold, given, strict=True))
    precision = np.array([both[row] / groups[row[1]] for row in rows])
    return precision, np.array([both[row] / matters[row[0]] for row in rows])


def pairs(gold: Sequence[str], given: Sequence[str]) -> Pairs:
    """Count the pairs of letters; every pair is counted at its earlier letter."""
    rows = list(zip(gold, given, strict=True))
    return Pairs(_later(gold), _later(rows), _later(given))


def _later(keys: Sequence[object]) -> Floats:
    left, found = Counter(keys), []
    for key in keys:
        left[key] -= 1
        found.append(float(left[key]))
    return np.array(found)
