"""Owns a trained model and its answers: calibrated probabilities per letter and per unit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xiansuo.classifiers.calibrate import at_base_rate, shift, sigmoid
from xiansuo.classifiers.encode import Batch, cut, encode, rows_of
from xiansuo.classifiers.expert import Expert, unit_log_odds
from xiansuo.classifiers.explain import shares, spans
from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.linear import Linear
from xiansuo.classifiers.ngrams import Ints
from xiansuo.classifiers.recipe import Recipe
from xiansuo.classifiers.vocabulary import Vocabulary
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import ModelScores, Reading
from xiansuo.domain.text import Document


@dataclass(frozen=True, slots=True)
class Model:
    """Two experts and the gate between them."""

    recipe: Recipe
    vocabulary: Vocabulary
    plain: Expert
    rich: Expert
    gate: Linear

    def score(self, documents: Sequence[Document], readings: Sequence[Reading]) -> list[ModelScores]:
        """Return the answers for a batch, letter by letter; a letter's answer does not depend on its neighbours."""
        if not documents:
            return []
        batch = self.encode(documents, readings)
        mix = self.mix(batch)
        plain, rich = (unit_log_odds(expert.words, batch) for expert in (self.plain, self.rich))
        letters = self._letters(batch, mix, plain, rich)
        share = mix[batch.cut.owner][:, None]
        units: list[list[float]] = sigmoid((1 - share) * plain + share * rich).tolist()
        return [
            ModelScores(row[0], _named(row[1:]), tuple(_clauses(batch, units, rows)))
            for row, rows in zip(letters.tolist(), rows_of(batch.cut), strict=True)
        ]

    def encode(self, documents: Sequence[Document], readings: Sequence[Reading]) -> Batch:
        """Return the matrices of a batch."""
        return encode(cut(documents, longest=self.recipe.units.longest), readings, self.vocabulary)

    def mix(self, batch: Batch) -> Floats:
        """Return per letter how much the rich expert counts, 0 to 1."""
        gate = self.recipe.gate
        sharpness = np.where(batch.cut.spoken, gate.sharpness_spoken, gate.sharpness)
        return sigmoid(sharpness * self.gate.log_odds(batch.letter_words)[:, 0])

    def vocabulary_holds(self, strings: Iterable[str]) -> list[str]:
        """Return those of `strings` that the model knows as words; names of petitioners must never be among them."""
        return self.vocabulary.holds(strings)

    def _letters(self, batch: Batch, mix: Floats, plain_units: Floats, rich_units: Floats) -> Floats:
        top = self.recipe.units.top
        plain = self.plain.log_odds(batch, plain_units, top=top)
        rich = self.rich.log_odds(batch, rich_units, top=top)
        return at_base_rate((1 - mix)[:, None] * plain + mix[:, None] * rich, self.shifts(mix))

    def shifts(self, mix: Floats) -> Floats:
        """Return what the site's base rate adds to the log-odds of scope of letters in which the rich expert counts `mix`."""
        plain, rich = (shift(expert.share, self.recipe.base_rate.scope) for expert in (self.plain, self.rich))
        return np.asarray((1 - mix) * plain + mix * rich)

    def explain(self, document: Document, reading: Reading) -> ModelScores:
        """Return the answer for one letter with the exact additive shares of its words in the log-odds of scope."""
        (scores,) = self.score([document], [reading])
        batch = self.encode([document], [reading])
        rich = float(self.mix(batch)[0])
        found = shares(batch, ((1 - rich, self.plain), (rich, self.rich)), self.vocabulary, top=self.recipe.units.top)
        return replace(scores, contributions=spans(found, reading))


def _named(row: Sequence[float]) -> Mapping[Category, float]:
    return dict(zip(CATEGORIES, row, strict=True))


def _clauses(
    batch: Batch, units: Sequence[Sequence[float]], rows: Ints
) -> Iterable[tuple[Span, Mapping[Category, float]]]:
    for number in rows:
        unit = batch.cut.units[number]
        if unit.span is not None:
            yield unit.span, _named(units[number][1:])
