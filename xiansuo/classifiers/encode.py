"""Owns the numeric form of a batch of documents: n-gram counts per unit, rule features per unit and letter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from xiansuo.classifiers.features import CONTEXTS, NO_HITS, RULE_NAMES, Floats, Scopes, context_features, rule_features
from xiansuo.classifiers.ngrams import Ints
from xiansuo.classifiers.units import Unit, units
from xiansuo.classifiers.vocabulary import Matrix, Vocabulary
from xiansuo.domain.suggestion import Reading
from xiansuo.domain.text import Document


@dataclass(frozen=True)
class Cut:
    """Documents cut into units; `owner[i]` is the document of unit `i`, in document order; `spoken` marks interview records."""

    units: tuple[Unit, ...]
    owner: Ints
    spoken: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """How many documents."""
        return len(self.spoken)

    @cached_property
    def asked(self) -> NDArray[np.bool_]:
        """Which units are an interviewer's questions."""
        return np.array([unit.asked for unit in self.units], dtype=bool)


@dataclass(frozen=True, slots=True)
class Batch:
    """Matrices of a batch: TF-IDF per unit and per letter, rule features per unit and letter (rows, labels, features).

    `unit_contexts` is (units, `CONTEXTS`): how much of a unit stands under each context.
    """

    cut: Cut
    unit_words: Matrix
    letter_words: Matrix
    unit_rules: Floats
    letter_rules: Floats
    unit_contexts: Floats

    def take(self, letters: Ints) -> Self:
        """Return the batch of these letters only, in the given order of ascending numbers."""
        kept = np.isin(self.cut.owner, letters)
        owner = np.searchsorted(letters, self.cut.owner[kept])
        units = tuple(unit for unit, keep in zip(self.cut.units, kept, strict=True) if keep)
        cut = Cut(units, owner, self.cut.spoken[letters])
        return type(self)(
            cut,
            self.unit_words[kept],
            self.letter_words[letters],
            self.unit_rules[kept],
            self.letter_rules[letters],
            self.unit_contexts[kept],
        )

    def showing(self, *, letter_rules: Sequence[str], unit_rules: Sequence[str], contexts: bool) -> Self:
        """Return the batch with all other rule features, and contexts unless asked for, at zero, so that nothing is learned from them."""
        return replace(
            self,
            letter_rules=self.letter_rules * np.isin(RULE_NAMES, letter_rules),
            unit_rules=self.unit_rules * np.isin(RULE_NAMES, unit_rules),
            unit_contexts=self.unit_contexts * float(contexts),
        )


def cut(documents: Sequence[Document], *, longest: int) -> Cut:
    """Cut every document into units."""
    pieces = [units(document, longest=longest) for document in documents]
    owner = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    spoken = np.array([document.interview is not None for document in documents], dtype=bool)
    return Cut(tuple(unit for piece in pieces for unit in piece), owner, spoken)


def encode(pieces: Cut, readings: Sequence[Reading], vocabulary: Vocabulary) -> Batch:
    """Return the matrices of a batch; an interviewer's questions tell what a letter is about but are no units that accuse."""
    counts = vocabulary.counts([unit.text for unit in pieces.units])
    return Batch(
        cut=pieces,
        unit_words=vocabulary.weigh(counts),
        letter_words=vocabulary.weigh(sp.csr_array(membership(pieces) @ counts)),
        unit_rules=_unit_rules(pieces, readings),
        letter_rules=np.array([rule_features(reading.hits) for reading in readings]),
        unit_contexts=_unit_contexts(pieces, readings),
    )


def rows_of(cut: Cut) -> list[Ints]:
    """Return for every letter the numbers of the units that may accuse: all but an interviewer's questions."""
    rows = np.flatnonzero(~cut.asked)
    bounds = np.searchsorted(cut.owner[rows], np.arange(cut.size + 1))
    return [rows[start:end] for start, end in pairwise(bounds.tolist())]


def membership(pieces: Cut) -> Matrix:
    """Return the (letters, units) matrix of ones where a unit belongs to a letter."""
    columns = np.arange(len(pieces.owner), dtype=np.int32)
    places = (pieces.owner.astype(np.int32), columns)
    return sp.csr_array((np.ones(len(columns)), places), shape=(pieces.size, len(columns)))


def _unit_rules(pieces: Cut, readings: Sequence[Reading]) -> Floats:
    table = np.repeat(NO_HITS[None], len(pieces.units), axis=0)
    bounds = np.searchsorted(pieces.owner, np.arange(pieces.size + 1)).tolist()
    for reading, (start, end) in zip(readings, pairwise(bounds), strict=True):
        for number in range(start, end) if reading.hits else ():
            span = pieces.units[number].span
            hits = [hit for hit in reading.hits if hit.span.overlaps(span)] if span else []
            if hits:
                table[number] = rule_features(hits)
    return table


def _unit_contexts(pieces: Cut, readings: Sequence[Reading]) -> Floats:
    placed = [number for number, unit in enumerate(pieces.units) if unit.span is not None]
    spans = [span for unit in pieces.units if (span := unit.span) is not None]
    table = np.zeros((len(pieces.units), len(CONTEXTS)))
    table[placed] = context_features(Scopes.of(readings), pieces.owner[placed], spans)
    return table
