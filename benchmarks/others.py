"""What a user would pick instead of this program: jieba, TF-IDF and LinearSVC; spaCy's textcat_multilabel. They classify and do nothing else.

usage: python -m benchmarks.others [--letters FILE.jsonl] [--gold FILE.jsonl] [--ensemble]

Both learn from the authored corpus, scope and the six categories as labels, and answer about the texts of FILE, which only time them.
`--gold` is labelled mail: area under the ROC curve of scope and mean average precision of the categories that occur, ours beside theirs.
Rows that FILE marks as `border`, where people would disagree, are left out.
Neither reads files or mail, masks, stores, finds clauses or reasons, links or ranks. CPU time of one core.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import jieba
import numpy as np
import spacy
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC
from spacy.training import Example

from benchmarks.baseline import jieba_seconds
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.register import OrganisationRegister
from xiansuo.evaluation.metrics import auroc, average_precision
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.classify import classify, load_for_records
from xiansuo.services.records import Record
from xiansuo.settings import Settings

LABELS = ("scope", *(category.value for category in CATEGORIES))
EPOCHS = 6
OURS = "xiansuo was developed with such a set in view and the others were not: its quality there flatters it"
_BATCH = 64
Scores = NDArray[np.float64]
Answer = Callable[[Sequence[str]], Scores]
Row = dict[str, object]


def main() -> None:
    """Print one table of speed and, with gold, one of quality."""
    given = _arguments()
    train = [row for path in sorted(Settings().corpus.glob("*.jsonl")) for row in _rows(path)]
    texts = [_text(row) for path in given.letters for row in _rows(path)]
    labelled = _rows(given.gold) if given.gold else []
    gold = [row for row in labelled if not row.get("border")]
    base = jieba_seconds(texts, time.process_time)
    print(f"{len(texts)} texts, {sum(map(len, texts)) / len(texts):.0f} characters on average; CPU seconds")
    if gold:
        left_out = len(labelled) - len(gold)
        print(
            f"quality on {len(gold)} labelled texts; {left_out} of {len(labelled)} marked as border cases are left out"
        )
        print(OURS)
    print(f"{'jieba.lcut alone':34s} {base:7.2f} s {len(texts) / base:8.0f} letters/s   1.00")
    makers: dict[str, Callable[[Sequence[Row]], Answer]] = {"jieba, TF-IDF, LinearSVC": support_vectors}
    makers["spaCy textcat_multilabel, bow"] = lambda rows: textcat(rows, "spacy.TextCatBOW.v3")
    if given.ensemble:
        makers["spaCy textcat_multilabel, ensemble"] = lambda rows: textcat(rows, "spacy.TextCatEnsemble.v2")
    for name, make in makers.items():
        answer = make(train)
        taken = _cpu(lambda answer=answer: answer(texts))  # type: ignore[misc]
        print(
            f"{name:34s} {taken:7.2f} s {len(texts) / taken:8.0f} letters/s {taken / base:6.2f}{_quality(answer, gold)}"
        )
    if gold:
        print(f"{'xiansuo classify':34s} (speed: benchmarks.pipeline)           {_quality(_ours, gold)}")


def support_vectors(train: Sequence[Row]) -> Answer:
    """Learn the script that is found everywhere: words of jieba and their pairs, TF-IDF, one linear machine a label."""
    words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    machine = OneVsRestClassifier(LinearSVC(class_weight="balanced", random_state=0))
    machine.fit(words.fit_transform([_text(row) for row in train]), truth_of(train))
    return lambda texts: np.asarray(machine.decision_function(words.transform(texts)))


def textcat(train: Sequence[Row], architecture: str) -> Answer:
    """Train spaCy's text classifier on words of jieba, with its own defaults and a fixed seed."""
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "jieba"}}})
    bow = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": False,
        "ngram_size": 1,
        "no_output_layer": False,
    }
    model = {"model": bow} if "BOW" in architecture else {}
    pipe = nlp.add_pipe("textcat_multilabel", config=model)
    for label in LABELS:
        pipe.add_label(label)  # type: ignore[attr-defined]
    truth = truth_of(train)
    examples = [
        Example.from_dict(nlp.make_doc(_text(row)), {"cats": dict(zip(LABELS, map(float, told), strict=True))})
        for row, told in zip(train, truth, strict=True)
    ]
    nlp.initialize(lambda: examples)
    draw = np.random.default_rng(0)
    for _ in range(EPOCHS):
        order = draw.permutation(len(examples))
        for start in range(0, len(order), _BATCH):
            nlp.update([examples[number] for number in order[start : start + _BATCH]])
    return lambda texts: np.array([[doc.cats[label] for label in LABELS] for doc in nlp.pipe(texts)])


def truth_of(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """Return (letters, labels): whether a letter accuses, and of what."""
    return np.array([[bool(row["labels"]), *(label in row["labels"] for label in LABELS[1:])] for row in rows])  # type: ignore[operator]


def _ours(texts: Sequence[str]) -> Scores:
    settings = Settings()
    register = OrganisationRegister()
    analyser = load_for_records(settings, register, tell=lambda sentence: print(sentence, file=sys.stderr))
    records = (Record(number, text) for number, text in enumerate(texts))
    rows = classify(records, analyser, SealCheck(settings.rules, register))
    return np.array([[row["scope"], *(row["scores"][label] for label in LABELS[1:])] for row in rows])  # type: ignore[index]


def _quality(answer: Answer, gold: Sequence[Row]) -> str:
    if not gold:
        return ""
    scores, truth = answer([_text(row) for row in gold]), truth_of(gold)
    found = [average_precision(truth[:, at], scores[:, at]) for at in range(1, len(LABELS)) if truth[:, at].any()]
    return f"   scope AUROC {auroc(truth[:, 0], scores[:, 0]):.3f}   mean AP {np.mean(found):.3f}"


def _cpu(step: Callable[[], object]) -> float:
    began = time.process_time()
    step()
    return time.process_time() - began


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _text(row: Row) -> str:
    return f"{row.get('title') or row.get('subject') or ''}\n{row['text']}"


def _arguments() -> argparse.Namespace:
    corpus = Settings().corpus
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=Path, action="append")
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--ensemble", action="store_true", help="spaCy's default architecture too, slow")
    given = parser.parse_args()
    given.letters = given.letters or [corpus / "literary.jsonl", corpus / "natural.jsonl"]
    return given


if __name__ == "__main__":
    main()
