"""Measures second looks: of labels wrong by design, how many are among the first decisions offered, beside offering at random.

usage: python benchmarks/doubts.py GOLD [--mail F] [--decided 300] [--flipped 0.05] [--seeds 5]
GOLD holds letters with labels, which are taken for right; a share of the scope labels is turned round at random.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tools.measure_learning import read_mail
from xiansuo.classifiers.adapt import Seen
from xiansuo.classifiers.prepare import fit, load_tools, prepare
from xiansuo.classifiers.recipe import read_recipe
from xiansuo.evaluation.doubts import FOLDS, doubts
from xiansuo.evaluation.gold import read_corpus, read_measured
from xiansuo.evaluation.learning import Lessons, lessons_of
from xiansuo.settings import Settings

OFFERED = (0.05, 0.10)


def main() -> None:
    """Print precision and recall over the seeds."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("gold", type=Path)
    asked.add_argument("--mail", type=Path, help="unlabelled mail of the same site: id, title or subject, text")
    asked.add_argument("--decided", type=int, default=300)
    asked.add_argument("--flipped", type=float, default=0.05)
    asked.add_argument("--seeds", type=int, default=5)
    given = asked.parse_args()
    lessons = _lessons(given.gold, given.mail)
    runs = [_run(lessons, given.decided, given.flipped, seed) for seed in range(given.seeds)]
    count = min(given.decided, len(lessons.said))
    wrong = round(given.flipped * count)
    print(f"{given.gold.stem}: {count} decisions, {wrong} turned round, {given.seeds} seeds")
    _print("offered by doubt", np.array([found for found, _, _ in runs]), count, wrong)
    _print("offered at random", np.array([found for _, found, _ in runs]), count, wrong)
    offered = np.array([found for _, _, found in runs])
    print(f"doubted in all: {offered[:, 0].mean():.1f}, of them turned round {offered[:, 1].mean():.1f}")


def _lessons(gold: Path, mail: Path | None) -> Lessons:
    settings = Settings()
    tools = load_tools(settings.home)
    recipe = read_recipe(settings.models / "scope_categories" / "recipe.toml")
    model = fit(prepare(read_corpus(settings.corpus), tools), recipe)
    others = prepare(read_mail(mail), tools) if mail else None
    return lessons_of(model, prepare(read_measured(gold), tools), others)


def _run(lessons: Lessons, decided: int, flipped: float, seed: int) -> tuple[list[int], list[int], list[int]]:
    """Return how many wrong ones are among the first offered by doubt and at random, and (all doubted, wrong among them)."""
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(lessons.said))[:decided])
    said = lessons.said[rows, :1].copy()
    wrong = random.choice(len(rows), round(flipped * len(rows)), replace=False)
    said[wrong] ^= True
    seen = Seen(lessons.seen.odds[rows], lessons.seen.words[rows])
    found = doubts(seen, said, np.ones(len(rows)), random.permutation(len(rows)) % FOLDS)
    offered = [one.row for one in found]
    mixed = random.permutation(len(rows)).tolist()
    return (
        _hits(offered, wrong.tolist(), len(rows)),
        _hits(mixed, wrong.tolist(), len(rows)),
        [len(offered), len(set(offered) & set(wrong.tolist()))],
    )


def _hits(offered: Sequence[int], wrong: Sequence[int], count: int) -> list[int]:
    return [len(set(offered[: round(share * count)]) & set(wrong)) for share in OFFERED]


def _print(name: str, hits: np.ndarray, count: int, wrong: int) -> None:
    for column, share in enumerate(OFFERED):
        looked, found = round(share * count), hits[:, column]
        print(
            f"  {name:18} first {share:4.0%} ({looked}): precision {found.mean() / looked:.2f}, "
            f"recall {found.mean() / wrong:.2f} (from {found.min() / wrong:.2f} to {found.max() / wrong:.2f})"
        )


if __name__ == "__main__":
    main()
