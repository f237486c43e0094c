"""CPU time of each stage from clear text to rank and facts against bare jieba over the same texts, on one thread, engine warm.

usage: python -m benchmarks.analyse [--letters FILE.jsonl] [--rounds N] [--profile]

FILE holds {title|subject, text, time|date} a line; the authored corpus by default. Nothing is stored, and the trained tagger
is off. Of all rounds the fastest counts, since whatever else the machine does can only slow a round down.
"""

import os

# One thread: linear algebra must not spread the work.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import cProfile
import json
import pstats
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.baseline import jieba_seconds
from xiansuo.domain.register import OrganisationRegister
from xiansuo.intake.dates import parse_date
from xiansuo.services.analysis import Analyser, wording
from xiansuo.services.classify import load_for_records
from xiansuo.services.records import BATCH, Record
from xiansuo.settings import Settings
from xiansuo.text.prepare import document, masked_entities, protect
from xiansuo.triage.facts import facts
from xiansuo.triage.sketch import sketch
from xiansuo.triage.suggest import suggest

T = TypeVar("T")

STAGES = (
    "protect",
    "document",
    "read with rules",
    "score with the model",
    "suggest, find allegations",
    "rank",
    "facts, sketch, referral",
)


class Clock:
    """CPU seconds of this process by stage."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(STAGES, 0.0)

    def timed(self, stage: str, work: Callable[[], T]) -> T:
        """Do one stage's work and note what it took."""
        began = time.process_time()
        done = work()
        self.spent[stage] += time.process_time() - began
        return done

    @property
    def total(self) -> float:
        """The CPU seconds of all stages."""
        return sum(self.spent.values())


def main() -> None:
    """Print one table."""
    given = _arguments()
    records = [record for path in given.letters for record in _records(path)]
    length = sum(len(record.text) for record in records) / len(records)
    print(
        f"data: {', '.join(path.name for path in given.letters)}, {len(records)} letters, {length:.0f} characters on average"
    )
    settings = Settings(ner="off")
    analyser = load_for_records(
        settings, OrganisationRegister(), tell=lambda sentence: print(sentence, file=sys.stderr)
    )
    analyse(records[:BATCH], analyser)
    base = min(jieba_seconds((record.text for record in records), time.process_time) for _ in range(given.rounds))
    best = min((analyse(records, analyser) for _ in range(given.rounds)), key=lambda clock: clock.total)
    for line in _table(best, len(records), base):
        print(line)
    if given.profile:
        _profile(records, analyser)


def analyse(records: Sequence[Record], analyser: Analyser) -> Clock:
    """Take letters through every stage, a batch at a time as the program does, and return what each stage took."""
    clock = Clock()
    for start in range(0, len(records), BATCH):
        _batch(records[start : start + BATCH], analyser, clock)
    return clock


def _batch(records: Sequence[Record], analyser: Analyser, clock: Clock) -> None:
    thresholds, timed = analyser.trained.thresholds, clock.timed
    masked = timed(STAGES[0], lambda: [protect(record.letter, analyser.finder) for record in records])
    documents = timed(
        STAGES[1],
        lambda: [
            document(
                one.subject.text,
                one.text.text,
                kind=one.kind,
                received=record.received,
                entities=masked_entities(one),
            )
            for record, one in zip(records, masked, strict=True)
        ],
    )
    readings = timed(STAGES[2], lambda: [analyser.books.read(one) for one in documents])
    scores = timed(STAGES[3], lambda: analyser.trained.model.score(documents, readings))
    rows = list(zip(documents, readings, scores, strict=True))
    suggestions = timed(STAGES[4], lambda: [suggest(*row, thresholds=thresholds) for row in rows])
    proposed = list(zip(documents, readings, suggestions, strict=True))
    timed(STAGES[5], lambda: [analyser.ranking.rank(*row) for row in proposed])
    timed(
        STAGES[6],
        lambda: [
            (
                facts(one, suggestion, analyser.common),
                sketch(wording(one.subject, one.text)),
                None if suggestion.labels else analyser.books.destinations.refer(one),
            )
            for one, _, suggestion in proposed
        ],
    )


def _table(clock: Clock, count: int, base: float) -> Iterator[str]:
    yield f"jieba.lcut                  {1000 * base / count:7.3f} ms  {count / base:6.0f} letters/s   1.00"
    for stage, spent in clock.spent.items():
        yield f"  {stage:25s} {1000 * spent / count:7.3f} ms                     {spent / base:5.2f}"
    total = clock.total
    yield f"clear text to rank          {1000 * total / count:7.3f} ms  {count / total:6.0f} letters/s  {total / base:5.2f}"


def _records(path: Path) -> Iterator[Record]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        yield Record(
            id=number,
            text=row["text"],
            subject=row.get("title") or row.get("subject") or "",
            received=parse_date(row.get("time") or row.get("date") or ""),
        )


def _profile(records: Sequence[Record], analyser: Analyser) -> None:
    profile = cProfile.Profile()
    profile.runcall(analyse, records, analyser)
    pstats.Stats(profile).sort_stats("tottime").print_stats(60)


def _arguments() -> argparse.Namespace:
    corpus = Settings().corpus
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=Path, action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    given.letters = given.letters or [corpus / "literary.jsonl", corpus / "natural.jsonl"]
    return given


if __name__ == "__main__":
    main()
