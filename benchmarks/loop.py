"""The learning loop as an office lives through it: decisions go in through the services, and what the queue makes of them is measured.

usage: python -m benchmarks.loop [--gold FILE.jsonl] [--mail FILE.jsonl] [--seeds 20] [--errors 0.05] [--only curve|reading] [--output FILE.json]

Labelled letters are taken in, masked, analysed, linked into clues and ranked by the program itself. Curve: for every seed, clues are decided
in random order through services.decide, the queue learns (services.order.reorder), and the stored scope of the clues left is compared with
the labels after 0, 20, 50, 100 and 200 decisions. Reading: one person reads the whole queue as services.leases.next_clue gives clues out,
turns included, beside `xiansuo simulate` and ASReview's ELAS u4 on the same clues with the same answers. A clue of several letters counts
once. Without --gold a fifth of the authored matters stands for the mail, and a model is trained that did not see them.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.loop_measure import Ints, Reader, learn_from, read_all, worth, worth_of
from benchmarks.loop_office import DAYS, Template, entered, prepare
from xiansuo.classifiers.corpus import GoldLetter, read_corpus
from xiansuo.classifiers.prepare import load_tools
from xiansuo.classifiers.prepare import prepare as mask
from xiansuo.evaluation import simulate as orders
from xiansuo.evaluation.learning import learned
from xiansuo.evaluation.report import rounded
from xiansuo.evaluation.simulate import Fared, Replay, replay
from xiansuo.evaluation.split import by_matter, frozen
from xiansuo.services.labelled import read_labelled
from xiansuo.services.model import load_model
from xiansuo.services.simulate import Pool, pool_of
from xiansuo.settings import Settings
from xiansuo.text.segment import Segmenter

COUNTS = (0, 20, 50, 100, 200)
_MOST_DECIDED = 0.7
"""The largest share of the clues that is decided; figures on the few left would say more about chance than about learning."""
_BATCH = 10
QUEUES: Mapping[str, dict[str, Any]] = {
    "queue": {},
    "no turns": {"days": 0},
    "not learning": {"learning": False},
    "rubric alone": {"days": 0, "learning": False},
}
"""The real queue, and what is left of it without turns (on the day the letters came) and without learning."""
_SHOWN = ("wss95", "wss95_share", "tnr95", "read95", "atd", "recall_10", "recall_20")


@dataclass(frozen=True, slots=True)
class Step:
    """What is known of the clues left after a number of decisions, by name: mean and standard deviation over the seeds.

    `cold` is what their suggestions say, `loop` what the queue learned about them, `rise` the difference on the same clues;
    `shortcut` is `loop` computed from the gold file without an office, as `xiansuo simulate` does.
    """

    decisions: int
    left: int
    seeds: int
    figures: Mapping[str, tuple[float, float]]


def main() -> None:
    """Print both tables and write them."""
    given = _arguments()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="xiansuo-loop-") as name:
        folder = Path(name)
        home, gold, told = _data(given.gold, folder)
        template = prepare(folder, home, gold, given.mail)
        print(told, f"prepared in {time.perf_counter() - began:.0f} s: {template.counts}", sep="\n")
        pool = _pool(template, home, gold)
        steps = [] if given.only == "reading" else list(_curve(template, home, pool, given))
        _print_curve(steps)
        replays = [] if given.mail or given.only == "curve" else _readings(template, home, pool, given)
        _print_readings(replays)
    print(f"{time.perf_counter() - began:.0f} s in all")
    if given.output:
        found = {"data": told, "counts": template.counts, "errors": given.errors}
        written = {**found, "curve": [asdict(one) for one in steps], "reading": [asdict(one) for one in replays]}
        given.output.write_text(json.dumps(rounded(written), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _data(gold: Path | None, folder: Path) -> tuple[Path, Sequence[GoldLetter], str]:
    """Return the content folders, the labelled letters, and what they are."""
    home = Settings().home
    if gold:
        letters = read_labelled(gold)
        return (
            home,
            letters,
            f"data: {gold.stem}, {len(letters)} labelled letters, border cases left out; the model saw none of them",
        )
    letters = read_corpus(home / "data" / "corpus")
    held = set(frozen(letters).tolist())
    _, test = next(iter(by_matter(letters, folds=5)))
    mine = [letters[row] for row in test if row not in held]
    print("training a model without these letters, about a minute", file=sys.stderr)
    made = _home_without({letter.id for letter in mine}, home, folder)
    return (
        made,
        mine,
        f"data: {len(mine)} authored letters, a fifth of the matters, not real petitions; the model saw none of them",
    )


def _home_without(ids: set[str], home: Path, folder: Path) -> Path:
    """Return content folders like `home` whose corpus lacks the letters with these ids."""
    made = folder / "home"
    for name in ("rules", "data/lexicons", "evaluation"):
        shutil.copytree(home / name, made / name)
    shutil.copytree(home / "models", made / "models", ignore=shutil.ignore_patterns("artifacts"))
    (made / "data/corpus").mkdir()
    for path in sorted((home / "data/corpus").glob("*.jsonl")):
        kept = [line for line in path.read_text("utf-8").splitlines(keepends=True) if json.loads(line)["id"] not in ids]
        (made / "data/corpus" / path.name).write_text("".join(kept), encoding="utf-8")
    return made


def _curve(template: Template, home: Path, pool: Pool, given: argparse.Namespace) -> Iterator[Step]:
    counts = [count for count in COUNTS if count <= _MOST_DECIDED * len(template.clues)]
    rows = [list(_seed(template, home, pool, counts, seed, given.errors)) for seed in range(given.seeds)]
    for place, count in enumerate(counts):
        table = {name: [row[place][name] for row in rows] for name in rows[0][place]}
        figures = {name: (float(np.mean(values)), float(np.std(values))) for name, values in table.items()}
        yield Step(count, len(template.clues) - count, given.seeds, figures)


def _seed(
    template: Template, home: Path, pool: Pool, counts: Sequence[int], seed: int, errors: float
) -> Iterator[dict[str, float]]:
    known, reader = template.clues, Reader(template.clues, errors=errors, seed=seed)
    mixed = np.random.default_rng(seed).permutation(len(known))
    with entered(template, home) as room:
        for before, count in zip((0, *counts), counts, strict=False):
            for place in mixed[before:count]:
                room.decide(known[place].number, reader.says(int(place)))
            learn_from(room)
            left = mixed[count:]
            cold, loop = worth(room, known, left)
            short = learned(pool.lessons.seen, reader.said, mixed[:count])[left]
            shortcut = worth_of([known[place] for place in left], short[:, 0], short[:, 1:])
            yield {
                "cold": cold.auroc,
                "loop": loop.auroc,
                "rise": loop.auroc - cold.auroc,
                "shortcut": shortcut.auroc,
                "any, cold": cold.of_any,
                "any, loop": loop.of_any,
                "AP, cold": cold.mean_ap,
                "AP, loop": loop.mean_ap,
                "AP, shortcut": shortcut.mean_ap,
            }
    print(f"seed {seed} done", file=sys.stderr)


def _readings(template: Template, home: Path, pool: Pool, given: argparse.Namespace) -> list[Replay]:
    """Return how the real queue fared, beside other ways of reading the same clues with the same answers."""
    readers = [Reader(template.clues, errors=given.errors, seed=seed) for seed in range(given.readings)]
    truth = np.array([one.in_scope for one in template.clues])
    queue = {name: [_read(template, home, reader, **how) for reader in readers] for name, how in QUEUES.items()}
    starts = [orders.one_of_each(truth, seed=seed) for seed in range(given.seeds)]
    heard = [Reader(template.clues, errors=given.errors, seed=seed).said[:, 0] for seed in range(given.seeds)]
    pairs = list(zip(heard, starts, strict=True))
    shortcut = [orders.adaptive_order(pool.lessons.seen, one.said[:, :1], batch=_BATCH) for one in readers]
    return [
        *(replay(name, truth, found) for name, found in queue.items()),
        replay("simulate", truth, shortcut),
        replay("elas-u4", truth, [orders.elas_order(pool.texts, said, first=_both(said, one)) for said, one in pairs]),
        replay(
            "elas-u4-raw", truth, [orders.elas_order(pool.raw, said, first=_both(said, one)) for said, one in pairs]
        ),
        replay("random", truth, [orders.random_order(len(truth), seed=seed) for seed in range(given.seeds)]),
        replay("perfect", truth, [orders.perfect_order(truth)]),
    ]


def _read(template: Template, home: Path, reader: Reader, *, days: int = DAYS, learning: bool = True) -> Ints:
    with entered(template, home, days=days) as room:
        return read_all(room, template.clues, reader, learning=learning)


def _both(said: np.ndarray, first: list[int]) -> list[int]:
    """Return the letters to start from, with more where a mistake gave both the same answer."""
    if len(set(said[first])) == 1:
        return [*first, int(np.flatnonzero(said != said[first[0]])[0])]
    return first


def _pool(template: Template, home: Path, gold: Sequence[GoldLetter]) -> Pool:
    """Return the main letters of the clues as `xiansuo simulate` would read them."""
    settings = Settings(home=home)
    letters = mask([gold[one.row] for one in template.clues], load_tools(home))
    model = load_model(settings, tell=lambda _sentence: None).model
    return pool_of(model, letters, Segmenter(settings.lexicons))


def _print_curve(steps: Sequence[Step]) -> None:
    if not steps:
        return
    names = list(steps[0].figures)
    print("\nscope AUROC and mean AP on the clues left after random decisions (mean ± sd over the seeds).")
    print(
        "cold: as suggested; any: against any accusation, not only the six categories; with 0 decisions the loop knows the mail:"
    )
    print(f"{'decisions':>9} {'left':>5} " + " ".join(f"{name:>14s}" for name in names))
    for one in steps:
        cells = " ".join(f"{mean:7.4f} ±{spread:5.3f}" for mean, spread in one.figures.values())
        print(f"{one.decisions:9d} {one.left:5d} {cells}")


def _print_readings(replays: Sequence[Replay]) -> None:
    if not replays:
        return
    print(f"\nreading all {replays[0].letters} clues, {replays[0].wanted} of them wanted (mean ± sd over the runs):")
    print(f"{'way of reading':14s} {'runs':>4} " + " ".join(f"{name:>13s}" for name in _SHOWN))
    for one in replays:
        print(f"{one.method:14s} {one.runs:4d} " + " ".join(_cell(one.mean, one.spread, name) for name in _SHOWN))


def _cell(mean: Fared, spread: Fared, name: str) -> str:
    return f"{getattr(mean, name):6.3f} ±{getattr(spread, name):5.3f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, help="labelled letters, as data/corpus/ANNOTATION.md describes them")
    parser.add_argument(
        "--mail", type=Path, help="letters without labels that stand in the queue too; only the curve is measured then"
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--errors", type=float, default=0.0, help="share of decisions that are wrong about scope")
    parser.add_argument(
        "--readings",
        type=int,
        default=1,
        help="how often the whole queue is read; without errors each time is the same",
    )
    parser.add_argument("--only", choices=("curve", "reading"), help="measure one of both")
    parser.add_argument("--output", type=Path, help="write the figures here (JSON)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
