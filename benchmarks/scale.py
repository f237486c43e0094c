"""Measures what a letter costs when 1,000, 10,000 and 100,000 are known: CPU and wall time by stage, space by table, memory, and what comes after.

usage: python -m benchmarks.scale [--letters 10000] [--database sqlite|postgresql] [--url postgresql://…] [--state DIR] [--report FILE]

The letters are `benchmarks.invented`, so those of a small run are the first of a large one. They come in parts of 1,000, each taken through
every stage before the next. With each part bare `jieba.lcut` cuts some of its texts: beside other work a second of processor does less, and
`in_jieba` says what a letter costs in letters cut at the same time. Stopped and started again with the same `--state`, a run goes on at the part it was at. PostgreSQL is a server
of its own in a temporary folder, or the empty database at `--url`, which a stopped run needs to go on. CPU time is this process's: what the
server of PostgreSQL spends stands in the wall time alone. One core; quote wall times only of a machine that does nothing else.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

from benchmarks.baseline import jieba_seconds
from benchmarks.invented import letters
from benchmarks.many_letters import write_lines
from benchmarks.own_server import own_server
from benchmarks.scale_after import after, space
from xiansuo.services.analyse import analyse_batch
from xiansuo.services.link import link_batch
from xiansuo.services.office import initialise
from xiansuo.services.rank import rank_batch
from xiansuo.services.screening import screen_waiting
from xiansuo.services.search import index_all
from xiansuo.services.triage import Bench, ingest_paths
from xiansuo.settings import Settings

PART = 1_000
SIZES = (1_000, 10_000, 100_000)
STAGES = ("ingest", "analyse", "link", "rank", "index", "screen")
YARDSTICK = "jieba"
_CUT = 100
REPORT = Path(__file__).resolve().parent.parent / "evaluation" / "reports" / "scale.json"
Spent = dict[str, tuple[float, float]]


def main() -> None:
    """Run what is left to run and print the tables."""
    given = _arguments()
    with ExitStack() as opened:
        state = given.state or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        url = given.url or (opened.enter_context(own_server("scale")) if given.database == "postgresql" else "")
        bench = _bench(state, url)
        parts = _parts(bench, state, given.letters)
        found = {
            "letters": given.letters,
            "database": given.database,
            "jieba_ms": _jieba_ms(),
            "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "costs": [_cost(parts, size) for size in SIZES if size <= given.letters],
            "bytes_per_letter": space(bench.office.engine, given.letters),
            "after": after(bench, _part(state, given.letters // PART - 1)),
        }
    _print(found)
    if given.report:
        _keep(given.report, found)


def _bench(state: Path, url: str) -> Bench:
    settings = Settings(state_dir=state / "state")
    if not settings.state_dir.exists():
        initialise(settings, database=url)
    return Bench.prepare(settings, tell=_tell)


def _parts(bench: Bench, state: Path, count: int) -> list[Spent]:
    """Take the letters in, part by part, and return what each part spent; parts of an earlier run are not repeated."""
    kept = state / "parts.jsonl"
    done = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    for number in range(len(done), count // PART):
        done.append(_through(bench, _part(state, number)))
        with kept.open("a") as file:
            file.write(json.dumps(done[-1]) + "\n")
        _tell(f"{(number + 1) * PART} letters: " + _shown(done[-1]))
    return done[: count // PART]


def _part(state: Path, number: int) -> Path:
    path = state / f"part-{number:04d}.jsonl"
    if not path.exists():
        write_lines(path, letters(PART, first=number * PART))
    return path


def _through(bench: Bench, path: Path) -> Spent:
    """Take one part through every stage, in the batches in which the program does it."""
    office, analyser = bench.office, bench.analyser
    steps: dict[str, Callable[[], object]] = {
        "ingest": lambda: ingest_paths(bench, [path]),
        "analyse": lambda: _until_done(lambda: analyse_batch(office, analyser)),
        "link": lambda: _until_done(lambda: link_batch(office, analyser.ranking)),
        "rank": lambda: _until_done(lambda: rank_batch(office, analyser.ranking)),
        "index": lambda: index_all(office),
        "screen": lambda: screen_waiting(office),
    }
    before = _cut(path)
    spent = {name: _timed(step) for name, step in steps.items()}
    beside = (before + _cut(path)) / 2
    return {**spent, YARDSTICK: (beside, beside)}


def _cut(path: Path) -> float:
    """Return the seconds of processor that cutting a part into words takes, reckoned from some of its letters."""
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()[:_CUT]]
    return jieba_seconds(texts, time.process_time) * PART / len(texts)


def _until_done(step: Callable[[], int]) -> None:
    while step():
        pass


def _timed(step: Callable[[], object]) -> tuple[float, float]:
    processor, wall = time.process_time(), time.perf_counter()
    step()
    return time.process_time() - processor, time.perf_counter() - wall


def _cost(parts: Sequence[Spent], size: int) -> dict[str, object]:
    """Return milliseconds a letter in the last tenth of the first `size`, the whole of the first 1,000, by stage."""
    last = parts[: size // PART][-max(1, size // PART // 10) :]
    told: dict[str, Any] = {"known": size}
    for kind, name in enumerate(("cpu_ms", "wall_ms")):
        stages = {stage: _mean(last, stage, kind) for stage in STAGES}
        told[name] = {**stages, "all": round(sum(stages.values()), 4)}
    told["in_jieba"] = {
        stage: round(told["cpu_ms"][stage] / _mean(last, YARDSTICK, 0), 4) for stage in (*STAGES, "all")
    }
    return told


def _mean(parts: Sequence[Spent], stage: str, kind: int) -> float:
    return round(1000 * sum(part[stage][kind] for part in parts) / len(parts) / PART, 4)


def _jieba_ms() -> float:
    return round(1000 * jieba_seconds((one.text for one in letters(PART)), time.process_time) / PART, 4)


def _print(found: dict[str, object]) -> None:
    costs: list[dict[str, dict[str, float]]] = found["costs"]  # type: ignore[assignment]
    print(f"{found['letters']} letters, {found['database']}; jieba.lcut {found['jieba_ms']} ms a letter of CPU")
    for kind in ("cpu_ms", "wall_ms", "in_jieba"):
        print(f"{kind:8s} known {''.join(f'{stage:>9s}' for stage in (*STAGES, 'all'))}   to the first")
        for cost in costs:
            ratio = cost[kind]["all"] / costs[0][kind]["all"]
            row = "".join(f"{cost[kind][stage]:9.3f}" for stage in (*STAGES, "all"))
            print(f"{cost['known']:14d} {row}   {ratio:.2f}")
    for name in ("bytes_per_letter", "after"):
        print(f"{name}: {json.dumps(found[name], ensure_ascii=False)}")
    print(f"peak memory {found['memory_mb']} MB, model and dictionaries included")


def _shown(spent: Spent) -> str:
    whole = sum(spent[stage][0] for stage in STAGES) / spent[YARDSTICK][0]
    told = ", ".join(f"{stage} {1000 * cpu / PART:.2f}" for stage, (cpu, _) in spent.items())
    return f"{told} ms of CPU a letter; {whole:.2f} letters cut by jieba"


def _keep(report: Path, found: dict[str, object]) -> None:
    """Put the run into the report, in the place of the one of as many letters in the same database."""
    runs = json.loads(report.read_text(encoding="utf-8")) if report.exists() else []
    kept = [run for run in runs if (run["letters"], run["database"]) != (found["letters"], found["database"])]
    rows = sorted([*kept, found], key=lambda run: (run["database"], run["letters"]))
    report.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--url", default="", help="an empty PostgreSQL database to use instead of a server of its own")
    parser.add_argument("--state", type=Path, help="keep everything here and go on from there")
    parser.add_argument("--report", type=Path, help=f"put the figures into this file, such as {REPORT.name}")
    given = parser.parse_args()
    if given.state:
        given.state.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(given.state).free < 20_000 * given.letters:
            parser.error("too little free space")
    return given


if __name__ == "__main__":
    main()
