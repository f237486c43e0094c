"""Measures what the program proposes: on letters of the corpus that the model did not see, and on other gold files."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.artifact import manifest_of
from xiansuo.classifiers.prepare import Prepared, fit, prepare
from xiansuo.domain.times import CHINA
from xiansuo.errors import UsageError
from xiansuo.evaluation.evaluation import Evaluation, LearningStep, Mode, Part, write_json
from xiansuo.evaluation.gold import GoldLetter, read_corpus
from xiansuo.evaluation.outputs import Outputs
from xiansuo.evaluation.page import render
from xiansuo.evaluation.report import Figure, Report, compare, measure
from xiansuo.evaluation.split import by_batch, by_matter, frozen, growing
from xiansuo.evaluation.targets import read_targets, rows
from xiansuo.services.classify import answer
from xiansuo.services.evaluate_details import behaviours_of, details_of
from xiansuo.services.evaluate_learning import decisions_of
from xiansuo.services.held_out import ELAS, Bench, Plain, Sitting, held_out, record_of
from xiansuo.services.labelled import read_labelled, titles
from xiansuo.services.link_records import link_answers
from xiansuo.services.model import load_model
from xiansuo.services.train import require_place
from xiansuo.settings import Settings

Ints = NDArray[np.int64]
Tell = Callable[[str], None]

FOLDS, QUICK_FOLDS = 5, 3
SHARES = (0.125, 0.25, 0.5)
FEWEST_TAUGHT = 40
"""From fewer letters than this no model is trained for the learning curve."""
SPEED = "speed"
USUAL_LENGTH = 270
"""Characters of a usual message to a public board; long letters would make the same program seem slow."""
_TIMED = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure. `with_text` lets masked text of other gold files into the page, which is a file that travels."""

    gold: tuple[Path, ...] = ()
    rounds: int = 200
    quick: bool = False
    with_text: bool = False

    @property
    def command(self) -> str:
        """The command that measures this, without paths or names of files."""
        gold = [f"--gold F{at}" for at in range(1, len(self.gold) + 1)]
        return " ".join(["xiansuo evaluate", *(["--quick"] if self.quick else []), *gold])


@dataclass(frozen=True, slots=True)
class Course:
    """A run under way: the corpus without its frozen part, the frozen part, and what answers them."""

    bench: Bench
    asked: Asked
    whole: Prepared = field(repr=False)
    tell: Tell

    @property
    def held(self) -> Ints:
        """The rows of the frozen part."""
        return frozen(self.whole.letters)

    @property
    def open(self) -> Ints:
        """The rows that tuning may look at."""
        return np.setdiff1d(np.arange(len(self.whole.letters)), self.held)

    @property
    def folds(self) -> int:
        """Into how many folds the open part is cut."""
        return QUICK_FOLDS if self.asked.quick else FOLDS


def evaluate(settings: Settings, asked: Asked, *, tell: Tell) -> Evaluation:
    """Measure the corpus by matter, by author and on its frozen part, then each gold file, border cases left out.

    The quick run leaves out authors, frozen part and learning curve.
    """
    named = zip(titles(asked.gold, settings.home), asked.gold, strict=True)
    others = [(name, read_labelled(path)) for name, path in named]
    if others:
        require_place(settings)
    targets = read_targets(settings.home / "evaluation" / "targets.toml")
    bench = Bench.load(settings)
    tell("正在读取训练信件……")
    course = Course(bench, asked, prepare(read_corpus(settings.corpus), bench.tools), tell)
    learning: tuple[LearningStep, ...] = ()
    crossed = _crossed(course)
    parts = [*_parts(course, crossed, Mode.BY_MATTER)]
    if not asked.quick:
        parts += _by_author(course)
        parts += _frozen(course)
        learning = tuple(_learning(course, crossed))
    parts += _others(course, settings, others)
    timed = others[0][1] if others else crossed.data.letters
    reports = [*(part.report for part in parts), _speed(bench, crossed, timed[:_TIMED])]
    return Evaluation(
        made=datetime.now(CHINA).date().isoformat(),
        command=asked.command,
        inputs=manifest_of(settings.home).digest[:16],
        folds=course.folds,
        threshold=bench.recipe.costs.threshold,
        parts=tuple(parts),
        targets=tuple(rows(targets, reports, gold=[name for name, _ in others])),
        learning=learning,
        behaviours=behaviours_of(settings.home, bench, crossed.models[0]),
    )


def write(evaluation: Evaluation, folder: Path, *, english: bool) -> tuple[Path, Path]:
    """Write figures as JSON and the report as one page into a folder; return both files. Raises UsageError."""
    figures, page = folder / "evaluation.json", folder / "evaluation.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figures.write_text(write_json(evaluation), encoding="utf-8")
        page.write_text(render(evaluation, english=english), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"不能写评测结果：{error.strerror}。请核对 --output 的路径和权限。") from error
    return figures, page


def _crossed(course: Course) -> Sitting:
    data = course.whole.take(course.open.tolist())
    return held_out(data, course.bench, _told(by_matter(data.letters, folds=course.folds), course, "按事项交叉验证"))


def _told(folds: Iterable[tuple[Ints, Ints]], course: Course, what: str) -> Iterator[tuple[Ints, Ints]]:
    every = list(folds)
    for number, fold in enumerate(every, start=1):
        course.tell(f"{what}：第 {number} 组，共 {len(every)} 组……")
        yield fold


def _parts(course: Course, sitting: Sitting, mode: Mode) -> Iterator[Part]:
    """Yield a part for each half of the corpus."""
    letters, plain = sitting.data.letters, Plain(sitting.data, course.bench.segmenter)
    folds = by_matter(letters, folds=course.folds) if mode is Mode.BY_MATTER else by_batch(letters)
    yield from _halves(course, sitting, plain.held_out(folds), mode)


def _halves(course: Course, sitting: Sitting, plain: Mapping[str, Outputs], mode: Mode) -> Iterator[Part]:
    halves = np.array([letter.half for letter in sitting.data.letters])
    for half in np.unique(halves).tolist():
        kept = np.flatnonzero(halves == half)
        mine = {method: given.take(kept) for method, given in plain.items()}
        yield _part(course, f"{half}, {mode}", sitting.take(kept.tolist()), mine, mode)


def _by_author(course: Course) -> Iterator[Part]:
    data = course.whole.take(course.open.tolist())
    sitting = held_out(data, course.bench, _told(by_batch(data.letters), course, "整批作者留出"))
    yield from _parts(course, sitting, Mode.BY_AUTHOR)


def _frozen(course: Course) -> Iterator[Part]:
    course.tell("正在测固定留出的部分……")
    model = fit(course.whole.take(course.open.tolist()), course.bench.recipe)
    sitting = course.bench.answer(model, course.whole.take(course.held.tolist()))
    others = Plain(course.whole, course.bench.segmenter).answer(course.open, course.held)
    yield from _halves(course, sitting, others, Mode.FROZEN)


def _others(course: Course, settings: Settings, others: Sequence[tuple[str, tuple[GoldLetter, ...]]]) -> Iterator[Part]:
    if not others:
        return
    model = load_model(settings, tell=course.tell).model
    for name, letters in others:
        course.tell(f"正在测标注文件 {name}……")
        data = prepare(letters, course.bench.tools)
        sitting = course.bench.answer(model, data)
        known = len(course.whole.letters)
        plain = Plain(course.whole.joined(data), course.bench.segmenter)
        mine = plain.answer(np.arange(known), np.arange(known, known + len(letters)))
        taught = decisions_of(model, data, course.bench.segmenter)
        yield _taught(_part(course, name, sitting, mine, Mode.COLD), *taught)


def _taught(part: Part, mine: tuple[Figure, ...], theirs: tuple[Figure, ...]) -> Part:
    """Add what decisions teach to the program's report, and what ASReview's recipe learns to its own."""
    plain = tuple(replace(one, figures=one.figures + theirs) if one.method == ELAS else one for one in part.plain)
    return replace(part, report=replace(part.report, figures=part.report.figures + mine), plain=plain)


def _part(course: Course, data: str, sitting: Sitting, plain: Mapping[str, Outputs], mode: Mode) -> Part:
    letters, given, shown = sitting.data.letters, sitting.outputs(), sitting.shown()
    rounds = course.asked.rounds
    detailed = mode in {Mode.BY_MATTER, Mode.COLD}
    with_text = mode is not Mode.COLD or course.asked.with_text
    return Part(
        name=data.split(",", maxsplit=1)[0],
        mode=mode,
        letters=len(letters),
        in_scope=sum(letter.in_scope for letter in letters),
        authored=mode is not Mode.COLD,
        report=measure(letters, given, data=data, method="xiansuo", rounds=rounds, shown=shown),
        plain=tuple(
            compare(letters, one, data=data, method=method, rounds=rounds // 2) for method, one in plain.items()
        ),
        details=details_of(sitting, given, course.bench, with_text=with_text) if detailed else None,
    )


def _learning(course: Course, crossed: Sitting) -> Iterator[LearningStep]:
    """Yield how models of growing shares of the matters do on the letters of the first folds."""
    letters = crossed.data.letters
    folds = list(by_matter(letters, folds=course.folds))[:2]
    for share in SHARES:
        some = [(learn[growing([letters[row] for row in learn], share)], test) for learn, test in folds]
        if min(len(learn) for learn, _ in some) >= FEWEST_TAUGHT:
            course.tell(f"学习曲线：用 {share:.0%} 的事项训练……")
            yield _step(course, share, some, held_out(crossed.data, course.bench, some))
    tested = np.concatenate([test for _, test in folds])
    yield _step(course, 1.0, folds, crossed.take(tested.tolist()))


def _step(course: Course, share: float, folds: Sequence[tuple[Ints, Ints]], sitting: Sitting) -> LearningStep:
    halves, given = np.array([letter.half for letter in sitting.data.letters]), sitting.outputs()
    reports = []
    for half in np.unique(halves).tolist():
        rows = np.flatnonzero(halves == half)
        mine = [sitting.data.letters[row] for row in rows]
        reports.append(compare(mine, given.take(rows), data=half, method="xiansuo", rounds=course.asked.rounds // 2))
    return LearningStep(share, round(sum(len(learn) for learn, _ in folds) / len(folds)), tuple(reports))


def _speed(bench: Bench, crossed: Sitting, letters: Sequence[GoldLetter]) -> Report:
    """Return how many letters of usual length a second of one core masks, analyses, ranks and links, engine ready."""
    records, analyser = [record_of(letter) for letter in letters], bench.analyser(crossed.models[0])
    list(answer(records[:5], analyser))
    began = time.process_time()
    linked = sum(1 for _ in link_answers(answer(records, analyser)))
    spent = max(time.process_time() - began, 1e-9)
    found = sum(len(record.text) for record in records) / USUAL_LENGTH / spent
    return Report(SPEED, "xiansuo", linked, (Figure("letters_per_second", found, float("nan"), float("nan"), linked),))
