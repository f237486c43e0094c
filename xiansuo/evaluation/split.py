"""Owns how letters are divided for measuring: never a matter across two parts, and whole authors left out."""

import hashlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.corpus import GoldLetter

Ints = NDArray[np.int64]


def by_matter(letters: Sequence[GoldLetter], *, folds: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield (train, test) rows; a matter's fold depends on its name only, so that new letters move no old one."""
    yield from _by(letters, lambda letter: str(_bucket(letter.matter, folds)))


def by_batch(letters: Sequence[GoldLetter]) -> Iterator[tuple[Ints, Ints]]:
    """Yield (train, test) rows that leave one author's letters out after the other."""
    yield from _by(letters, lambda letter: letter.batch)


def frozen(letters: Sequence[GoldLetter], *, parts: int = 5) -> Ints:
    """Return the rows of the frozen test part, about one in `parts`; no tuning may look at them."""
    return np.array(
        [row for row, letter in enumerate(letters) if _bucket("frozen:" + letter.matter, parts) == 0], dtype=np.int64
    )


def growing(letters: Sequence[GoldLetter], share: float) -> Ints:
    """Return the rows of about a share of the matters; a larger share holds every smaller one."""
    count = 1000
    kept = [row for row, letter in enumerate(letters) if _bucket("growing:" + letter.matter, count) < share * count]
    return np.array(kept, dtype=np.int64)


def by_time(matters: Sequence[str], *, share: float, fewest: int) -> tuple[Ints, Ints]:
    """Return (older, recent) rows of letters that are in the order of time, told by their matters; no matter is in both.

    The newest `share` of the matters is recent, and at least `fewest` where no fewer are older. A matter is as new as its newest letter.
    """
    newest = {matter: row for row, matter in enumerate(matters)}
    count = max(round(share * len(newest)), min(fewest, len(newest) // 2))
    recent = sorted(newest, key=lambda matter: -newest[matter])[:count]
    rows = np.isin(np.asarray(matters, dtype=str), recent)
    return np.flatnonzero(~rows), np.flatnonzero(rows)


def _by(letters: Sequence[GoldLetter], key: Callable[[GoldLetter], str]) -> Iterator[tuple[Ints, Ints]]:
    groups = np.array([key(letter) for letter in letters])
    for name in np.unique(groups):
        yield np.flatnonzero(groups != name), np.flatnonzero(groups == name)


def _bucket(name: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % count
