"""Measure the model alone, without what the context of a letter and the rubric add: for work on the recipe.

On the corpus, its frozen part left out, every letter is answered by a model that saw none of its matter or none of its author; other
gold files by a model of the whole corpus. `xiansuo evaluate` measures the program and plain methods beside it. Authored letters are
not real petitions; every row names its data.
"""

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np

from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, fit, load_tools, prepare
from xiansuo.classifiers.recipe import Recipe, read_recipe
from xiansuo.domain.suggestion import Suggestion
from xiansuo.evaluation.gold import read_corpus, read_measured
from xiansuo.evaluation.outputs import Outputs, gather, outputs
from xiansuo.evaluation.report import Report, as_json, as_table, measure
from xiansuo.evaluation.split import by_batch, by_matter, frozen
from xiansuo.services.model import thresholds_of
from xiansuo.settings import Settings
from xiansuo.triage.suggest import propose

METHOD = "the model alone"
COLUMNS = (
    "scope_auroc",
    "mean_ap",
    "macro_f1",
    "traps_raised",
    "denied_raised",
    "implicit_found",
    "wss95_share",
    "ece",
    "slope",
    "serious_found",
    "random_out_of_scope_raised",
)

Folds: TypeAlias = Iterable[tuple[np.ndarray, np.ndarray]]


def answer(model: Model, data: Prepared) -> Outputs:
    """Return the model's answers as a table."""
    thresholds, suggestions = thresholds_of(model.recipe), []
    for one in model.score(data.documents, data.readings):
        labels = propose(one.scope, one.categories, thresholds)
        suggestions.append(Suggestion(one.scope, one.categories, labels, abstained=False))
    return outputs(suggestions)


def held_out(data: Prepared, recipe: Recipe, folds: Folds) -> Outputs:
    """Return answers for every letter by a model that did not see its fold."""
    parts = [(test, answer(fit(data.take(learn.tolist()), recipe), data.take(test.tolist()))) for learn, test in folds]
    return gather(parts, len(data.letters))


def per_half(data: Prepared, given: Outputs, what: str) -> Iterator[Report]:
    """Yield one report per half of the corpus."""
    halves = np.array([letter.half for letter in data.letters])
    for half in np.unique(halves).tolist():
        rows = np.flatnonzero(halves == half)
        yield measure(data.take(rows.tolist()).letters, given.take(rows), data=f"{half}, {what}", method=METHOD)


def main() -> None:
    """Print the table and, on request, write the JSON."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--real", type=Path, action="append", default=[], help="gold file nobody trained on")
    asked.add_argument("--quick", action="store_true", help="other gold files only, no cross-validation")
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    settings = Settings()
    recipe = read_recipe(settings.models / "scope_categories" / "recipe.toml")
    started = time.perf_counter()
    tools = load_tools(settings.home)
    data = prepare(read_corpus(settings.corpus), tools)
    prepared = time.perf_counter()
    model = fit(data, recipe)
    print(
        f"prepare {prepared - started:.1f} s, train {time.perf_counter() - prepared:.1f} s, {len(model.vocabulary.keys)} n-grams"
    )
    others = [(path.stem, prepare(read_measured(path), tools)) for path in given.real]
    reports = [measure(other.letters, answer(model, other), data=name, method=METHOD) for name, other in others]
    if not given.quick:
        reports += _crossed(data, recipe)
    print(as_table(reports, COLUMNS))
    if given.json:
        given.json.write_text(as_json(reports), encoding="utf-8")


def _crossed(data: Prepared, recipe: Recipe) -> Iterator[Report]:
    kept = data.take(np.setdiff1d(np.arange(len(data.letters)), frozen(data.letters)).tolist())
    yield from per_half(kept, held_out(kept, recipe, by_matter(kept.letters, folds=5)), "5 folds by matter")
    yield from per_half(kept, held_out(kept, recipe, by_batch(kept.letters)), "author left out")


if __name__ == "__main__":
    main()
