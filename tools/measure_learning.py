"""Measure the adaptation to a site: what mail without labels, decisions, and reading in the learned order bring, and what is forgotten.

Authored letters are not real petitions. Sites: other gold files (`--real F`, with `--mail G`, unlabelled JSON Lines, as their mail),
and inside the corpus whole authors whom the model never read. Letters of the frozen part are never decided nor tested.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xiansuo.classifiers.adapt import acquaint, odds_of
from xiansuo.classifiers.corpus import GoldLetter
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, fit, load_tools, prepare
from xiansuo.classifiers.recipe import Recipe, read_recipe
from xiansuo.domain.letter import Kind
from xiansuo.evaluation.gold import read_corpus, read_measured
from xiansuo.evaluation.learning import decisions, learning_curve, lessons_of, site_letters, worth
from xiansuo.evaluation.simulate import Replay, replay
from xiansuo.evaluation.split import by_matter, frozen
from xiansuo.services.simulate import Method, Pool, orders_of, pool_of
from xiansuo.settings import Settings
from xiansuo.text.segment import Segmenter

COUNTS = (0, 20, 50, 100, 200)
AUTHORS = {"natural n5-n8": ("n5", "n6", "n7", "n8"), "literary a4-a6": ("a4", "a5", "a6")}
TARGETS = {50: 0.955, 100: 0.965, 200: 0.975}
TAUGHT = 200


@dataclass(frozen=True, slots=True)
class Site:
    """Labelled letters of a site, its unlabelled mail (None: the letters themselves), and a model that read neither."""

    name: str
    model: Model
    letters: Prepared
    mail: Prepared | None = None


def main() -> None:
    """Print a table per site."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--real", type=Path, action="append", default=[], help="gold file nobody trained on")
    asked.add_argument("--mail", type=Path, help="unlabelled mail of the same site: id, title or subject, text")
    asked.add_argument("--draws", type=int, default=20)
    asked.add_argument("--only-real", action="store_true", help="leave out the authors inside the corpus")
    given = asked.parse_args()
    settings = Settings()
    tools = load_tools(settings.home)
    recipe = read_recipe(settings.models / "scope_categories" / "recipe.toml")
    corpus = prepare(read_corpus(settings.corpus), tools)
    mail = prepare(read_mail(given.mail), tools) if given.mail else None
    reals = [(path.stem, prepare(read_measured(path), tools)) for path in given.real]
    segmenter = Segmenter(settings.lexicons)
    for site in _sites(corpus, recipe, reals, mail, authors=not given.only_real):
        _report(site, segmenter, draws=given.draws)
    for name, letters in reals:
        _forgetting(name, letters, corpus, recipe, mail)


def read_mail(path: Path) -> list[GoldLetter]:
    """Read unlabelled letters; what they say about labels means nothing."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        GoldLetter(
            id=row["id"],
            half="mail",
            batch="mail",
            matter=row["id"],
            kind=Kind.LETTER,
            subject=row.get("subject") or row.get("title") or "",
            text=row["text"],
            received=None,
            in_scope=False,
            labels=frozenset(),
        )
        for row in rows
    ]


def _sites(
    corpus: Prepared,
    recipe: Recipe,
    reals: Sequence[tuple[str, Prepared]],
    mail: Prepared | None,
    *,
    authors: bool,
) -> Iterator[Site]:
    if reals:
        model = fit(corpus, recipe)
        yield from (Site(name, model, letters, mail) for name, letters in reals)
    held = set(frozen(corpus.letters).tolist())
    for name, batches in AUTHORS.items() if authors else ():
        theirs = [row for row, letter in enumerate(corpus.letters) if letter.batch in batches]
        others = np.setdiff1d(np.arange(len(corpus.letters)), theirs).tolist()
        yield Site(name, fit(corpus.take(others), recipe), corpus.take(row for row in theirs if row not in held))


def _report(site: Site, segmenter: Segmenter, *, draws: int) -> None:
    count = len(site.letters.letters)
    print(f"\n{site.name}: {count} letters; mail: {len(site.mail.letters) if site.mail else 'the letters themselves'}")
    pool = pool_of(site.model, site.letters, segmenter, site.mail)
    print(
        f"  {'decisions':>9} {'AUROC':>15} {'cold':>7} {'target':>7} {'mean AP':>15} {'cold':>7} {'ECE':>6} {'cold':>6}"
    )
    for one in learning_curve(pool.lessons, counts=[step for step in COUNTS if step < 0.7 * count], draws=draws):
        after, spread, cold = one.after, one.spread, one.cold
        print(
            f"  {one.decisions:9d} {after.auroc:7.4f} ± {spread.auroc:.3f} {cold.auroc:7.4f} "
            f"{TARGETS.get(one.decisions, float('nan')):7.3f} {after.mean_ap:7.4f} ± {spread.mean_ap:.3f} {cold.mean_ap:7.4f} "
            f"{after.ece:6.3f} {cold.ece:6.3f}"
        )
    _screening(pool, draws=draws)


def _screening(pool: Pool, *, draws: int) -> None:
    for method in Method:
        for batch in (1, 5, 10) if method is Method.ADAPTIVE else (10,):
            found = replay(method, pool.truth, orders_of(pool, method, batch=batch, seeds=draws))
            print(f"  {_line(found)}" + (f"  (learning after every {batch})" if method is Method.ADAPTIVE else ""))


def _line(found: Replay) -> str:
    mean, spread = found.mean, found.spread
    return (
        f"{found.method:12s} WSS@95 {mean.wss95:.3f}, share {mean.wss95_share:.3f} ± {spread.wss95_share:.3f}, ATD {mean.atd:.3f}, "
        f"recall after 10/20 % {mean.recall_10:.2f} {mean.recall_20:.2f}, read {mean.read95:.2f}"
    )


def _forgetting(name: str, letters: Prepared, corpus: Prepared, recipe: Recipe, mail: Prepared | None) -> None:
    """Adapt a model to a site and ask it about authored letters that it never read."""
    learn, test = next(iter(by_matter(corpus.letters, folds=5)))
    model = fit(corpus.take(learn.tolist()), recipe)
    started = time.perf_counter()
    others = site_letters(mail or letters)
    known = acquaint(model, others, words_from=[*others, *site_letters(letters)])
    mixed = np.random.default_rng(0).permutation(len(letters.letters))[:TAUGHT]
    decided = decisions(letters.take(mixed.tolist()))
    adapted = known.learn(decided)
    seconds = time.perf_counter() - started
    kept = known.learn(decided, decisions(corpus.take(learn.tolist())))
    print(f"\nauthored letters, one fold in five by matter, before and after adapting to {name} ({seconds:.1f} s):")
    for half in sorted({corpus.letters[row].half for row in test}):
        mine = corpus.take(row for row in test if corpus.letters[row].half == half)
        lessons = lessons_of(model, mine)
        for what, one in (
            ("before", model),
            ("mail only", known),
            (f"{TAUGHT} decisions", adapted),
            ("and kept ones", kept),
        ):
            found = worth(odds_of(one.score(mine.documents, mine.readings)), lessons.said, lessons.known)
            print(f"  {half:9s} {what:14s} AUROC {found.auroc:.4f}  mean AP {found.mean_ap:.4f}  ECE {found.ece:.3f}")


if __name__ == "__main__":
    main()
