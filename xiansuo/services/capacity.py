"""Measures what this machine can take: letters of the corpus through the whole flow in an office of their own that is thrown away."""

import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import quantiles

from xiansuo.domain.board import Filters, Show
from xiansuo.domain.people import Role, Viewer
from xiansuo.services.accounts import Machine, create
from xiansuo.services.board import open_board
from xiansuo.services.office import Office, initialise
from xiansuo.services.queue import total
from xiansuo.services.sessions import viewer_named
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.settings import Settings
from xiansuo.storage.statistics import size

HOURS = 8.0
"""What is told as a day's letters: the hours of a night in which nobody else needs the machine."""
MANY = 100_000
_ASKED = 20
_WORDS = ("村支书", "补贴", "低保", "工程款", "拉票")
_PLACES = (("一个县", "A county", 50), ("一个地级市", "A city", 500), ("一个省", "A province", 3_000))
"""So many letters a day each is taken to receive at most; assumptions, not measurements."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What was measured: letters, seconds of the wall and of the processor, and what a page's rows took in milliseconds (95 of 100)."""

    letters: int
    clues: int
    cores: int
    seconds: float
    cpu_seconds: float
    jieba_seconds: float
    known_ms: float
    queue_ms: float
    search_ms: float
    bytes_per_letter: int
    memory_mb: int

    @property
    def per_second(self) -> float:
        """Letters a second from the file to the queue, on one core."""
        return self.letters / self.seconds

    @property
    def to_jieba(self) -> float:
        """How many times longer than jieba needs to cut the same texts."""
        return self.seconds / self.jieba_seconds

    @property
    def per_night(self) -> int:
        """Letters that one process takes in `HOURS` hours at this speed, rounded down to hundreds."""
        return int(self.per_second * HOURS * 3600) // 100 * 100

    @property
    def hours_for_many(self) -> float:
        """Hours for `MANY` letters at this speed."""
        return MANY / self.per_second / 3600

    @property
    def gigabytes_for_many(self) -> float:
        """Gigabytes of database for `MANY` letters of this size."""
        return MANY * self.bytes_per_letter / 1e9

    def as_json(self) -> dict[str, object]:
        """Return everything for scripts, what was measured and what follows from it."""
        told = {"letters_per_second": round(self.per_second, 1), "times_jieba": round(self.to_jieba, 2)}
        more = {"letters_in_8_hours": self.per_night, "hours_for_100000": round(self.hours_for_many, 2)}
        return {**asdict(self), **told, **more, "gigabytes_for_100000": round(self.gigabytes_for_many, 2)}


def measure(settings: Settings, *, most: int = 1_000, tell: Callable[[str], None]) -> Capacity:
    """Measure with up to `most` letters of the corpus. Nothing is read from or written to the installation, nothing leaves the machine."""
    rows = _rows(settings, most)
    with tempfile.TemporaryDirectory(prefix="xiansuo-bench-") as folder:
        own = settings.model_copy(update={"state_dir": Path(folder) / "state"})
        initialise(own)
        file = Path(folder) / "letters.jsonl"
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        bench = Bench.prepare(own, tell=tell)
        empty = _size(bench.office)
        tell(f"正在用 {len(rows)} 件样本信测量，一般半分钟到一分钟……")
        taken, spent = _timed(lambda: _through(bench, file))
        again, _ = _timed(lambda: ingest_paths(bench, [file]))
        viewer = _viewer(bench.office)
        found = Capacity(
            letters=len(rows),
            clues=total(bench.office, viewer),
            cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            seconds=round(taken, 3),
            cpu_seconds=round(spent, 3),
            jieba_seconds=round(jieba_seconds((str(row["text"]) for row in rows), time.perf_counter), 3),
            known_ms=round(1000 * again / len(rows), 3),
            queue_ms=_page(bench.office, viewer, [Filters(show=Show.WAITING)] * _ASKED),
            search_ms=_page(bench.office, viewer, [Filters(show=Show.ALL, words=one) for one in _WORDS * 4]),
            bytes_per_letter=(_size(bench.office) - empty) // len(rows),
            memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        )
        bench.office.engine.dispose()
    return found


def told(found: Capacity) -> Iterator[tuple[str, str]]:
    """Yield in Chinese and in English what was measured and what it means for an office, what an operator asks for first."""
    yield (
        f"测得：这台机器用一个进程每秒处理 {found.per_second:.0f} 件来件（{found.letters} 件样本信从文件到待审线索，{found.seconds:.1f} 秒）。",
        f"Measured: one process takes in {found.per_second:.0f} letters a second ({found.letters} sample letters from file to queue, {found.seconds:.1f} s).",
    )
    yield (
        f"推算：照这个速度，一夜（{HOURS:.0f} 小时）约 {_many(found.per_night)}件；{_many(MANY)}件约需 {found.hours_for_many:.1f} 小时，数据库约 {found.gigabytes_for_many:.1f} GB。",
        f"At this speed: about {found.per_night:,} letters in a night of {HOURS:.0f} hours; {MANY:,} in {found.hours_for_many:.1f} hours, {found.gigabytes_for_many:.1f} GB of database.",
    )
    for place, name, daily in _PLACES:
        took, taken = _minutes(daily / found.per_second / 60)
        enough = daily <= found.per_night
        yield (
            f"{place}若每天来件 {daily} 件（假定）：每天用时{took}，{'这台机器够用' if enough else '这台机器不够，请增加进程或换用更快的机器'}。",
            f"{name} with {daily:,} letters a day (assumed): {taken} a day; {'this machine is enough' if enough else 'add processes or a faster machine'}.",
        )
    yield (
        f"有 {found.clues} 条线索时，找出一页待审线索用 {found.queue_ms:.0f} 毫秒，检索一次用 {found.search_ms:.0f} 毫秒（百次中九十五次不超过）；收过的来件再收一次，每件 {found.known_ms:.2f} 毫秒。",
        f"With {found.clues} clues a page of the queue takes {found.queue_ms:.0f} ms, a search {found.search_ms:.0f} ms (95 of 100 times at most); a known letter again {found.known_ms:.2f} ms.",
    )
    yield (
        f"内存最多用到 {found.memory_mb} MB；本机有 {found.cores} 核。对照：用时是结巴分词只切词时的 {found.to_jieba:.1f} 倍。",
        f"Peak memory {found.memory_mb} MB; {found.cores} cores here. For comparison: {found.to_jieba:.1f} times what jieba takes to cut the same texts.",
    )
    yield (
        "测量时机器上若有别的工作，结果会偏低。推算没有计入来件和线索增多后的变化，见 docs/capacity.md。",
        "Other work on the machine makes the figures worse. Growth of the database is not reckoned with; see docs/capacity.md.",
    )


def _many(number: int) -> str:
    """Return a number as Chinese counts it, with the space before its unit."""
    if number < 10_000:
        return f"{number} "
    return f"{number / 10_000:.0f} 万" if number % 10_000 == 0 or number >= 1_000_000 else f"{number / 10_000:.1f} 万"


def _minutes(minutes: float) -> tuple[str, str]:
    if minutes < 1:
        return "不到 1 分钟", "less than a minute"
    if minutes < 120:
        return f"约 {minutes:.0f} 分钟", f"about {minutes:.0f} minutes"
    return f"约 {minutes / 60:.1f} 小时", f"about {minutes / 60:.1f} hours"


def _rows(settings: Settings, most: int) -> list[dict[str, object]]:
    files = sorted(settings.corpus.glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    kept = ("id", "kind", "subject", "text", "date")
    # Of every part of the corpus alike, however few are asked for.
    step = max(1, len(rows) // most)
    return [{key: row[key] for key in kept} for row in rows[::step]][:most]


def _through(bench: Bench, file: Path) -> None:
    ingest_paths(bench, [file])
    work_off(bench)


def _timed(step: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    step()
    return time.perf_counter() - wall, time.process_time() - processor


def jieba_seconds(texts: Iterable[str], clock: Callable[[], float]) -> float:
    """Return the seconds, by `clock`, that bare `jieba.lcut` takes to cut the texts once its dictionary is loaded."""
    import jieba  # noqa: PLC0415 - half a second of dictionary, for nothing but this comparison

    # A private cache folder: the shared one may be written by anybody.
    with tempfile.TemporaryDirectory() as cache:
        jieba.dt.tmp_dir = cache
        jieba.setLogLevel(60)
        jieba.initialize()
        began = clock()
        for text in texts:
            jieba.lcut(text)
        return clock() - began


def _viewer(office: Office) -> Viewer:
    """Return somebody who may read all clues of the office that is thrown away."""
    create(office, Machine(), "bench", "测量", Role.HEAD)
    viewer = viewer_named(office, "bench")
    if viewer is None:
        raise LookupError("bench")
    # Nobody sits there who would have to choose a password first.
    return replace(viewer, changing=False)


def _page(office: Office, viewer: Viewer, asked: Sequence[Filters]) -> float:
    """Return the milliseconds within which 95 of 100 pages' rows are found."""
    open_board(office, viewer, asked[0])
    taken = [1000 * _timed(lambda one=one: open_board(office, viewer, one))[0] for one in asked]  # type: ignore[misc]
    return round(quantiles(taken, n=20)[-1], 1)


def _size(office: Office) -> int:
    """Return the bytes of the database once everything stands in it: with the last connection the log beside it goes."""
    office.engine.dispose()
    return size(office.engine, office.state_dir)
