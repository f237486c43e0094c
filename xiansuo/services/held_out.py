"""Answers gold letters as the product would, by models that did not see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.artifact import NAME
from xiansuo.classifiers.corpus import GoldLetter
from xiansuo.classifiers.prepare import Prepared, Tools, fit, load_tools
from xiansuo.classifiers.recipe import Recipe, read_recipe
from xiansuo.evaluation import baselines
from xiansuo.evaluation.baselines import Bag
from xiansuo.evaluation.outputs import Outputs, Shown, gather, outputs
from xiansuo.services.analysis import Analyser
from xiansuo.services.classify import Answered
from xiansuo.services.link_records import link_answers
from xiansuo.services.model import Scorer, Trained, thresholds_of
from xiansuo.services.records import Record
from xiansuo.settings import Settings
from xiansuo.text.segment import Segmenter
from xiansuo.triage.rank import Ranking
from xiansuo.triage.terms import CommonWords

Ints = NDArray[np.int64]

ELAS = "ASReview ELAS u4"


@dataclass(frozen=True, slots=True)
class Bench:
    """What turns the answers of any model into suggestions, ranks and links."""

    tools: Tools
    recipe: Recipe
    ranking: Ranking
    segmenter: Segmenter
    common: CommonWords

    @classmethod
    def load(cls, settings: Settings) -> "Bench":
        """Load rules, word lists, recipe and rubric."""
        recipe = read_recipe(settings.models / NAME / "recipe.toml")
        ranking = Ranking.load(settings.rules / "ranking.yaml")
        common = CommonWords.load(settings.lexicons)
        return cls(load_tools(settings.home), recipe, ranking, Segmenter(settings.lexicons), common)

    def trained(self, model: Scorer) -> Trained:
        """Return a model with the thresholds that the recipe states."""
        return Trained(model, NAME, thresholds_of(self.recipe))

    def analyser(self, model: Scorer) -> Analyser:
        """Return the analyser that the product would be with this model."""
        return Analyser(self.tools.finder, self.tools.books, self.trained(model), self.ranking, self.common)

    def answer(self, model: Scorer, data: Prepared) -> "Sitting":
        """Return what is proposed for prepared letters: rules, model and rubric together, as an inspector would see it."""
        analyses = self.analyser(model).analyse(data.documents)
        rows = zip(data.letters, data.protected, analyses, strict=True)
        answers = tuple(Answered(record_of(letter), protected, analysis) for letter, protected, analysis in rows)
        return Sitting(data, answers, (model,) * len(answers))


@dataclass(frozen=True, slots=True)
class Sitting:
    """Letters with the answers about them, and for every letter the model that gave its answer."""

    data: Prepared = field(repr=False)
    answers: tuple[Answered, ...] = field(repr=False)
    models: tuple[Scorer, ...] = field(repr=False)

    def take(self, rows: Sequence[int]) -> "Sitting":
        """Return the given letters only."""
        return Sitting(
            self.data.take(rows), tuple(self.answers[row] for row in rows), tuple(self.models[row] for row in rows)
        )

    def outputs(self) -> Outputs:
        """Return the table of answers; the reading order is that of the rubric."""
        return outputs(
            [one.analysis.suggestion for one in self.answers], [one.analysis.rank.total for one in self.answers]
        )

    def shown(self) -> list[Shown]:
        """Return what a reader is shown of every letter; letters are linked where some are on the same matter."""
        matters = [letter.matter for letter in self.data.letters]
        related = len(set(matters)) < len(matters)
        clues = [str(row["clue"]) for row in link_answers(self.answers)] if related else [""] * len(matters)
        return [_shown(one, clue) for one, clue in zip(self.answers, clues, strict=True)]


def record_of(letter: GoldLetter) -> Record:
    """Return a gold letter as the stateless commands read it."""
    return Record(letter.id, letter.text, letter.subject, letter.kind, letter.received)


def _shown(one: Answered, clue: str) -> Shown:
    place, protected = one.way_back(), one.protected
    return Shown(
        abstained=one.analysis.suggestion.abstained,
        allegations=tuple((found.category, place(found.span)) for found in one.analysis.suggestion.allegations),
        masked=protected.text.text,
        masked_subject=protected.subject.text,
        entities=tuple((entity.type, entity.text) for entity in protected.entities),
        clue=clue,
    )


def held_out(data: Prepared, bench: Bench, folds: Iterable[tuple[Ints, Ints]]) -> Sitting:
    """Return answers for every letter that a fold tests, in their order, by a model that learned from the rest of its fold."""
    answers: dict[int, Answered] = {}
    models: dict[int, Scorer] = {}
    for learn, test in folds:
        model = fit(data.take(learn.tolist()), bench.recipe)
        answers |= zip(test.tolist(), bench.answer(model, data.take(test.tolist())).answers, strict=True)
        models |= dict.fromkeys(test.tolist(), model)
    rows = sorted(answers)
    return Sitting(data.take(rows), tuple(answers[row] for row in rows), tuple(models[row] for row in rows))


class Plain:
    """The plain methods over fixed letters; words and characters are counted once for all divisions."""

    def __init__(self, data: Prepared, segmenter: Segmenter) -> None:
        self._data = data
        self._segmenter = segmenter

    def answer(self, learn: Ints, test: Ints) -> dict[str, Outputs]:
        """Return the answers of every method for the letters `test`, having seen the letters `learn`."""
        mine, theirs = self._data.take(learn.tolist()), self._data.take(test.tolist())
        return {
            "dummy": baselines.dummy(mine.letters, theirs.letters),
            "lexicon": baselines.lexicon(theirs.letters),
            "rules alone": baselines.rules_alone(theirs.readings),
            "jieba TF-IDF + LinearSVC": baselines.word_margins(self._words, learn, test),
            "char TF-IDF + LR": baselines.char_regression(self._characters, learn, test),
            ELAS: baselines.elas_u4(self._words, learn, test),
        }

    def held_out(self, folds: Iterable[tuple[Ints, Ints]]) -> dict[str, Outputs]:
        """Return every method's answers for all letters, fold by fold."""
        found: dict[str, list[tuple[Ints, Outputs]]] = {}
        for learn, test in folds:
            for method, given in self.answer(learn, test).items():
                found.setdefault(method, []).append((test, given))
        return {method: gather(parts, len(self._data.letters)) for method, parts in found.items()}

    @cached_property
    def _words(self) -> Bag:
        return Bag.of_words(self._data.letters, self._segmenter.words)

    @cached_property
    def _characters(self) -> Bag:
        return Bag.of_characters(self._data.letters)
