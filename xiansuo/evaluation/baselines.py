"""Owns the plain methods that every measurement is compared with: nothing learned, words listed by hand, bags of words and characters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import Reading
from xiansuo.evaluation.gold import Answers, Bools, GoldLetter, Ints, answers
from xiansuo.evaluation.outputs import Outputs

Floats = NDArray[np.float64]
Matrix: TypeAlias = Any
Fit: TypeAlias = Callable[[Matrix, Bools, Matrix], Floats]

ELAS_C, ELAS_RATIO = 0.11, 9.8
"""The settings of ELAS u4, the default of ASReview 2 (asreview/models/models.py)."""

KEYWORDS: dict[Category, tuple[str, ...]] = {
    Category.FOUR_WINDS: (
        "公款吃喝",
        "大吃大喝",
        "公车私用",
        "公款旅游",
        "大操大办",
        "礼金",
        "形式主义",
        "官僚主义",
        "推诿",
        "不作为",
        "敷衍",
    ),
    Category.EMBEZZLEMENT: ("贪污", "侵占", "侵吞", "挪用", "套取", "私分", "小金库", "虚开发票", "占为己有"),
    Category.VOTE_BUYING: ("拉票", "贿选", "换届", "选票", "买票", "选举"),
    Category.BENEFIT_MISUSE: (
        "低保",
        "五保",
        "危房改造",
        "扶贫",
        "补贴",
        "补助",
        "救灾",
        "优亲厚友",
        "冒领",
        "克扣",
        "截留",
    ),
    Category.RENT_SEEKING: ("受贿", "索贿", "回扣", "好处费", "红包", "吃拿卡要", "围标", "串标", "保护伞", "关系户"),
    Category.BULLYING: ("打骂", "威胁", "殴打", "打击报复", "强拆", "强占", "刁难", "乱收费", "摊派", "欺压"),
}


def dummy(train: Sequence[GoldLetter], test: Sequence[GoldLetter]) -> Outputs:
    """Answer every letter with the shares of the training letters."""
    said = answers(train)
    scope = np.full(len(test), said.in_scope.mean())
    scores = np.tile(said.labels.mean(axis=0), (len(test), 1))
    return Outputs(scope, scores, scores >= 0.5, scope)


def lexicon(test: Sequence[GoldLetter]) -> Outputs:
    """Count the listed words of every category; one word raises it."""
    texts = [_text(letter) for letter in test]
    counts = np.array(
        [[sum(text.count(word) for word in KEYWORDS[category]) for category in CATEGORIES] for text in texts]
    )
    scores = counts / (1.0 + counts)
    total = counts.sum(axis=1)
    return Outputs(total / (1.0 + total), scores, counts > 0, total.astype(np.float64))


def rules_alone(readings: Sequence[Reading]) -> Outputs:
    """Add the weights of the rule hits that count; one hit raises its category."""
    sums = np.array(
        [
            [
                sum(hit.weight for hit in reading.hits if hit.counts and hit.category is category)
                for category in CATEGORIES
            ]
            for reading in readings
        ]
    )
    total = sums.sum(axis=1)
    return Outputs(total / (1.0 + total), sums / (1.0 + sums), sums > 0, total)


@dataclass(frozen=True, slots=True)
class Bag:
    """Letters as counts of words or character n-grams, counted once for many divisions into training and test letters."""

    counts: Matrix
    said: Answers

    @classmethod
    def of_words(cls, letters: Sequence[GoldLetter], words: Callable[[str], Sequence[str]]) -> "Bag":
        """Count words and pairs of words, as a segmenter cuts them."""
        cut = [[word for word in words(_text(letter)) if word.strip()] for letter in letters]
        return cls(CountVectorizer(analyzer=_words_and_pairs).fit_transform(cut), answers(letters))

    @classmethod
    def of_characters(cls, letters: Sequence[GoldLetter]) -> "Bag":
        """Count runs of one to three characters."""
        counter = CountVectorizer(analyzer="char", ngram_range=(1, 3))
        return cls(counter.fit_transform([_text(letter) for letter in letters]), answers(letters))

    def weigh(self, learn: Ints, test: Ints, *, fewest: int = 1, most: float = 1.0) -> tuple[Matrix, Matrix]:
        """Return TF-IDF of both, with the words and weights of the training letters: in at least `fewest`, at most a share `most` of them."""
        seen = self.counts[learn].tocsc()
        within = np.diff(seen.indptr)
        columns = np.flatnonzero((within >= fewest) & (within <= most * len(learn)))
        weights = TfidfTransformer(sublinear_tf=True).fit(seen[:, columns])
        return weights.transform(seen[:, columns]), weights.transform(self.counts[test][:, columns])


def _words_and_pairs(words: Sequence[str]) -> Iterator[str]:
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))


def char_regression(bag: Bag, learn: Ints, test: Ints) -> Outputs:
    """Fit balanced logistic regressions on a bag of character n-grams."""
    return _answer(bag, learn, bag.weigh(learn, test, fewest=2), _regress)


def word_margins(bag: Bag, learn: Ints, test: Ints) -> Outputs:
    """Fit balanced linear support vector machines on a bag of words; the margin through a sigmoid stands for the probability."""
    return _answer(bag, learn, bag.weigh(learn, test, fewest=2), _separate)


def elas_u4(bag: Bag, learn: Ints, test: Ints) -> Outputs:
    """Fit ASReview's default recipe ELAS u4 on a bag of words, once for scope and once for every category."""
    return _answer(bag, learn, bag.weigh(learn, test, most=0.95), elas_margins)


def _text(letter: GoldLetter) -> str:
    return f"{letter.subject}\n{letter.text}"


def _answer(bag: Bag, learn: Ints, weighed: tuple[Matrix, Matrix], fit: Fit) -> Outputs:
    words, asked = weighed
    targets = np.column_stack([bag.said.in_scope, bag.said.labels])[learn]
    columns = [
        fit(words, target, asked) if 0 < target.sum() < len(target) else np.full(asked.shape[0], float(target.all()))
        for target in targets.T
    ]
    found: Floats = np.column_stack(columns)
    return Outputs(found[:, 0], found[:, 1:], found[:, 1:] >= 0.5, found[:, 0])


def _regress(words: Matrix, target: Bools, asked: Matrix) -> Floats:
    model = LogisticRegression(C=3.0, solver="liblinear", class_weight="balanced", random_state=0)
    return np.asarray(model.fit(words, target).predict_proba(asked)[:, 1])


def _separate(words: Matrix, target: Bools, asked: Matrix) -> Floats:
    model = LinearSVC(C=1.0, class_weight="balanced", random_state=0)
    return np.asarray(expit(model.fit(words, target).decision_function(asked)))


def elas_margins(words: Matrix, target: Bools, asked: Matrix) -> Floats:
    """Fit ELAS u4's classifier with its weights and return the margins of the letters asked about, through a sigmoid."""
    # ASReview's "balanced" weights: the wanted letters together weigh 9.8 times as much as the others.
    weights = np.where(target, 1.0, target.sum() / (ELAS_RATIO * (~target).sum()))
    model = LinearSVC(C=ELAS_C, loss="squared_hinge", random_state=0)
    model.fit(words, target, sample_weight=weights * len(target) / weights.sum())
    return np.asarray(expit(model.decision_function(asked)))
