"""Details beside the figures: curves, confusion, slices, rules, worst errors with the words that caused them, behaviours."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.suggestion import Suggestion
from xiansuo.evaluation.curves import curves
from xiansuo.evaluation.evaluation import Behaviour, Details
from xiansuo.evaluation.gold import answers
from xiansuo.evaluation.mistakes import Mistake, Word, context_of, rules_of, words_of, worst
from xiansuo.evaluation.outputs import Outputs
from xiansuo.evaluation.slices import confusion, slices
from xiansuo.rulebook.check import statistics
from xiansuo.services.behaviours import SUITE, behaviours
from xiansuo.services.held_out import Bench, Sitting
from xiansuo.services.model import Scorer
from xiansuo.text.segment import Segmenter

# All numbers are one symbol to the model, so any of them would seem known.
_CHINESE = re.compile("[\u4e00-\u9fff]{2,}")


def details_of(sitting: Sitting, given: Outputs, bench: Bench, *, with_text: bool) -> Details:
    """Return the details; without `with_text` the worst errors show only words that the model knows from the corpus."""
    letters = sitting.data.letters
    said = answers(letters)
    abstained = np.array([one.analysis.suggestion.abstained for one in sitting.answers], dtype=bool)
    readings = [one.analysis.reading for one in sitting.answers]
    return Details(
        curves=curves(said, given, abstained, threshold=bench.recipe.costs.threshold),
        confusion=confusion(said, given),
        slices=slices(letters, said, given),
        rules=statistics(bench.tools.books, readings, [letter.labels for letter in letters]),
        mistakes=tuple(_mistakes(sitting, worst(said, given), bench.segmenter, with_text=with_text)),
    )


def _mistakes(
    sitting: Sitting, rows: tuple[np.ndarray, np.ndarray], segmenter: Segmenter, *, with_text: bool
) -> Iterator[Mistake]:
    for some, missed in zip(rows, (True, False), strict=True):
        for row in some.tolist():
            yield _mistake(sitting, row, segmenter, missed=missed, with_text=with_text)


def _mistake(sitting: Sitting, row: int, segmenter: Segmenter, *, missed: bool, with_text: bool) -> Mistake:
    letter, analysis, model = sitting.data.letters[row], sitting.answers[row].analysis, sitting.models[row]
    scores = model.explain(analysis.document, analysis.reading)
    words = words_of(analysis.document, scores, missed=missed)
    suggestion: Suggestion = analysis.suggestion
    return Mistake(
        letter=letter.id,
        missed=missed,
        abstained=suggestion.abstained,
        scope=suggestion.scope,
        gold=tuple(category for category in CATEGORIES if category in letter.labels),
        proposed=suggestion.labels,
        words=words if with_text else tuple(_known_words(words, model, segmenter)),
        rules=rules_of(analysis.reading.hits),
        context=context_of(analysis.document, scores, missed=missed) if with_text else "",
    )


def _known_words(words: Sequence[Word], model: Scorer, segmenter: Segmenter) -> Iterator[Word]:
    """Yield the Chinese words inside stretches that several authored matters use, so that no name or number of a letter travels with the page."""
    for word in words:
        inside = [one for one in segmenter.words(word.text) if _CHINESE.fullmatch(one)]
        known = set(model.vocabulary_holds(inside))
        if told := "、".join(dict.fromkeys(one for one in inside if one in known)):
            yield Word(told, word.share)


def behaviours_of(home: Path, bench: Bench, model: Scorer) -> tuple[Behaviour, ...]:
    """Return how every phenomenon of the behaviour suite comes out, nothing where the content folders hold no suite."""
    if not (home / SUITE).is_file():
        return ()
    found, ruled = behaviours(home, bench.tools, bench.trained(model)), behaviours(home, bench.tools)
    held, rules = ({rate.phenomenon: rate for rate in some} for some in (found.held, ruled.open))
    return tuple(Behaviour(rate, held.get(rate.phenomenon), rules[rate.phenomenon]) for rate in found.open)
