"""Measures what the program proposes: on letters of the corpus that the model did not see, and on other gold files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xiansuo.classifiers.artifact import NAME
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, Tools, fit, load_tools, prepare
from xiansuo.classifiers.recipe import Recipe, read_recipe
from xiansuo.domain.category import CATEGORIES
from xiansuo.errors import UsageError
from xiansuo.evaluation.gold import GoldLetter, read_corpus, read_measured
from xiansuo.evaluation.report import Outputs, Report, as_json, measure, outputs
from xiansuo.evaluation.split import by_matter
from xiansuo.services.model import load_model, thresholds_of
from xiansuo.services.train import require_place
from xiansuo.settings import Settings
from xiansuo.triage.rank import Ranking
from xiansuo.triage.suggest import Thresholds, suggest

FOLDS = 5
REPORT_FILE = "evaluation.json"
COLUMNS = (
    "scope_auroc",
    "mean_ap",
    "macro_f1",
    "traps_raised",
    "denied_raised",
    "implicit_found",
    "out_of_scope_raised",
    "serious_found",
    "wss95_share",
    "ndcg20",
    "ece",
)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """What turns the answers of any model into suggestions and ranks."""

    tools: Tools
    recipe: Recipe
    thresholds: Thresholds
    ranking: Ranking

    @classmethod
    def load(cls, settings: Settings) -> "Bench":
        """Load rules, word lists, recipe and rubric."""
        recipe = read_recipe(settings.models / NAME / "recipe.toml")
        ranking = Ranking.load(settings.rules / "ranking.yaml")
        return cls(load_tools(settings.home), recipe, thresholds_of(recipe), ranking)

    def answer(self, model: Model, data: Prepared) -> Outputs:
        """Return what is proposed for prepared letters: rules, model and rubric together, as an inspector would see it."""
        scores = model.score(data.documents, data.readings)
        rows = list(zip(data.documents, data.readings, scores, strict=True))
        suggestions = [suggest(document, reading, one, thresholds=self.thresholds) for document, reading, one in rows]
        ranks = [
            self.ranking.rank(document, reading, suggestion).total
            for (document, reading, _), suggestion in zip(rows, suggestions, strict=True)
        ]
        return outputs(suggestions, ranks)


def evaluate(
    settings: Settings, *, gold: Sequence[Path] = (), folds: int = FOLDS, rounds: int = 200, tell: Tell
) -> tuple[Report, ...]:
    """Return a report for each half of the corpus, cross-validated by matter, and for each gold file, border cases left out.

    Every report names its data. `rounds` is the number of bootstrap draws for the ranges.
    """
    others = [(path.stem, _read(path)) for path in gold]
    if others:
        require_place(settings)
    bench = Bench.load(settings)
    tell("正在读取训练信件……")
    corpus = prepare(read_corpus(settings.corpus), bench.tools)
    reports = [*_crossed(corpus, bench, folds=folds, rounds=rounds, tell=tell)]
    if others:
        model = load_model(settings, tell=tell).model
        for name, letters in others:
            found = bench.answer(model, prepare(letters, bench.tools))
            reports.append(measure(letters, found, data=name, method="xiansuo", rounds=rounds))
    return tuple(reports)


def write_report(reports: Sequence[Report], folder: Path) -> Path:
    """Write the reports as JSON into a folder and return the file. Raises UsageError."""
    file = folder / REPORT_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(as_json(reports) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"不能写评测结果：{error.strerror}。请核对 --output 的路径和权限。") from error
    return file


def _read(path: Path) -> tuple[GoldLetter, ...]:
    try:
        letters = read_measured(path)
    except OSError as error:
        raise UsageError(f"不能读取标注文件：{error.strerror}。请核对 --gold 的路径和权限。") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"标注文件 {path.name} 不是 UTF-8 文字。请另存为 UTF-8 后重试。") from error
    if not letters:
        raise UsageError(f"标注文件 {path.name} 里没有可以评测的信件。请核对 --gold。")
    return letters


def _crossed(corpus: Prepared, bench: Bench, *, folds: int, rounds: int, tell: Tell) -> Iterator[Report]:
    found = held_out(corpus, bench, folds=folds, tell=tell)
    halves = np.array([letter.half for letter in corpus.letters])
    for half in sorted(set(halves)):
        rows = np.flatnonzero(halves == half)
        mine = Outputs(found.scope[rows], found.scores[rows], found.raised[rows], found.order[rows])
        letters = [corpus.letters[row] for row in rows]
        yield measure(letters, mine, data=f"{half}, {folds} folds by matter", method="xiansuo", rounds=rounds)


def held_out(corpus: Prepared, bench: Bench, *, folds: int, tell: Tell) -> Outputs:
    """Return what is proposed for every letter by a model that saw no letter of its matter."""
    count, width = len(corpus.letters), len(CATEGORIES)
    out = Outputs(np.zeros(count), np.zeros((count, width)), np.zeros((count, width), dtype=np.bool_), np.zeros(count))
    for number, (learn, test) in enumerate(by_matter(corpus.letters, folds=folds), start=1):
        tell(f"交叉验证：第 {number} 组，共 {folds} 组……")
        model = fit(corpus.take(learn.tolist()), bench.recipe)
        found = bench.answer(model, corpus.take(test.tolist()))
        out.scope[test], out.order[test] = found.scope, found.order
        out.scores[test], out.raised[test] = found.scores, found.raised
    return out
