"""Time the pages of the review app for one person alone: each page some times over, in one process, wall clock and processor time.

usage: python -m benchmarks.review_alone --state DIR [--times 15] [--only PAGE]

`DIR` is an office that `benchmarks.review` built. On a machine that others use too, processor time is the figure to compare.
"""

import argparse
import gc
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from urllib.parse import quote

from starlette.testclient import TestClient

from benchmarks.review import PAGES
from benchmarks.review_office import cookies, facts
from xiansuo.review.app import create_app
from xiansuo.services.office import open_office
from xiansuo.settings import Settings


def main() -> None:
    """Ask for every page some times over and print the table."""
    given = _arguments()
    filled, entered = facts(given.state), cookies(given.state)
    office = open_office(Settings(state_dir=given.state))
    client = TestClient(create_app(office), follow_redirects=False)
    print(f"{'page':32s} {'answer':>6s} {'kB':>6s} {'p50 ms':>8s} {'most ms':>8s} {'CPU ms':>8s}")
    for name, (who, path) in PAGES.items():
        if given.only and not any(part in name for part in given.only):
            continue
        login = who if who in entered else "reviewer0"
        client.cookies = {} if path == "/login" else {"xiansuo": entered[login]}
        paths = [_filled(path, filled, one) for one in range(given.times + 1)]
        print(f"{name:32s} {_line(client, paths)}", flush=True)


def _line(client: TestClient, paths: Sequence[str]) -> str:
    first = client.get(paths[0])
    gc.collect()
    walls, processor = zip(*_timed(client, paths[1:]), strict=True)
    figures = (1000 * median(walls), 1000 * max(walls), 1000 * median(processor))
    return f"{first.status_code:6d} {len(first.content) / 1000:6.0f} " + " ".join(f"{one:8.1f}" for one in figures)


def _timed(client: TestClient, paths: Sequence[str]) -> Iterator[tuple[float, float]]:
    for path in paths:
        wall, processor = time.perf_counter(), time.process_time()
        client.get(path)
        yield time.perf_counter() - wall, time.process_time() - processor


def _filled(path: str, filled: dict[str, list[str]], one: int) -> str:
    drawn = {name: quote(values[7 * one % len(values)]) for name, values in filled.items()}
    return quote(path.format(**drawn), safe="/?&=%~")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--state", type=Path, required=True, help="an office that benchmarks.review built")
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--only", action="append", help="pages whose name holds this")
    return parser.parse_args()


if __name__ == "__main__":
    main()
