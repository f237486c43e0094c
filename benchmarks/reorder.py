"""Time how long the queue takes to learn from ten more decisions, and how fast pages are meanwhile, in one process on one state.

usage: python -m benchmarks.reorder [--clues 1000 10000 100000] [--decisions 100 2000] [--keep DIR]

The office is that of `benchmarks.review`: fictional text put together from the authored corpus, which is not real mail. Letters are looked at
once for a few hundred texts of the corpus; every letter of the office gets the words of one of them, with some left out by lot.
"""

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import delete, func, select, update
from starlette.testclient import TestClient

from benchmarks.review_office import build, cookies, facts
from benchmarks.review_work import decision
from xiansuo.classifiers.adapt import Adapted, acquaint
from xiansuo.classifiers.prepare import load_tools, prepare
from xiansuo.domain.decision import ClueState
from xiansuo.evaluation.learning import site_letters
from xiansuo.review.app import create_app
from xiansuo.services import site_artifact
from xiansuo.services.acquaint import KIND
from xiansuo.services.labelled import read_labelled
from xiansuo.services.model import load_model
from xiansuo.services.office import Office, open_office
from xiansuo.services.order import reorder
from xiansuo.services.site_artifact import Made
from xiansuo.services.words import rows_of
from xiansuo.settings import Settings
from xiansuo.storage.repositories import letter_words, orders
from xiansuo.storage.repositories.letter_words import WordsRow
from xiansuo.storage.session import add_rows, chunks, reading, transaction
from xiansuo.storage.tables import Accounts, Clues, Decisions, Letters, Orders

_TEXTS = 300
_LEFT_OUT = 0.3
_MORE = 10
_ROUNDS = 3


def main() -> None:
    """Build offices, let them learn and print the table."""
    given = _arguments()
    adapted, seen = _seen(Settings())
    print(f"{'':36s}{'learning, s':>16s} {'':19s}{'page, ms, alone':>18s}   {'and beside learning':>15s}")
    print(
        f"{'clues':>7s} {'unread':>7s} {'decisions':>9s} {'first':>8s} {'10 more':>10s} {'up + down':>15s}   {'p50':>7s} {'most':>7s}   {'p50':>7s} {'most':>7s}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for clues in given.clues:
            state = (given.keep or Path(folder)) / f"office-{clues}"
            if not (state / "benchmark").exists():
                build(state, clues)
                (state / "benchmark").touch()
            office = open_office(Settings(state_dir=state))
            _look(office, adapted, seen)
            for count in (one for one in given.decisions if one < clues):
                print(_line(office, state, clues, count), flush=True)
            office.engine.dispose()


def _line(office: Office, state: Path, clues: int, count: int) -> str:
    draw = random.Random(count)  # noqa: S311 - the same decisions in every run
    _leave(office, draw, count)
    first = _learned(office)
    again = []
    for _ in range(_ROUNDS):
        _decide(office, draw, _MORE)
        again.append(_learned(office))
    quiet, _ = _pages(office, state, lambda: time.sleep(first))
    _decide(office, draw, _MORE)
    busy, _ = _pages(office, state, lambda: _learned(office))
    with reading(office.engine) as session:
        order = orders.latest(session)
        waiting = session.scalar(select(func.count()).select_from(Clues).where(Clues.state == ClueState.OPEN))
    moved = f"{order.raised} + {order.lowered}" if order else ""
    return f"{clues:7d} {waiting:7d} {count:9d} {first:8.2f} {min(again):10.2f} {moved:>15s}   {_told(quiet)}   {_told(busy)}"


def _told(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    middle, most = ordered[len(ordered) // 2], ordered[-1]
    return f"{1000 * middle:7.0f} {1000 * most:7.0f}"


def _learned(office: Office) -> float:
    started = time.perf_counter()
    if reorder(office, force=True) is None:
        raise SystemExit("nothing was learned")
    return time.perf_counter() - started


def _pages(office: Office, state: Path, beside: Callable[[], object]) -> tuple[list[float], float]:
    """Return the seconds that pages take, one after the other, while something else goes on in the same process."""
    client = TestClient(create_app(office), follow_redirects=False)
    client.cookies = {"xiansuo": cookies(state)["reviewer0"]}
    paths = ["/queue?show=waiting", *(f"/clues/{number}" for number in facts(state)["clue"][:20])]
    for path in paths[:2]:
        client.get(path)
    other = threading.Thread(target=beside)
    taken: list[float] = []
    other.start()
    started = time.perf_counter()
    while other.is_alive() or len(taken) < len(paths):
        begun = time.perf_counter()
        client.get(paths[len(taken) % len(paths)])
        taken.append(time.perf_counter() - begun)
    other.join()
    return taken, time.perf_counter() - started


def _seen(settings: Settings) -> tuple[Adapted, list[WordsRow]]:
    """Return an acquaintance with the corpus, and its letters as it sees them."""
    letters = prepare(read_labelled(settings.corpus / "natural.jsonl")[:_TEXTS], load_tools(settings.home))
    found = site_letters(letters)
    adapted = acquaint(load_model(settings, tell=print).model, found)
    return adapted, rows_of(adapted, range(len(found)), found)


def _look(office: Office, adapted: Adapted, seen: Sequence[WordsRow]) -> None:
    """Let every letter look like one of those seen, but for some words."""
    draw = np.random.default_rng(0)
    made = Made("benchmark", 1, 1, 1)
    name = f"{KIND}-benchmark"
    if name in site_artifact.names(office, KIND):
        return
    site_artifact.write(office, name, made, adapted)
    with reading(office.engine) as session:
        ids = list(session.scalars(select(Letters.id).order_by(Letters.id)))
    for chunk in chunks(ids, 1000):
        with transaction(office.engine) as session:
            letter_words.put(session, name, [_like(draw, id_, seen) for id_ in chunk])


def _like(draw: np.random.Generator, letter: int, seen: Sequence[WordsRow]) -> WordsRow:
    one = seen[int(draw.integers(len(seen)))]
    kept = draw.random(len(one.columns)) >= _LEFT_OUT
    return WordsRow(letter, one.odds, one.columns[kept], one.weights[kept])


def _leave(office: Office, draw: random.Random, count: int) -> None:
    """Let exactly `count` clues be decided, and the queue have learned nothing."""
    with transaction(office.engine) as session:
        decided = list(session.scalars(select(Decisions.clue_id).distinct().order_by(Decisions.clue_id)))
        for chunk in chunks(decided[count:]):
            session.execute(delete(Decisions).where(Decisions.clue_id.in_(chunk)))
        session.execute(delete(Orders))
    _decide(office, draw, count - len(decided[:count]))


def _decide(office: Office, draw: random.Random, count: int) -> None:
    """Let the foremost clues be decided."""
    with transaction(office.engine) as session:
        wanted = select(Clues.id, Clues.labels).where(Clues.state == ClueState.OPEN).order_by(Clues.rank.desc())
        found = session.execute(wanted.limit(max(0, count))).tuples().all()
        reader = session.scalars(select(Accounts.id).where(Accounts.login == "reviewer1")).one()
        rows = [decision(draw, 10_000_000 + id_, id_, labels, [reader]) for id_, labels in found]
        add_rows(session, Decisions, rows)
        for id_, _ in found:
            session.execute(update(Clues).where(Clues.id == id_).values(state=ClueState.DECIDED))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clues", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--decisions", type=int, nargs="+", default=[100, 2000])
    parser.add_argument("--keep", type=Path, help="a folder in which the offices stay, for another run")
    return parser.parse_args()


if __name__ == "__main__":
    main()
