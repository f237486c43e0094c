"""Time the pages of the review app: an office with many clues, people clicking through it on loopback, one table of percentiles.

usage: python -m benchmarks.review [--clues 100000] [--users 20] [--seconds 60] [--think 1.0] [--workers 1] [--database sqlite|postgresql]
           [--state DIR] [--only PAGE]

The office is written straight through the repositories, with fictional text put together from the authored corpus. Every page is a row of
PAGES; `{clue}`, `{word}` and the like are drawn anew for each request. The ratio is to the log-in page, asked for beside the others.
`--users` may be given several times: the same office is then clicked through by each number of people in turn. PostgreSQL is a server of its
own in a temporary folder that does not wait for the disk (fsync off); such an office is not kept.
"""

import argparse
import http.client
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.own_server import own_server
from benchmarks.review_office import REVIEWERS, build, cookies, facts
from xiansuo.storage.address import address_of

BASELINE = "log-in page (baseline)"
PAGES: Mapping[str, tuple[str, str]] = {
    BASELINE: ("reviewer", "/login"),
    "static file": ("reviewer", "/static/style.css"),
    "queue, first page": ("reviewer", "/queue?show=waiting"),
    "queue, filtered": ("reviewer", "/queue?category={category}&grade=强"),
    "queue, unit and letters": ("reviewer", "/queue?unit={unit}&letters=2"),
    "queue, overdue, oldest first": ("reviewer", "/queue?due=over&sort=due"),
    "queue, rare flag": ("reviewer", "/queue?flag=反映人安全"),
    "queue, respondent": ("reviewer", "/queue?respondent={name}"),
    "queue, deep page": ("reviewer", "/queue?show=waiting&after={rank}~{id}"),
    "search, a name": ("reviewer", "/search?words={name}"),
    "search, a common word": ("reviewer", "/search?words={word}"),
    "filter counts": ("reviewer", "/queue/counts"),
    "clue page": ("reviewer", "/clues/{clue}"),
    "clue page, 20000 characters": ("reviewer", "/clues/{long}"),
    "clue page, 597 allegations": ("reviewer", "/clues/{crowded}"),
    "clue page, two letters": ("reviewer", "/clues/{twice}/compare"),
    "next clue": ("reviewer", "/next"),
    "second reading": ("reviewer", "/second"),
    "home": ("reviewer", "/"),
    "home, lead": ("lead", "/"),
    "home, head": ("head", "/"),
    "adjudication": ("lead", "/adjudicate"),
    "statistics": ("lead", "/statistics"),
    "statistics, matrix": ("lead", "/statistics/matrix"),
    "respondents": ("lead", "/respondents"),
    "brief of a unit": ("lead", "/units/{unit}/brief"),
    "ledger": ("lead", "/ledger"),
    "unanswered": ("lead", "/unanswered"),
    "unanswered, overdue": ("lead", "/unanswered?lack=overdue"),
    "hand-over": ("transfer", "/handover"),
    "hand-over, one batch": ("transfer", "/handover/{batch}"),
    "rounds": ("lead", "/rounds"),
    "recusals": ("lead", "/recusals"),
    "audit": ("auditor", "/audit"),
}
"""Who opens which page. Add a row for another page; one that is not there (404) is left out and named."""


@dataclass(slots=True)
class Clicks:
    """What the users saw: seconds by page, and answers that were no page."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def main() -> None:
    """Build the office, serve it, let the users click, print the table."""
    given = _arguments()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        url = opened.enter_context(own_server("review")) if given.database == "postgresql" else ""
        state = given.state if given.state and not url else folder / "state"
        if not (state / "benchmark").exists():
            started = time.perf_counter()
            build(state, given.clues, url)
            (state / "benchmark").touch()
            print(f"office: {given.clues} clues built in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        for users in given.users or [20]:
            with _served(state, given.workers) as port:
                clicks = _click(state, port, users, given)
            _print(clicks, users, "postgresql" if address_of(state) else "sqlite", given)


def _click(state: Path, port: int, count: int, given: argparse.Namespace) -> Clicks:
    pages = [name for name in PAGES if not given.only or name == BASELINE or any(part in name for part in given.only)]
    office = _Served(port, pages, facts(state), cookies(state), time.monotonic() + given.seconds, given.think)
    clicks = Clicks()
    users = [threading.Thread(target=_user, args=(number, office, clicks)) for number in range(count)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    return clicks


@dataclass(frozen=True, slots=True)
class _Served:
    """The served office: its pages, what they are filled in with, who may enter, and until when people click, thinking so many seconds."""

    port: int
    pages: Sequence[str]
    facts: Mapping[str, Sequence[str]]
    cookies: Mapping[str, str]
    until: float
    think: float

    def path(self, page: str, one: int) -> str:
        """Return a page's path, filled in with the facts at the place `one`."""
        filled = {name: quote(values[one % len(values)]) for name, values in self.facts.items()}
        return quote(PAGES[page][1].format(**filled), safe="/?&=%~")


def _user(number: int, office: _Served, clicks: Clicks) -> None:
    draw = random.Random(number)  # noqa: S311 - which page is clicked next is no secret
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=60)
    time.sleep(draw.uniform(0, office.think))
    while time.monotonic() < office.until:
        page = draw.choice(office.pages)
        cookie = office.cookies.get(PAGES[page][0], office.cookies[f"reviewer{number % REVIEWERS}"])
        path = office.path(page, draw.randrange(400))
        started = time.perf_counter()
        # Somebody who is logged in would be sent on from the log-in page.
        connection.request("GET", path, headers={} if page == BASELINE else {"Cookie": f"xiansuo={cookie}"})
        answer = connection.getresponse()
        answer.read()
        taken = time.perf_counter() - started
        if answer.status == 200:
            clicks.seconds[page].append(taken)
        else:
            clicks.failed[page].add(answer.status)
        time.sleep(draw.expovariate(1 / office.think))


def _print(clicks: Clicks, users: int, database: str, given: argparse.Namespace) -> None:
    print(
        f"{given.clues} clues in {database}, {users} users, think time {given.think:g} s on average, "
        f"{given.workers} worker(s), {given.seconds:g} s"
    )
    base = clicks.seconds[BASELINE]
    print(f"{'page':32s} {'clicks':>6s} {'p50 ms':>8s} {'p95 ms':>8s} {'p95 / baseline':>15s}")
    for page in PAGES:
        if seen := clicks.seconds.get(page):
            ratio = _share(seen, 0.95) / _share(base, 0.95)
            print(
                f"{page:32s} {len(seen):6d} {1000 * _share(seen, 0.5):8.1f} {1000 * _share(seen, 0.95):8.1f} {ratio:15.1f}"
            )
    for page, codes in clicks.failed.items():
        print(f"{page}: answered {sorted(codes)}")


def _share(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def _served(state: Path, workers: int) -> Iterator[int]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", "from xiansuo.cli import main; main()", "--state", str(state)]
    server = subprocess.Popen([*command, "serve", "--port", str(port), "--workers", str(workers)])
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    for _ in range(600):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clues", type=int, default=100_000)
    parser.add_argument("--users", type=int, action="append", help="how many people click; 20 if not given")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=1.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--state", type=Path, help="keep the office here and use it again (SQLite)")
    parser.add_argument("--only", action="append", help="pages whose name holds this")
    return parser.parse_args()


if __name__ == "__main__":
    main()
