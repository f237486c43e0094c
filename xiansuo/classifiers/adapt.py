"""Owns the adaptation of a trained model to a site: from its mail without labels, and from people's decisions, keeping what it knew.

The model itself stays as it is. What the site adds is one linear layer over the n-grams of the site's own mail, on top of the model's log-odds.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import scipy.sparse as sp

from xiansuo.classifiers.adapt_fit import correct, level, listen, unmet
from xiansuo.classifiers.calibrate import sigmoid
from xiansuo.classifiers.encode import Cut, cut, membership
from xiansuo.classifiers.explain import Shares, spans
from xiansuo.classifiers.features import Floats
from xiansuo.classifiers.labels import LABELS, SCOPE
from xiansuo.classifiers.linear import Bools, Linear
from xiansuo.classifiers.ngrams import key_of
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.recipe import Recipe
from xiansuo.classifiers.threads import one_thread
from xiansuo.classifiers.vocabulary import Matrix, Vocabulary, build
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import ModelScores, Reading
from xiansuo.domain.text import Document

FEWEST_MATTERS = 5
"""N-grams of fewer different matters of the site are left out, so that no name of one matter becomes a word."""

TRUST = 0.4
"""How much the site's words, as the model itself uses them, count for scope beside the model. Categories are too rare to learn so: they lost by it."""

FEWEST_HEARD = 100
"""From fewer letters than this nothing is learned without decisions."""

KEPT = 0.1
"""How much a letter counts that only keeps the model from forgetting; more keeps more and learns the site less well."""

_CERTAIN = 1e-9


@dataclass(frozen=True, slots=True)
class SiteLetter:
    """A masked letter of the site. Letters of one `matter` count once where words are chosen."""

    document: Document = field(repr=False)
    reading: Reading = field(repr=False)
    matter: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about a letter. `disputed` holds categories that are left open; nothing is learned about them.

    `weight` is how much the decision counts; 1 is a decision made once, with the suggestion in sight.
    """

    letter: SiteLetter
    in_scope: bool
    categories: frozenset[Category] = frozenset()
    disputed: frozenset[Category] = frozenset()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Letters as an adapted model sees them: its log-odds (letters, labels) and the site's words as TF-IDF (letters, n-grams)."""

    odds: Floats
    words: Matrix


@dataclass(frozen=True, slots=True)
class Adapted:
    """A model that answers like the one it was made from, for one site.

    Log-odds = (1 - `trust`) · those of `cold` + those of `site` over the n-grams of `vocabulary`; `trust` has one number per label.
    """

    cold: Model
    vocabulary: Vocabulary
    site: Linear
    trust: Floats

    @property
    def recipe(self) -> Recipe:
        """The recipe of the model it was made from."""
        return self.cold.recipe

    @property
    def digest(self) -> str:
        """One name for what the site has added; equal mail and equal decisions give an equal name."""
        arrays = (self.vocabulary.keys, self.vocabulary.idf, self.site.weights, self.site.bias, self.trust)
        return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()

    def score(self, documents: Sequence[Document], readings: Sequence[Reading]) -> list[ModelScores]:
        """Return the answers for a batch, letter by letter; clauses are those of the model it was made from."""
        if not documents:
            return []
        answers = self.cold.score(documents, readings)
        table = sigmoid(self._see(documents, answers).odds)
        # No letter accuses of one category without accusing at all.
        table[:, 1:] = np.minimum(table[:, 1:], table[:, :1])
        return [
            replace(answer, scope=float(row[0]), categories=dict(zip(CATEGORIES, row[1:].tolist(), strict=True)))
            for answer, row in zip(answers, table, strict=True)
        ]

    def explain(self, document: Document, reading: Reading) -> ModelScores:
        """Return the answer for one letter with the exact additive shares of its words in the log-odds of scope."""
        (scores,) = self.score([document], [reading])
        cold = self.cold.explain(document, reading).contributions
        parts = [(span, share * (1 - float(self.trust[0]))) for span, share in cold]
        parts += spans(self.word_shares(document), Reading((), ()))
        ordered = sorted(parts, key=lambda part: (-abs(part[1]), part[0]))
        return replace(scores, contributions=tuple(ordered))

    def word_shares(self, document: Document) -> Shares:
        """Take apart what the site's words add to the log-odds of scope, character by character."""
        pieces = self._cut([document])
        places = [self.vocabulary.occurrences(unit.text) for unit in pieces.units]
        (row,) = np.asarray(_weighed(pieces, self.vocabulary).todense())
        total = np.sum([np.bincount(one.columns, minlength=len(row)) for one in places], axis=0)
        each = self.site.weights[0] * row / np.maximum(total, 1)
        characters = [np.zeros(len(unit.text)) for unit in pieces.units]
        for values, found in zip(characters, places, strict=True):
            for column, start, end in zip(found.columns, found.starts, found.ends, strict=True):
                values[start:end] += each[column] / (end - start)
        return Shares(float(self.site.bias[0]), 0.0, tuple(zip(pieces.units, characters, strict=True)))

    def vocabulary_holds(self, strings: Iterable[str]) -> list[str]:
        """Return those of `strings` that are words of the model or of the site; names of petitioners must never be among them."""
        asked = list(strings)
        known = {*self.cold.vocabulary_holds(asked), *self.vocabulary.holds(asked)}
        return [string for string in asked if string in known]

    def see(self, letters: Sequence[SiteLetter]) -> Seen:
        """Return letters as this model sees them."""
        documents = [letter.document for letter in letters]
        return self._see(documents, self.cold.score(documents, [letter.reading for letter in letters]))

    def learn(self, decided: Sequence[Decided], kept: Sequence[Decided] = ()) -> Self:
        """Return the model corrected by decisions; none leave it as it is. `kept` are letters from elsewhere that it must not forget."""
        return self._corrected(_Lesson.of(self, decided, kept)) if decided else self

    def learn_level(self, decided: Sequence[Decided], kept: Sequence[Decided] = ()) -> Self:
        """Return the corrected model, whose thresholds mean what they meant; no letter's place in the order of a label moves by it.

        What learners say about decided letters they had not met tells how far all log-odds are off, and they are moved back by it.
        """
        if not decided:
            return self
        lesson, count = _Lesson.of(self, decided, kept), len(decided)
        table = (lesson.seen.words, lesson.seen.odds, lesson.said, lesson.counts)
        with one_thread():
            asked = unmet(*table, matters=[one.letter.matter for one in decided])
        cold = (lesson.seen.odds - self.site.log_odds(lesson.seen.words))[:count] / (1 - self.trust)
        moved = level(cold, asked, lesson.said[:count], lesson.counts[:count])
        model = self._corrected(lesson)
        return replace(model, site=Linear(model.site.weights, model.site.bias + moved))

    def _corrected(self, lesson: "_Lesson") -> Self:
        with one_thread():
            added = correct(lesson.seen.words, lesson.seen.odds, lesson.said, lesson.counts)
        return replace(self, site=Linear(self.site.weights + added.weights, self.site.bias + added.bias))

    def _see(self, documents: Sequence[Document], answers: Sequence[ModelScores]) -> Seen:
        words = _weighed(self._cut(documents), self.vocabulary)
        return Seen((1 - self.trust) * odds_of(answers) + self.site.log_odds(words), words)

    def _cut(self, documents: Sequence[Document]) -> Cut:
        return cut(documents, longest=self.recipe.units.longest)


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Decided letters, then kept ones, as a model sees them, with what was said and how much it counts; (letters, labels)."""

    seen: Seen
    said: Bools
    counts: Floats

    @classmethod
    def of(cls, model: Adapted, decided: Sequence[Decided], kept: Sequence[Decided]) -> Self:
        said, known = verdicts([*decided, *kept])
        weights = np.array([*(one.weight for one in decided), *(KEPT * one.weight for one in kept)])
        return cls(model.see([one.letter for one in (*decided, *kept)]), said, known * weights[:, None])


def adapt(
    model: Model,
    decided: Sequence[Decided],
    unlabelled: Sequence[SiteLetter] = (),
    *,
    kept: Sequence[Decided] = (),
    hidden: Iterable[str] = (),
) -> Adapted:
    """Adapt a model to a site: the same mail and decisions, in the same order, give the same bytes.

    `unlabelled` is mail of the site that nobody has decided on, `kept` are labelled letters from elsewhere that the model must not
    forget (rehearsal, Robins 1995), `hidden` strings that must not become words.
    """
    words_from = [*unlabelled, *(one.letter for one in decided)]
    return acquaint(model, unlabelled, words_from=words_from, hidden=hidden).learn(decided, kept)


def acquaint(
    model: Model,
    unlabelled: Sequence[SiteLetter],
    *,
    words_from: Sequence[SiteLetter] = (),
    hidden: Iterable[str] = (),
) -> Adapted:
    """Let a model get to know a site's mail without decisions. The site's words are those of `words_from`, else of `unlabelled`."""
    vocabulary = _vocabulary(model, words_from or unlabelled, hidden)
    silent = Linear(np.zeros((len(LABELS), len(vocabulary.keys))), np.zeros(len(LABELS)))
    fresh = Adapted(model, vocabulary, silent, np.zeros(len(LABELS)))
    if len(unlabelled) < FEWEST_HEARD:
        return fresh
    seen = fresh.see(unlabelled)
    with one_thread():
        heard = listen(seen.words, seen.odds)
    trust = np.array([TRUST if label == SCOPE else 0.0 for label in LABELS])
    return replace(fresh, site=Linear(trust[:, None] * heard.weights, trust * heard.bias), trust=trust)


def odds_of(answers: Sequence[ModelScores]) -> Floats:
    """Return the log-odds of answers; (letters, labels)."""
    rows = [[one.scope, *(one.categories[category] for category in CATEGORIES)] for one in answers]
    inside = np.clip(np.array(rows), _CERTAIN, 1 - _CERTAIN)
    return np.asarray(np.log(inside / (1 - inside)))


def verdicts(decided: Sequence[Decided]) -> tuple[Bools, Bools]:
    """Return what was said and whether anything was; both (letters, labels)."""
    said = [[one.in_scope, *(category in one.categories for category in CATEGORIES)] for one in decided]
    known = [[True, *(category not in one.disputed for category in CATEGORIES)] for one in decided]
    return np.array(said, dtype=bool), np.array(known, dtype=bool)


def _vocabulary(model: Model, letters: Sequence[SiteLetter], hidden: Iterable[str]) -> Vocabulary:
    """Return the n-grams of enough matters that are not hidden, with their inverse letter frequencies at the site."""
    pieces = cut([letter.document for letter in letters], longest=model.recipe.units.longest)
    matters = [letters[owner].matter for owner in pieces.owner]
    common = build([unit.text for unit in pieces.units], matters, fewest_matters=FEWEST_MATTERS)
    kept = ~np.isin(common.keys, [key for string in hidden if (key := key_of(string)) is not None])
    known = Vocabulary(common.keys[kept], common.idf[kept])
    within = np.bincount(_counts(pieces, known).indices, minlength=len(known.keys))
    return replace(known, idf=np.log((1 + len(letters)) / (1 + within)) + 1)


def _weighed(pieces: Cut, vocabulary: Vocabulary) -> Matrix:
    return vocabulary.weigh(_counts(pieces, vocabulary))


def _counts(pieces: Cut, vocabulary: Vocabulary) -> Matrix:
    return sp.csr_array(membership(pieces) @ vocabulary.counts([unit.text for unit in pieces.units]))
