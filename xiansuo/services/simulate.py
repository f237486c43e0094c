"""Replays labelled letters as if an office read them: how much reading the order saves, beside other ways of ordering."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, load_tools, prepare
from xiansuo.errors import UsageError
from xiansuo.evaluation import simulate as orders
from xiansuo.evaluation.gold import GoldLetter
from xiansuo.evaluation.learning import Lessons, lessons_of
from xiansuo.evaluation.report import NOTICE, rounded
from xiansuo.evaluation.simulate import Replay, replay
from xiansuo.services.labelled import read_labelled
from xiansuo.services.model import load_model
from xiansuo.services.train import require_place
from xiansuo.settings import Settings
from xiansuo.text.segment import Segmenter

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Tell = Callable[[str], None]

FILE = "simulation.json"


class Method(StrEnum):
    """Ways of ordering letters."""

    ADAPTIVE = "adaptive"
    COLD = "cold"
    ELAS = "elas-u4"
    RANDOM = "random"
    PERFECT = "perfect"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to replay. Learning starts anew after every `batch` letters; what depends on chance runs with `seeds` seeds."""

    gold: Path
    methods: tuple[Method, ...] = tuple(Method)
    batch: int = 10
    seeds: int = 20


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of a replay; `notice` says what the letters are not."""

    data: str
    batch: int
    replays: tuple[Replay, ...]
    notice: str = NOTICE


@dataclass(frozen=True, slots=True)
class Pool:
    """Labelled letters to be read, with their words for ASReview's recipe."""

    lessons: Lessons
    texts: tuple[str, ...] = field(repr=False)

    @property
    def truth(self) -> Bools:
        """Which letters hold an accusation."""
        return np.asarray(self.lessons.said[:, 0])


def simulate(settings: Settings, asked: Asked, *, tell: Tell) -> Simulation:
    """Replay the reading of a labelled file, border cases left out, with every method asked for. Raises UsageError."""
    letters = prepare(_replayable(asked.gold), load_tools(settings.home))
    require_place(settings)
    pool = pool_of(load_model(settings, tell=tell).model, letters, Segmenter(settings.lexicons))
    replays = []
    for method in asked.methods:
        tell(f"正在重放：{method}……")
        replays.append(replay(method, pool.truth, orders_of(pool, method, batch=asked.batch, seeds=asked.seeds)))
    return Simulation(asked.gold.stem, asked.batch, tuple(replays))


def pool_of(model: Model, letters: Prepared, segmenter: Segmenter, mail: Prepared | None = None) -> Pool:
    """Let the model get to know the site's mail, or the letters themselves, without labels, as it would know a queue; and cut their words."""
    texts = [" ".join(segmenter.words(f"{letter.subject}\n{letter.text}")) for letter in letters.documents]
    return Pool(lessons_of(model, letters, mail), tuple(texts))


def orders_of(pool: Pool, method: Method, *, batch: int, seeds: int) -> list[Ints]:
    """Return the orders in which a method reads a pool: one, or one per seed where chance has a part."""
    truth = pool.truth
    match method:
        case Method.ADAPTIVE:
            return [orders.adaptive_order(pool.lessons.seen, truth, batch=batch)]
        case Method.COLD:
            return [np.argsort(-pool.lessons.cold[:, 0], kind="stable")]
        case Method.ELAS:
            return [orders.elas_order(pool.texts, truth, seed=seed) for seed in range(seeds)]
        case Method.RANDOM:
            return [orders.random_order(len(truth), seed=seed) for seed in range(seeds)]
        case Method.PERFECT:
            return [orders.perfect_order(truth)]


def write(simulation: Simulation, folder: Path) -> Path:
    """Write a replay as JSON into a folder and return the file. Raises UsageError."""
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(as_json(simulation) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"不能写重放结果：{error.strerror}。请核对 --output 的路径和权限。") from error
    return file


def as_json(simulation: Simulation) -> str:
    """Return a replay as JSON, curves included."""
    return json.dumps(rounded(asdict(simulation)), ensure_ascii=False, indent=1)


def _replayable(path: Path) -> tuple[GoldLetter, ...]:
    letters = read_labelled(path)
    if len({letter.in_scope for letter in letters}) < len((True, False)):
        raise UsageError(f"标注文件 {path.name} 里须既有反映问题的信件，也有不反映问题的。请核对 --gold。")
    return letters
