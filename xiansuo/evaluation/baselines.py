"""Owns the plain methods that every measurement is compared with: nothing learned, words listed by hand, bag of character n-grams."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import Reading
from xiansuo.evaluation.gold import Bools, GoldLetter, answers
from xiansuo.evaluation.report import Outputs

Floats = NDArray[np.float64]

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
    texts = [f"{letter.subject}\n{letter.text}" for letter in test]
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


def char_ngrams(train: Sequence[GoldLetter], test: Sequence[GoldLetter]) -> Outputs:
    """Fit balanced logistic regressions on character 1-3-grams of the whole letter."""
    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    words = vectoriser.fit_transform([f"{letter.subject}\n{letter.text}" for letter in train])
    asked = vectoriser.transform([f"{letter.subject}\n{letter.text}" for letter in test])
    said = answers(train)
    targets = np.column_stack([said.in_scope, said.labels])
    columns = [_regress(words, target, asked) for target in targets.T]
    found: Floats = np.column_stack(columns)
    return Outputs(found[:, 0], found[:, 1:], found[:, 1:] >= 0.5, found[:, 0])


def _regress(words: Any, target: Bools, asked: Any) -> Floats:
    if target.all() or not target.any():
        return np.full(asked.shape[0], float(target.all()))
    model = LogisticRegression(C=3.0, solver="liblinear", class_weight="balanced", random_state=0)
    return np.asarray(model.fit(words, target).predict_proba(asked)[:, 1])
