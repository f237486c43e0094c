"""Takes hostile files in by the thousand, as a folder of letters, and counts what became of each."""

import re
import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

from tests.fuzzing.grown import GROWN
from tests.fuzzing.mutants import CHANGES, spliced
from xiansuo.domain.letter import Defect, Item, Unreadable
from xiansuo.intake.collect import Collected, collect
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.ingest import Intake, Report, ingest
from xiansuo.services.judgement import Judgement, judge
from xiansuo.services.office import Office
from xiansuo.text.entities import EntityFinder

_SOURCE = "模糊测试"
# Each costs seconds in its own program, so that they are tried seldom.
_SELDOM: Mapping[str, float] = {
    "old office": 0.002,
    "picture": 0.02,
    "pdf": 0.02,
    "msg": 0.02,
    "recursive_pdf": 0.05,
    "broken_pdf": 0.05,
    "hard_text": 0.3,
}
_OUTCOMES = ("stored", "sealed", "seen", "quarantined")
_TIMED_OUT = "时间上限"


@dataclass(frozen=True, slots=True)
class Hostile:
    """One input: where it comes from and what it is; the same number and seed make the same bytes."""

    number: int
    format: str
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Tally:
    """What became of the inputs. The outcomes count letters, of which an archive, mailbox or table holds several.

    `crashes` are batches that raised, `lost` inputs of which nothing came, `hangs` letters that took longer than the limit.
    """

    inputs: int = 0
    by_format: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    stored: int = 0
    sealed: int = 0
    seen: int = 0
    quarantined: int = 0
    crashes: int = 0
    hangs: int = 0
    lost: int = 0
    unforeseen: Counter[str] = field(default_factory=Counter)
    slowest_ms: int = 0
    slowest: str = ""
    peak_mb: int = 0

    def as_json(self) -> dict[str, object]:
        """Return the figures in the order of the report."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return said | {name: dict(sorted(said[name].items())) for name in ("by_format", "unforeseen")}


def hostile(seeds: Mapping[str, Sequence[bytes]], count: int, *, seed: int) -> Iterator[Hostile]:
    """Yield so many inputs."""
    for number in range(count):
        yield one_hostile(seeds, number, seed=seed)


def one_hostile(seeds: Mapping[str, Sequence[bytes]], number: int, *, seed: int) -> Hostile:
    """Return the input of this number."""
    dice = Random(f"{seed}:{number}")  # noqa: S311 - the same inputs every time
    if dice.random() < 0.12:
        while dice.random() > _SELDOM.get((grow := dice.choice(GROWN)).__name__, 1.0):
            pass
        return Hostile(number, grow.__name__, grow(dice))
    while dice.random() > _SELDOM.get(kind := dice.choice(sorted(seeds)), 1.0):
        pass
    data = dice.choice(seeds[kind])
    if dice.random() < 0.1:
        data = spliced(data, seeds[dice.choice(sorted(set(seeds) - set(_SELDOM)))], dice)
    for _ in range(dice.choice((0, 1, 1, 1, 2, 4)) if dice.random() < 0.98 else 0):
        data = dice.choice(CHANGES)(data, dice)
    return Hostile(number, kind, data)


class Trial:
    """One office into which hostile files go batch by batch."""

    def __init__(self, office: Office, finder: EntityFinder, *, limit: float) -> None:
        self.tally = Tally()
        self._office = office
        self._finder = finder
        self._limit = limit
        self._check = SealCheck(office.settings.rules, office.register)

    def take(self, inputs: Iterable[Hostile], *, batch: int = 250) -> Tally:
        """Take all inputs in; a batch that raises is a crash, and the next goes on."""
        stream = iter(inputs)
        while some := list(islice(stream, batch)):
            self._batch(some)
        usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        self.tally.peak_mb = max(self.tally.peak_mb, max(usage) // 1024)
        return self.tally

    def _batch(self, some: Sequence[Hostile]) -> None:
        tally = self.tally
        tally.inputs += len(some)
        tally.by_format += Counter(one.format for one in some)
        folder = Path(tempfile.mkdtemp(prefix="xiansuo-fuzz-"))
        try:
            for one in some:
                (folder / f"{one.number}{'.csv' if one.format == 'csv' else ''}").write_bytes(one.data)
            met = set[str]()
            self._count(ingest(self._intake(), self._collected(folder, met)))
            for missed in {str(one.number) for one in some} - met:
                tally.lost += 1
                tally.unforeseen[f"nothing came of {missed}"] += 1
        except Exception as error:  # noqa: BLE001 - a crash of the run is what is looked for
            tally.crashes += 1
            tally.unforeseen[f"crash {type(error).__name__} in {some[0].number}-{some[-1].number}"] += 1
        finally:
            shutil.rmtree(folder)

    def _collected(self, folder: Path, met: set[str]) -> Iterator[Collected]:
        found = iter(collect(folder, source=_SOURCE, limits=self._office.limits))
        while True:
            started = time.monotonic()
            one = next(found, None)
            if one is None:
                return
            if not isinstance(one, Defect):
                met.update(re.findall(r"\A/(\d+)", _locator(one).removeprefix(str(folder))))
                self._timed(time.monotonic() - started, one)
            self.tally.letters += not isinstance(one, Defect)
            yield one

    def _intake(self) -> Intake:
        return Intake(self._office, self._finder, source=_SOURCE, kind="paths", judging=self._judging)

    def _judging(self, entries: Sequence[Item | Unreadable]) -> Callable[[], list[Judgement]]:
        return lambda: [self._judge(entry) for entry in entries]

    def _judge(self, entry: Item | Unreadable) -> Judgement:
        started = time.monotonic()
        (judged,) = judge([entry], self._office, self._finder, self._check)
        self._timed(time.monotonic() - started, entry)
        if isinstance(judged, Unreadable) and judged.trouble.value == "failed":
            self.tally.unforeseen[f"{judged.detail} at {Path(_locator(entry)).name[:40]}"] += 1
            self.tally.hangs += _TIMED_OUT in judged.detail
        return judged

    def _timed(self, seconds: float, entry: Item | Unreadable) -> None:
        self.tally.hangs += seconds > self._limit
        if 1000 * seconds > self.tally.slowest_ms:
            self.tally.slowest_ms, self.tally.slowest = round(1000 * seconds), Path(_locator(entry)).name[:40]

    def _count(self, report: Report) -> None:
        counts = report.as_json()
        for name in _OUTCOMES:
            setattr(self.tally, name, getattr(self.tally, name) + counts[name])


def _locator(one: Item | Unreadable) -> str:
    return one.item.locator if isinstance(one, Unreadable) else one.locator
