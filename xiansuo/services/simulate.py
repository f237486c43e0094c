"""Replays labelled letters as if an office read them: how much reading the order saves, beside other ways of ordering."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.adapt import Seen
from xiansuo.classifiers.labels import LABELS
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, load_tools, prepare
from xiansuo.domain.category import Category
from xiansuo.errors import UsageError
from xiansuo.evaluation import simulate as orders
from xiansuo.evaluation.gold import GoldLetter
from xiansuo.evaluation.learning import Lessons, lessons_of
from xiansuo.evaluation.replay_page import render
from xiansuo.evaluation.report import rounded
from xiansuo.evaluation.simulate import Replay, Search, Simulation, replay
from xiansuo.services.labelled import read_labelled, titles
from xiansuo.services.model import load_model
from xiansuo.services.train import require_place
from xiansuo.settings import Settings
from xiansuo.text.segment import Segmenter

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Tell = Callable[[str], None]

FIGURES, PAGE = "simulation.json", "simulation.html"
FEWEST_WANTED = 10
"""Of fewer letters of a category 95 % is all of them, and the figures would hang on a single one."""


class Method(StrEnum):
    """Ways of ordering letters."""

    ADAPTIVE = "adaptive"
    COLD = "cold"
    ELAS = "elas-u4"
    ELAS_RAW = "elas-u4-raw"
    RANDOM = "random"
    PERFECT = "perfect"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to replay: finding any accusation, and the letters of each of `categories` beside.

    Learning starts anew after every `batch` letters; what depends on chance runs with `seeds` seeds. With `shuffle` a recipe that starts
    from nothing reads by chance until it has met a letter of each kind; otherwise it is given one of each.
    """

    gold: Path
    methods: tuple[Method, ...] = tuple(Method)
    batch: int = 10
    seeds: int = 20
    categories: tuple[Category, ...] = ()
    shuffle: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Labelled letters to be read for one thing, `label` among the labels; with their words for ASReview's recipe, and their text as it came."""

    lessons: Lessons
    texts: tuple[str, ...] = field(repr=False)
    raw: tuple[str, ...] = field(repr=False)
    label: int = 0

    @property
    def truth(self) -> Bools:
        """Which letters hold what is looked for."""
        return np.asarray(self.lessons.said[:, self.label])


def simulate(settings: Settings, asked: Asked, *, tell: Tell) -> Simulation:
    """Replay the reading of a labelled file, border cases left out, with every method asked for. Raises UsageError."""
    letters = prepare(_replayable(asked.gold), load_tools(settings.home))
    require_place(settings)
    pool = pool_of(load_model(settings, tell=tell).model, letters, Segmenter(settings.lexicons))
    pools = {"": pool} | {category: of_category(pool, category) for category in asked.categories}
    searches = tuple(_search(target, one, asked, tell) for target, one in pools.items())
    (name,) = titles([asked.gold], settings.home)
    return Simulation(name, asked.batch, asked.shuffle, searches)


def pool_of(model: Model, letters: Prepared, segmenter: Segmenter, mail: Prepared | None = None) -> Pool:
    """Let the model get to know the site's mail, or the letters themselves, without labels, as it would know a queue; and cut their words."""
    raw = [f"{letter.subject}\n{letter.text}" for letter in letters.documents]
    words = tuple(" ".join(segmenter.words(text)) for text in raw)
    return Pool(lessons_of(model, letters, mail), words, tuple(raw))


def of_category(pool: Pool, category: Category) -> Pool:
    """Return the letters on which the readers agree whether they hold a category, to be read for it."""
    label, lessons = LABELS.index(category), pool.lessons
    rows = np.flatnonzero(lessons.known[:, label])
    kept = Lessons(
        Seen(lessons.seen.odds[rows], lessons.seen.words[rows]),
        lessons.cold[rows],
        lessons.said[rows],
        lessons.known[rows],
        tuple(lessons.matters[row] for row in rows),
    )
    return replace(
        pool,
        lessons=kept,
        texts=tuple(pool.texts[row] for row in rows),
        raw=tuple(pool.raw[row] for row in rows),
        label=label,
    )


def _search(target: str, pool: Pool, asked: Asked, tell: Tell) -> Search:
    truth = pool.truth
    if target and truth.sum() < FEWEST_WANTED:
        return Search(target, len(truth), int(truth.sum()), ())
    return Search(target, len(truth), int(truth.sum()), tuple(_replays(target, pool, asked, tell)))


def _replays(target: str, pool: Pool, asked: Asked, tell: Tell) -> Iterator[Replay]:
    for method in asked.methods:
        tell(f"正在重放：{Category(target).chinese + ' ' if target else ''}{method}……")
        found = orders_of(pool, method, batch=asked.batch, seeds=asked.seeds, shuffle=asked.shuffle)
        yield replay(method, pool.truth, found)


def orders_of(pool: Pool, method: Method, *, batch: int, seeds: int, shuffle: bool = False) -> list[Ints]:
    """Return the orders in which a method reads a pool: one, or one per seed where chance has a part."""
    truth, lessons = pool.truth, pool.lessons
    match method:
        case Method.ADAPTIVE:
            return [
                orders.adaptive_order(lessons.seen, lessons.said, batch=batch, label=pool.label, known=lessons.known)
            ]
        case Method.COLD:
            return [np.argsort(-lessons.cold[:, [0, pool.label]].min(axis=1), kind="stable")]
        case Method.ELAS | Method.ELAS_RAW:
            start = orders.until_both if shuffle else orders.one_of_each
            texts = pool.texts if method is Method.ELAS else pool.raw
            return [orders.elas_order(texts, truth, first=start(truth, seed=seed)) for seed in range(seeds)]
        case Method.RANDOM:
            return [orders.random_order(len(truth), seed=seed) for seed in range(seeds)]
        case Method.PERFECT:
            return [orders.perfect_order(truth)]


def write(simulation: Simulation, folder: Path, *, english: bool = False) -> tuple[Path, Path]:
    """Write a replay as JSON and as a page into a folder and return both files. Raises UsageError."""
    figures, page = folder / FIGURES, folder / PAGE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figures.write_text(as_json(simulation) + "\n", encoding="utf-8")
        page.write_text(render(simulation, english=english), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"不能写重放结果：{error.strerror}。请核对 --output 的路径和权限。") from error
    return figures, page


def as_json(simulation: Simulation) -> str:
    """Return a replay as JSON, curves included."""
    return json.dumps(rounded(asdict(simulation)), ensure_ascii=False, indent=1)


def _replayable(path: Path) -> tuple[GoldLetter, ...]:
    letters = read_labelled(path)
    if len({letter.in_scope for letter in letters}) < len((True, False)):
        raise UsageError("标注文件里须既有反映问题的信件，也有不反映问题的。请核对 --gold。")
    return letters
