"""Owns the training of a model from gold letters: deterministic, one thread, seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xiansuo.classifiers import recipe as recipes
from xiansuo.classifiers.corpus import GoldLetter, Quote
from xiansuo.classifiers.encode import Batch, Cut, cut, encode
from xiansuo.classifiers.expert import Expert, Targets, Words, fit_stack, fit_words, unit_log_odds, views
from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.labels import LABELS
from xiansuo.classifiers.linear import Bools, Linear, fit_one
from xiansuo.classifiers.ngrams import Ints
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.vocabulary import build
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.suggestion import Reading
from xiansuo.domain.text import Document


@dataclass(frozen=True, slots=True)
class Lesson:
    """Everything that fitting looks at."""

    batch: Batch
    targets: Targets
    halves: tuple[str, ...]
    batches: tuple[str, ...]


def train(
    corpus: Sequence[GoldLetter],
    *,
    recipe: recipes.Recipe,
    documents: Sequence[Document],
    readings: Sequence[Reading],
    quotes: Sequence[Sequence[Quote]],
) -> Model:
    """Train the experts and the gate. `documents`, `readings` and `quotes` (in coordinates of the documents) go with `corpus`, letter by letter."""
    pieces = cut(documents, longest=recipe.units.longest)
    texts = [unit.text for unit in pieces.units]
    matters = [corpus[owner].matter for owner in pieces.owner]
    vocabulary = build(texts, matters, fewest_matters=recipe.ngrams.fewest_matters)
    lesson = Lesson(
        batch=encode(pieces, readings, vocabulary),
        targets=_targets(corpus, pieces, quotes),
        halves=tuple(letter.half for letter in corpus),
        batches=tuple(letter.batch for letter in corpus),
    )
    plain, rich = (_fit_expert(lesson, settings, recipe) for settings in (recipe.plain, recipe.rich))
    return Model(recipe, vocabulary, plain, rich, _fit_gate(lesson, recipe))


def _fit_expert(lesson: Lesson, settings: recipes.Expert, recipe: recipes.Recipe) -> Expert:
    """Stack on views of letters whose whole batch (author) was held out, so that style earns no weight."""
    batch = lesson.batch.showing(
        letter_rules=settings.letter_rules, unit_rules=settings.unit_rules, contexts=settings.contexts
    )
    lesson = replace(lesson, batch=batch)
    judged = np.flatnonzero(np.array(lesson.halves) == settings.judged_on)
    seen = np.zeros((lesson.batch.cut.size, len(LABELS), 0))
    for held in _folds(lesson.batches, recipe.folds):
        kept = np.setdiff1d(np.arange(lesson.batch.cut.size), held)
        words = _fit(lesson, kept, settings)
        batch = lesson.batch.take(held)
        found = views(words, batch, unit_log_odds(words, batch), top=recipe.units.top, rivals=settings.rivals)
        if not seen.shape[2]:
            seen = np.zeros((lesson.batch.cut.size, *found.shape[1:]))
        seen[held] = found
    stack = fit_stack(
        seen[judged], lesson.targets.letters[judged], strength=settings.stack_strength, trust=settings.trust
    )
    words = _fit(lesson, np.arange(lesson.batch.cut.size), settings)
    return Expert(words, stack, settings.rivals, float(lesson.targets.letters[judged, 0].mean()))


def _fit(lesson: Lesson, kept: Ints, settings: recipes.Expert) -> Words:
    weights = np.array([settings.learns_from.get(half, 1.0) for half in lesson.halves])
    weights[np.setdiff1d(np.arange(len(weights)), kept)] = 0.0
    return fit_words(
        lesson.batch,
        lesson.targets,
        weights,
        letter_strength=settings.letter_strength,
        unit_strength=settings.unit_strength,
        trust=settings.trust,
    )


def _fit_gate(lesson: Lesson, recipe: recipes.Recipe) -> Linear:
    """Learn to tell the two ways of writing apart; it weighs experts and never speaks for or against a letter.

    Interview records are left out: their form of question and answer would be taken for a way of writing.
    """
    rich = np.array(lesson.halves) == recipe.rich.judged_on
    written = (~lesson.batch.cut.spoken).astype(float)
    weights, bias = fit_one(lesson.batch.letter_words, rich, written, strength=recipe.gate.strength)
    return Linear(weights[None], np.array([bias]))


def _folds(batches: Sequence[str], count: int) -> list[Ints]:
    """Deal whole batches, the largest first, to the fold that has fewest letters."""
    names, sizes = np.unique(np.array(batches), return_counts=True)
    loads, fold_of = np.zeros(min(count, len(names))), {}
    for name, size in sorted(zip(names, sizes, strict=True), key=lambda pair: (-pair[1], pair[0])):
        fold_of[name] = int(np.argmin(loads))
        loads[fold_of[name]] += size
    folds = np.array([fold_of[batch] for batch in batches])
    return [np.flatnonzero(folds == fold) for fold in range(len(loads))]


def _targets(corpus: Sequence[GoldLetter], pieces: Cut, quotes: Sequence[Sequence[Quote]]) -> Targets:
    letters = np.array([_row(letter.in_scope, letter.labels) for letter in corpus])
    marked = np.zeros((len(pieces.units), len(LABELS)), dtype=bool)
    for number, (unit, owner) in enumerate(zip(pieces.units, pieces.owner, strict=True)):
        span = unit.span
        if span is None:
            marked[number] = letters[owner]
            continue
        said = [quote for quote in quotes[owner] if quote.span.overlaps(span)]
        marked[number] = _row(bool(said), frozenset(quote.category for quote in said))
    asked = np.array([unit.asked for unit in pieces.units], dtype=bool)
    judged = (marked[:, 0] | ~letters[pieces.owner, 0]) & ~asked
    return Targets(letters, marked, judged)


def _row(in_scope: bool, labels: frozenset[object]) -> Bools:  # noqa: FBT001 - one row of a table
    return np.array([in_scope, *(category in labels for category in CATEGORIES)])


__all__ = ["Floats", "train"]
