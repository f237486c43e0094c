"""Time from engine-ready to last commit against bare jieba over the same texts, on one core, in one process run.

usage: python -m benchmarks.pipeline [--letters FILE.jsonl] [--profile]

FILE holds {title|subject, text, time|date} a line; the authored corpus by default. It is read once as an xlsx register and
once as an mbox, parsed, sealed or masked, encrypted, analysed, linked, ranked and committed. Ratios are to `jieba.lcut`.
"""

import argparse
import cProfile
import os
import pstats
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# One core: neither linear algebra nor the kernel may spread the work.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import xlsxwriter

from benchmarks.baseline import jieba_seconds
from benchmarks.letters_as_files import Row, read_rows, write_mbox
from xiansuo.services.office import initialise
from xiansuo.services.queue import total
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.settings import Settings


def main() -> None:
    """Print one table."""
    given = _arguments()
    rows = [row for path in given.letters for row in read_rows(path)]
    print(
        f"data: {', '.join(path.name for path in given.letters)}, {len(rows)} letters, "
        f"{sum(len(row['text']) for row in rows) / len(rows):.0f} characters on average"
    )
    base = jieba_seconds((row["text"] for row in rows), time.perf_counter)
    print(f"jieba.lcut  {base:7.2f} s  {len(rows) / base:6.0f} letters/s   1.00")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("xlsx register", write_register), ("mbox", write_mbox)):
            path = write(Path(folder), rows)
            with _profiled(given.profile):
                _measure(name, path, len(rows), base)
    print(
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, model and jieba's dictionary included"
    )


def _measure(name: str, path: Path, count: int, base: float) -> None:
    with tempfile.TemporaryDirectory() as state:
        settings = Settings(state_dir=Path(state) / "state")
        initialise(settings)
        bench = Bench.prepare(settings, tell=lambda sentence: print(sentence, file=sys.stderr))
        first, counts = _run(bench, path)
        again, seen = _run(bench, path)
        clues = total(bench.office)
    print(f"{name:11s} {first:7.2f} s  {count / first:6.0f} letters/s  {first / base:5.2f}   {counts}  {clues} clues")
    print(f"  known again {again:5.2f} s  {1000 * again / count:6.3f} ms a letter    {seen}")


def _run(bench: Bench, path: Path) -> tuple[float, dict[str, int]]:
    started = time.perf_counter()
    report = ingest_paths(bench, [path])
    work_off(bench)
    return time.perf_counter() - started, report.as_json()


def write_register(folder: Path, rows: Sequence[Row]) -> Path:
    """Write the letters as an xlsx register and return its path."""
    path = folder / "register.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编号", "收件日期", "标题", "主要问题"])
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [number, row["time"][:10], row["title"], row["text"]])
    return path


@contextmanager
def _profiled(wanted: bool) -> Iterator[None]:  # noqa: FBT001 - a switch of the command line
    if not wanted:
        yield
        return
    profile = cProfile.Profile()
    profile.enable()
    yield
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)


def _arguments() -> argparse.Namespace:
    corpus = Settings().corpus
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=Path, action="append")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    given.letters = given.letters or [corpus / "literary.jsonl", corpus / "natural.jsonl"]
    return given


if __name__ == "__main__":
    main()
