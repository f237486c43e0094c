"""Owns the n-grams a model knows and turns many texts into count and TF-IDF matrices at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from xiansuo.classifiers.lookup import Lookup
from xiansuo.classifiers.ngrams import Ints, key_of, keys, keys_by_length, symbols

Matrix: TypeAlias = Any  # scipy.sparse.csr_array, which carries no type information


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Places of known n-grams in a text: column `columns[i]` covers characters `starts[i]` ≤ j < `ends[i]`."""

    columns: Ints
    starts: Ints
    ends: Ints


@dataclass(frozen=True)
class Vocabulary:
    """Sorted n-gram keys and their inverse letter frequencies."""

    keys: Ints
    idf: NDArray[np.float64]

    def counts(self, texts: Sequence[str]) -> Matrix:
        """Count the known n-grams of every text; (texts, n-grams)."""
        grams, rows = _grams(texts)
        columns = self._lookup.find(grams)
        known = columns >= 0
        places = rows[known].astype(np.int32), columns[known].astype(np.int32)
        return sp.csr_array((np.ones(len(places[0])), places), shape=(len(texts), len(self.keys)))

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup.of(self.keys)

    def weigh(self, counts: Matrix) -> Matrix:
        """Return sublinear TF-IDF rows of Euclidean length 1 (Salton & Buckley 1988) for count rows."""
        weighed = counts.copy()
        weighed.data = (1.0 + np.log(weighed.data)) * self.idf[weighed.indices]
        lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
        weighed.data /= np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(weighed.indptr))
        return weighed

    def occurrences(self, text: str) -> Occurrences:
        """Return where the known n-grams stand in one text."""
        seen = symbols(text)
        grams, firsts, sizes = keys(seen.codes)
        columns = self._lookup.find(grams)
        known = columns >= 0
        firsts, lasts = firsts[known], (firsts + sizes - 1)[known]
        return Occurrences(columns[known], seen.starts[firsts], seen.ends[lasts])

    def holds(self, strings: Iterable[str]) -> list[str]:
        """Return those of `strings` that are n-grams of this vocabulary."""
        known = set(self.keys.tolist())
        return [string for string in strings if key_of(string) in known]


def _grams(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Return all n-grams of all texts and the row of each; texts are joined by line ends, which are no symbols, and no n-gram may cross one."""
    seen = symbols("\n".join(texts))
    if not len(seen.codes):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    row_of = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])[seen.starts]
    grams, rows = [], []
    for length, found in enumerate(keys_by_length(seen.codes), 1):
        within = row_of[: len(found)] == row_of[length - 1 :]
        grams.append(found[within])
        rows.append(row_of[: len(found)][within])
    return np.concatenate(grams), np.concatenate(rows)


def build(texts: Sequence[str], matters: Sequence[str], *, fewest_matters: int) -> Vocabulary:
    """Keep the n-grams that occur in at least `fewest_matters` different matters, so that no name of one matter stays."""
    grams, rows = _grams(texts)
    _, matter_of = np.unique(np.asarray(matters), return_inverse=True)
    found, column = np.unique(grams, return_inverse=True)
    in_matters = _spread(column, matter_of[rows], len(found))
    in_letters = _spread(column, rows, len(found))
    kept = in_matters >= fewest_matters
    idf = np.log((1 + len(texts)) / (1 + in_letters[kept])) + 1
    return Vocabulary(found[kept], idf)


def _spread(column: Ints, group: Ints, size: int) -> Ints:
    """Count in how many different groups every column occurs."""
    if not len(column):
        return np.zeros(size, dtype=np.int64)
    pairs = np.unique(column * (int(group.max()) + 1) + group)
    return np.bincount(pairs // (int(group.max()) + 1), minlength=size)
