"""Measure the recipe: matter-grouped and author-left-out training on the corpus, and a model of the whole corpus on other gold files.

Authored letters are not real petitions; every row names its data.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, fit, load_tools, prepare
from xiansuo.classifiers.recipe import Recipe, read_recipe
from xiansuo.domain.category import CATEGORIES
from xiansuo.evaluation.baselines import char_ngrams, dummy, lexicon, rules_alone
from xiansuo.evaluation.gold import read_corpus, read_measured
from xiansuo.evaluation.report import Outputs, Report, as_json, as_table, measure
from xiansuo.evaluation.split import by_batch, by_matter
from xiansuo.services.model import thresholds_of
from xiansuo.settings import Settings
from xiansuo.triage.suggest import propose

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
    found = model.score(data.documents, data.readings)
    scope = np.array([scores.scope for scores in found])
    table = np.array([[scores.categories[category] for category in CATEGORIES] for scores in found])
    thresholds = thresholds_of(model.recipe)
    raised = [propose(one.scope, one.categories, thresholds) for one in found]
    proposed = np.array([[category in labels for category in CATEGORIES] for labels in raised])
    return Outputs(scope, table, proposed, scope)


def held_out(data: Prepared, folds: Folds, answers_of: Callable[[Prepared, Prepared], Outputs]) -> Outputs:
    """Return answers for every letter by a machine that did not see its fold."""
    count = len(data.letters)
    out = Outputs(np.zeros(count), np.zeros((count, 6)), np.zeros((count, 6), dtype=bool), np.zeros(count))
    for learn, test in folds:
        found = answers_of(data.take(learn.tolist()), data.take(test.tolist()))
        out.scope[test], out.scores[test], out.raised[test], out.order[test] = (
            found.scope,
            found.scores,
            found.raised,
            found.order,
        )
    return out


def per_half(data: Prepared, given: Outputs, what: str, method: str) -> Iterator[Report]:
    """Yield one report per half of the corpus."""
    halves = np.array([letter.half for letter in data.letters])
    for half in sorted(set(halves)):
        rows = np.flatnonzero(halves == half)
        mine = Outputs(given.scope[rows], given.scores[rows], given.raised[rows], given.order[rows])
        yield measure(data.take(rows.tolist()).letters, mine, data=f"{half}, {what}", method=method)


def main() -> None:
    """Print the table and, on request, write the JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
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
    reports = [*_others([(path.stem, prepare(read_measured(path), tools)) for path in given.real], data, model)] + (
        [] if given.quick else [*_crossed(data, recipe)]
    )
    print(as_table(reports, COLUMNS))
    if given.json:
        given.json.write_text(as_json(reports), encoding="utf-8")


def _others(sets: Sequence[tuple[str, Prepared]], data: Prepared, model: Model) -> Iterator[Report]:
    for name, other in sets:
        rows = {
            "dummy": dummy(data.letters, other.letters),
            "lexicon": lexicon(other.letters),
            "rules alone": rules_alone(other.readings),
            "char n-grams": char_ngrams(data.letters, other.letters),
            "xiansuo": answer(model, other),
        }
        yield from (measure(other.letters, found, data=name, method=method) for method, found in rows.items())


def _crossed(data: Prepared, recipe: Recipe) -> Iterator[Report]:
    methods: dict[str, Callable[[Prepared, Prepared], Outputs]] = {
        "dummy": lambda learn, test: dummy(learn.letters, test.letters),
        "lexicon": lambda _, test: lexicon(test.letters),
        "rules alone": lambda _, test: rules_alone(test.readings),
        "char n-grams": lambda learn, test: char_ngrams(learn.letters, test.letters),
        "xiansuo": lambda learn, test: answer(fit(learn, recipe), test),
    }
    for method, answers_of in methods.items():
        yield from per_half(
            data, held_out(data, by_matter(data.letters, folds=5), answers_of), "5 folds by matter", method
        )
        yield from per_half(data, held_out(data, by_batch(data.letters), answers_of), "author left out", method)


if __name__ == "__main__":
    main()
