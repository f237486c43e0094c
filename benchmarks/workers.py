"""One process against several, over the same letters in one run: wall and processor time from engine-ready to last commit.

usage: python -m benchmarks.workers [--letters FILE.jsonl] [--workers 2] [--postgres URL] [--dask]

FILE holds {title|subject, text, time|date} a line; the authored corpus by default. URL is an empty PostgreSQL database that may be
filled, with `{}` in the place of a number: one is used for each row, such as postgresql://postgres@127.0.0.1/bench{}. With --dask a
cluster of two processes on this machine analyses beside the one that runs. Cores that others use at the time spoil the wall time: the
processor time tells what the spreading itself costs, and `load` how busy the machine was.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks.baseline import children_seconds
from benchmarks.letters_as_files import read_rows, write_mbox
from xiansuo.services.office import initialise
from xiansuo.services.triage import Bench, ingest_paths, waiting, work_off
from xiansuo.settings import Settings


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds: by the clock, of the process that stores, and of its workers."""

    wall: float
    own: float
    workers: float

    @property
    def cpu(self) -> float:
        """Seconds of the processor, of all processes."""
        return self.own + self.workers


def main() -> None:
    """Print one table."""
    given = _arguments()
    rows = [row for path in given.letters for row in read_rows(path)]
    print(f"data: {', '.join(path.name for path in given.letters)}, {len(rows)} letters; {os.cpu_count()} cores")
    print(f"{'':28s} wall s   CPU s  of it the one that stores   letters/s   speed-up   load")
    with tempfile.TemporaryDirectory() as folder:
        path = write_mbox(Path(folder), rows)
        first: Took | None = None
        for number, (name, prepare, beside) in enumerate(_ways(given)):
            took = _measure(Path(folder) / f"state{number}", path, prepare, beside)
            first = first or took
            print(
                f"{name:28s} {took.wall:6.2f}  {took.cpu:6.2f}  {took.own:26.2f}  {len(rows) / took.wall:10.0f}"
                f"  {first.wall / took.wall:9.2f}  {os.getloadavg()[0]:5.1f}",
                flush=True,
            )


Prepare = Callable[[Path], Bench]
Beside = Callable[[Bench], AbstractContextManager[object]]


def _ways(given: argparse.Namespace) -> Iterator[tuple[str, Prepare, Beside]]:
    for address in ("", given.postgres):
        if address is None:
            continue
        where = "PostgreSQL" if address else "SQLite"
        for workers in (1, given.workers):
            yield f"{where}, workers = {workers}", _office(address and address.format(workers), workers), _nobody
    if given.postgres and given.dask:
        yield (
            "PostgreSQL, Dask (2)",
            _office(given.postgres.format("dask"), 1, '\n[engine]\ndask = "local"\n'),
            _cluster,
        )


def _office(address: str, workers: int, more: str = "") -> Prepare:
    def prepare(state: Path) -> Bench:
        settings = Settings(state_dir=state)
        initialise(settings, database=address)
        with (state / "xiansuo.toml").open("a", encoding="utf-8") as file:
            file.write(more)
        return Bench.prepare(settings, workers=workers)

    return prepare


def _nobody(_bench: Bench) -> AbstractContextManager[object]:
    return nullcontext()


def _cluster(bench: Bench) -> AbstractContextManager[object]:
    from pipelines.engine import configure  # noqa: PLC0415 - Prefect reads its settings when it is imported

    settings = bench.office.settings
    configure(settings.state_dir)
    from pipelines.helpers import helped  # noqa: PLC0415

    return helped(str(settings.state_dir), str(settings.home), waiting(bench.office))


def _measure(state: Path, path: Path, prepare: Prepare, beside: Beside) -> Took:
    bench = prepare(state)
    others, own, started = children_seconds(), time.process_time(), time.perf_counter()
    ingest_paths(bench, [path])
    with beside(bench):
        work_off(bench)
    wall, own = time.perf_counter() - started, time.process_time() - own
    bench.close()
    bench.office.engine.dispose()
    return Took(wall, own, children_seconds() - others)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=Path, nargs="*", default=[Settings().corpus / "natural.jsonl"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--postgres")
    parser.add_argument("--dask", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
