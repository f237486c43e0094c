"""Owns the numeric form of a batch of documents: n-gram counts per unit, rule features per unit and letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy.sparse as sp

from xiansuo.classifiers.features import NO_HITS, Floats, rule_features
from xiansuo.classifiers.ngrams import Ints
from xiansuo.classifiers.units import Unit, units
from xiansuo.classifiers.vocabulary import Matrix, Vocabulary
from xiansuo.domain.suggestion import Reading
from xiansuo.domain.text import Document


@dataclass(frozen=True, slots=True)
class Cut:
    """Documents cut into units; `owner[i]` is the document of unit `i`, in document order."""

    units: tuple[Unit, ...]
    owner: Ints
    size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Matrices of a batch: TF-IDF per unit and per letter, rule features per unit and letter (rows, labels, features)."""

    cut: Cut
    unit_words: Matrix
    letter_words: Matrix
    unit_rules: Floats
    letter_rules: Floats

    def take(self, letters: Ints) -> Self:
        """Return the batch of these letters only, in the given order of ascending numbers."""
        kept = np.isin(self.cut.owner, letters)
        owner = np.searchsorted(letters, self.cut.owner[kept])
        cut = Cut(tuple(unit for unit, keep in zip(self.cut.units, kept, strict=True) if keep), owner, len(letters))
        return type(self)(
            cut,
            self.unit_words[kept],
            self.letter_words[letters],
            self.unit_rules[kept],
            self.letter_rules[letters],
        )


def cut(documents: Sequence[Document], *, longest: int) -> Cut:
    """Cut every document into units."""
    pieces = [units(document, longest=longest) for document in documents]
    owner = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    return Cut(tuple(unit for piece in pieces for unit in piece), owner, len(documents))


def encode(pieces: Cut, readings: Sequence[Reading], vocabulary: Vocabulary) -> Batch:
    """Return the matrices of a batch; an interviewer's questions add no n-grams."""
    counts = vocabulary.counts(["" if unit.asked else unit.text for unit in pieces.units])
    return Batch(
        cut=pieces,
        unit_words=vocabulary.weigh(counts),
        letter_words=vocabulary.weigh(sp.csr_array(membership(pieces) @ counts)),
        unit_rules=_unit_rules(pieces, readings),
        letter_rules=np.array([rule_features(reading.hits) for reading in readings]),
    )


def membership(pieces: Cut) -> Matrix:
    """Return the (letters, units) matrix of ones where a unit belongs to a letter."""
    columns = np.arange(len(pieces.owner), dtype=np.int32)
    places = (pieces.owner.astype(np.int32), columns)
    return sp.csr_array((np.ones(len(columns)), places), shape=(pieces.size, len(columns)))


def _unit_rules(pieces: Cut, readings: Sequence[Reading]) -> Floats:
    table = np.repeat(NO_HITS[None], len(pieces.units), axis=0)
    for number, (unit, owner) in enumerate(zip(pieces.units, pieces.owner, strict=True)):
        span = unit.span
        if span is None or not readings[owner].hits:
            continue
        hits = [hit for hit in readings[owner].hits if hit.span.overlaps(span)]
        if hits:
            table[number] = rule_features(hits)
    return table
