"""Measures what linking one letter costs when 1,000, 10,000 and 100,000 letters are known, in memory and in SQLite.

usage: python -m benchmarks.linking [SIZE …]

The letters are invented: clauses of the authored corpus in a new order, each letter with names, a village, sums and days of
its own, drawn from as many villages and officials as one county has. They are the same in every run. Costs are CPU time;
the ratios compare with the smallest size in the same process.
"""

import argparse
import json
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.letter import Channel, Kind
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Facts, Grade, Rank, Suggestion
from xiansuo.domain.text import Document, Entity, EntityType
from xiansuo.services.analysis import wording
from xiansuo.services.link import find_links
from xiansuo.settings import Settings
from xiansuo.storage.migrations import migrate
from xiansuo.storage.repositories import clues, letters, links, sources
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.storage.repositories.letters import NewLetter
from xiansuo.storage.repositories.links import StoredFacts
from xiansuo.storage.session import open_engine, transaction
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.offsets import Identity
from xiansuo.triage.facts import facts
from xiansuo.triage.index import LinkIndex, keys
from xiansuo.triage.link import Linkable, link
from xiansuo.triage.sketch import sketch
from xiansuo.triage.terms import CommonWords

SIZES = (1_000, 10_000, 100_000)
ASKED = 200
_BATCH = 1_000
_CLAUSES = 24
_VILLAGES = 400
_SEED = 20261123
_DAY = date(2026, 3, 2)
_CLAUSE = re.compile(r"[^，。！？\n]{4,}[，。！？]")
_CONTENT = ClueContent(Rank(0.0, (), Grade.FAIRLY_STRONG), 0.5, (), {}, "", (), (), _DAY)


@dataclass(frozen=True, slots=True)
class Invented:
    """A letter that nobody wrote."""

    text: str = field(repr=False)
    facts: Facts = field(repr=False)
    sketch: tuple[int, ...] = field(repr=False)

    def linkable(self, name: str) -> Linkable:
        """Return the letter as linking sees it."""
        return Linkable(name, wording("", self.text), self.sketch, self.facts)


def invent(seed: int) -> Iterator[Invented]:
    """Yield invented letters without end, the same for the same seed."""
    rng, settings = random.Random(seed), Settings()  # noqa: S311 - the same letters in every run
    common, surnames = CommonWords.load(settings.lexicons), sorted(Lexicons.load(settings.lexicons).surnames)
    clauses = [clause for text in _corpus(settings.corpus) for clause in _CLAUSE.findall(text)]
    villages = [f"{_signs(rng, 2)}村" for _ in range(_VILLAGES)]
    while True:
        name, village = rng.choice(surnames) + _signs(rng, 2), rng.choice(villages)
        own = f"{village}的村主任{name}在{rng.randint(2015, 2025)}年{rng.randint(1, 12)}月领走{rng.randint(1_000, 99_999)}元，"
        text = own + "".join(rng.sample(clauses, _CLAUSES))
        document = _document(text, (EntityType.PLACE, village), (EntityType.RESPONDENT, name))
        label = rng.choice(CATEGORIES)
        made = facts(document, Suggestion(0.9, {label: 0.9}, (label,), abstained=False), common)
        yield Invented(text, made, sketch(wording("", text)))


def _corpus(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.jsonl")):
        yield from (json.loads(line)["text"] for line in path.open(encoding="utf-8"))


def _signs(rng: random.Random, count: int) -> str:
    return "".join(chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(count))


def _document(text: str, *named: tuple[EntityType, str]) -> Document:
    entities = tuple(
        Entity(type_, text.index(words), text.index(words) + len(words), words, words) for type_, words in named
    )
    return Document(Kind.LETTER, "", text, _DAY, (Span(0, len(text)),), None, entities, Identity())


def in_memory(sizes: Sequence[int], asked: Sequence[Invented]) -> dict[int, float]:
    """Return milliseconds of CPU per letter for every size of the index in memory."""
    index, made, spent = LinkIndex(), invent(_SEED), dict[int, float]()
    known = 0
    for size in sizes:
        for one in islice(made, size - known):
            index.add(one.linkable(f"l{known}"))
            known += 1
        new = [one.linkable(f"n{number}") for number, one in enumerate(asked)]
        began = time.process_time()
        for letter in new:
            link(letter, index.candidates(letter), index.members)
        spent[size] = 1000 * (time.process_time() - began) / len(new)
    return spent


def in_database(sizes: Sequence[int], asked: Sequence[Invented], engine: Engine) -> dict[int, float]:
    """Return milliseconds of CPU per letter for every size of the index in a database; reading and indexing included."""
    made, spent, known = invent(_SEED), dict[int, float](), 0
    with transaction(engine) as session:
        source = sources.get_or_create(session, "测量", "imap")
    for size in sizes:
        while known < size:
            with transaction(engine) as session:
                store(session, source, list(islice(made, min(_BATCH, size - known))))
            known += min(_BATCH, size - known)
        with Session(engine) as session:
            new = letters.get(session, _add(session, source, asked))
            find_links(session, new[:1])  # statements are compiled and tables read once in a process
            began = time.process_time()
            find_links(session, new[1:])
            spent[size] = 1000 * (time.process_time() - began) / len(new[1:])
            session.rollback()
    return spent


def store(session: Session, source: int, made: Sequence[Invented]) -> None:
    """Store letters as if each had been linked and had opened a clue of its own."""
    ids = _add(session, source, made)
    indexed = zip(ids, made, strict=True)
    links.add_sketches(session, {id_: keys(one.linkable(str(id_))) for id_, one in indexed})
    clues.create_all(session, [(id_, _CONTENT) for id_ in ids])


def _add(session: Session, source: int, made: Sequence[Invented]) -> list[int]:
    new = [NewLetter(source, Kind.LETTER, Channel.POST, _DAY, "", one.text) for one in made]
    ids = letters.add(session, new)
    links.replace_facts(session, {id_: StoredFacts(one.sketch, one.facts) for id_, one in zip(ids, made, strict=True)})
    return ids


def main() -> None:
    """Print the two rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    sizes = sorted(parser.parse_args().sizes)
    asked = list(islice(invent(_SEED + 1), ASKED))
    print(f"{ASKED} new letters; ms of CPU per letter (and ratio) beside {', '.join(map(str, sizes))} known ones")
    _row("in memory", in_memory(sizes, asked))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Path(folder))
        migrate(engine)
        _row("in SQLite", in_database(sizes, asked, engine))
        engine.dispose()


def _row(name: str, spent: dict[int, float]) -> None:
    first = next(iter(spent.values()))
    print(f"{name:10}" + "".join(f"{ms:10.2f} ({ms / first:.2f})" for ms in spent.values()), flush=True)


if __name__ == "__main__":
    main()
