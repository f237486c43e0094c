"""Table of where the time goes from the first byte to the last commit, on one core, and the least that each part could take.

usage: python -m benchmarks.stages [--letters FILE.jsonl] [--copies N] [--intake]

FILE holds {title|subject, text, time|date} a line; the authored corpus by default. It is read once as an xlsx register and
once as an mbox. Time is processor time of this process, each moment counted for the innermost stage. A lower bound is what
the bare library takes for the same bytes in the same run. `--copies` takes every letter in N times, each time with other
last words, and `--intake` stops after intake: so the peak of memory is compared between few and many letters.
"""

import argparse
import importlib
import resource
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from email import message_from_bytes
from functools import wraps
from pathlib import Path
from typing import Any

import openpyxl
import rjieba
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.baseline import jieba_seconds
from benchmarks.letters_as_files import Row, read_rows, write_mbox
from benchmarks.pipeline import write_register
from xiansuo.intake.mbox import split_mbox
from xiansuo.services.office import initialise
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.settings import Settings

# Stage → the functions whose time it is, as the calling modules know them.
STAGES = {
    "split the file into letters": ("xiansuo.services.ingest:_batches",),
    "read a letter (MIME, charset, row)": ("xiansuo.services.judgement:read_apart",),
    "normalise": ("xiansuo.text.prepare:normalise",),
    "recognise interviews": ("xiansuo.text.prepare:parse_interview",),
    "find people": ("xiansuo.text.people:PeopleFinder.find",),
    "find bodies, places, sums, times": ("xiansuo.text.entities:EntityFinder.read",),
    "mask": ("xiansuo.text.prepare:protect", "xiansuo.services.ingest:masked_entities"),
    "seal check": ("xiansuo.rulebook.seal:SealCheck.match",),
    "known before?": ("xiansuo.storage.repositories.seen:known", "xiansuo.services.ingest:seen_key"),
    "encrypt": ("xiansuo.storage.vault:encrypt",),
    "prepare rows of intake": ("xiansuo.services.ingest:store_letters",),
    "insert rows": ("sqlalchemy.engine.default:DefaultDialect.do_executemany",),
    "commit": ("sqlalchemy.engine.default:DefaultDialect.do_commit",),
    "other statements": ("sqlalchemy.engine.default:DefaultDialect.do_execute",),
    "analyse": ("xiansuo.services.triage:Bench.analyse_next",),
    "link": ("xiansuo.services.triage:link_batch",),
    "rank": ("xiansuo.services.triage:rank_batch",),
    "index for search": ("xiansuo.services.triage:index_batch", "xiansuo.services.triage:index_all"),
    "screen": ("xiansuo.services.triage:screen_waiting",),
    "order and draw": ("xiansuo.services.triage:reorder", "xiansuo.services.triage:draw"),
}
BOUNDS = {
    "split the file into letters": "the library alone",
    "read a letter (MIME, charset, row)": "email.message_from_bytes",
    "find people": "rjieba.cut",
    "encrypt": "AES-256-GCM",
    "insert rows": "sqlite3, one row a letter",
}


class Clock:
    """Counts processor time for the innermost of the stages that run."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running = ["other work"]
        self._since = time.process_time()

    def enter(self, stage: str) -> None:
        """Begin a stage inside the one that runs."""
        self._count()
        self._running.append(stage)

    def leave(self) -> None:
        """End the innermost stage."""
        self._count()
        self._running.pop()

    def _count(self) -> None:
        now = time.process_time()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now


def main() -> None:
    """Print a table for each kind of file."""
    given = _arguments()
    rows = [row for path in given.letters for row in read_rows(path)]
    rows = [{**row, "text": f"{row['text']}（{n}）" if n else row["text"]} for n in range(given.copies) for row in rows]
    print(f"data: {', '.join(path.name for path in given.letters)}, {len(rows)} letters")
    base = jieba_seconds((row["text"] for row in rows), time.process_time)
    print(f"jieba.lcut {1000 * base / len(rows):.3f} ms a letter = 1.00")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("xlsx register", write_register), ("mbox", write_mbox)):
            path = write(Path(folder), rows)
            clock = _run(path, intake=given.intake)
            print(f"\n{name}, ms a letter", *_table(clock, _bounds(path, rows), len(rows), base), sep="\n")
            print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _run(path: Path, *, intake: bool) -> Clock:
    with tempfile.TemporaryDirectory() as state:
        settings = Settings(state_dir=Path(state) / "state")
        initialise(settings)
        bench = Bench.prepare(settings, tell=lambda sentence: print(sentence, file=sys.stderr), workers=1)
        clock = Clock()
        undo = [_timed(clock, stage, place) for stage, places in STAGES.items() for place in places]
        ingest_paths(bench, [path])
        if not intake:
            work_off(bench)
        clock.enter("end")
        for back in undo:
            back()
    return clock


def _timed(clock: Clock, stage: str, place: str) -> Callable[[], None]:
    """Time a function for a stage; return what undoes it."""
    module, _, names = place.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, name = names.split(".")
    for one in outer:
        owner = getattr(owner, one)
    whole = getattr(owner, name)
    setattr(owner, name, (_each if name == "_batches" else _call)(clock, stage, whole))
    return lambda: setattr(owner, name, whole)


def _call(clock: Clock, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(work)
    def timed(*given: Any, **named: Any) -> Any:
        clock.enter(stage)
        try:
            return work(*given, **named)
        finally:
            clock.leave()

    return timed


def _each(clock: Clock, stage: str, work: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    @wraps(work)
    def timed(*given: Any, **named: Any) -> Iterator[Any]:
        found = work(*given, **named)
        step = _call(clock, stage, lambda: next(found, None))
        while (one := step()) is not None:
            yield one

    return timed


def _bounds(path: Path, rows: Sequence[Row]) -> dict[str, float]:
    """Return the seconds that the bare libraries take for the same letters."""
    texts = [row["text"] for row in rows]
    raw = [text.encode() for text in texts]
    cipher, nonce = AESGCM(bytes(32)), bytes(12)
    found = {
        "find people": _seconds(lambda: [rjieba.cut(text, False) for text in texts]),
        "encrypt": _seconds(lambda: [cipher.encrypt(nonce, data, b"") for data in raw]),
        "insert rows": _seconds(lambda: _insert(texts)),
    }
    if path.suffix == ".xlsx":
        return {**found, "split the file into letters": _seconds(lambda: _workbook(path))}
    with path.open("rb") as file:
        mails = [data for data, _ in split_mbox(file, keep=1 << 24)]
    parsed = _seconds(lambda: [message_from_bytes(mail) for mail in mails])
    return {**found, "read a letter (MIME, charset, row)": parsed}


def _workbook(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass
    book.close()


def _insert(texts: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, sqlite3.connect(Path(folder) / "bound.db") as database:
        database.execute("CREATE TABLE letters (id INTEGER PRIMARY KEY, text TEXT)")
        database.executemany("INSERT INTO letters (text) VALUES (?)", [(text,) for text in texts])


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _table(clock: Clock, bounds: dict[str, float], count: int, base: float) -> Iterator[str]:
    yield f"  {'stage':36s} {'ms':>7s} {'of jieba':>8s}   lower bound"
    for stage in (*STAGES, "other work"):
        seconds = clock.seconds.get(stage, 0.0)
        least = f"{1000 * bounds[stage] / count:.3f} {BOUNDS[stage]}" if stage in bounds else ""
        yield f"  {stage:36s} {1000 * seconds / count:7.3f} {seconds / base:8.2f}   {least}".rstrip()
    total = sum(clock.seconds.values())
    yield f"  {'together':36s} {1000 * total / count:7.3f} {total / base:8.2f}"


def _arguments() -> argparse.Namespace:
    corpus = Settings().corpus
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=Path, action="append")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--intake", action="store_true")
    given = parser.parse_args()
    given.letters = given.letters or [corpus / "literary.jsonl", corpus / "natural.jsonl"]
    return given


if __name__ == "__main__":
    main()
