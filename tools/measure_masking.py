"""Measures masking: are petitioners and the people beside them hidden, do respondents stay readable, how much text vanishes, how long it takes.

usage: measure_masking.py [--show] [--mail FILE]

Two sets, both authored and no real petitions: evaluation/gold/masking.jsonl, short texts written for this, of which the half marked `held` was never
looked at while tuning; and data/corpus, on which the rules were written, with its frozen part apart. `--mail` takes lines {title, text} of other mail for
the share of characters masked and the time per letter. Nothing of a letter is printed without `--show`, which prints what leaked of the tuned half and of
the open corpus, all of them fictional.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from xiansuo.domain.letter import Channel, Item, Kind, Letter
from xiansuo.domain.text import EntityType
from xiansuo.evaluation.gold import read_corpus
from xiansuo.evaluation.metrics import Share
from xiansuo.evaluation.split import frozen
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.prepare import Protected, document, masked_entities, protect

_HOME = Path(__file__).resolve().parent.parent
_CORPUS = _HOME / "data" / "corpus"
_GOLD = _HOME / "evaluation" / "gold" / "masking.jsonl"
_SHAPES = {
    "number": re.compile(r"[\d０-９零一二三四五六七八九幺*×\- ]{6,}$"),
    "address": re.compile(r".*(?:[村组社路街巷号栋幢室乡镇]|小区)"),
    "name": re.compile(r"[\u3400-\u9fff·× ]{2,4}$"),
}


class Verdict(NamedTuple):
    """One string of the gold: what it tells about, the kind of string, whether all is right."""

    measure: str
    kind: str
    right: bool
    string: str


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def letter_of(record: Mapping[str, Any]) -> Letter:
    """Return a record as the letter that intake would hand on."""
    item = Item("measure", str(record.get("id", "")), b"", "text/plain", Channel.MAILBOX)
    received = date.fromisoformat(record["date"]) if record.get("date") else None
    kind = Kind(record["kind"]) if record.get("kind") else None
    return Letter(item, record["text"], record.get("subject") or record.get("title") or "", kind, received)


def judge(record: dict[str, Any], protected: Protected) -> Iterator[Verdict]:
    """Yield a verdict for every string: a petitioner's must be gone from the masked text, a respondent's must still stand in it."""
    entities = record.get("entities") or {}
    accused, petitioner = set(entities.get("accused") or []), set(entities.get("petitioner") or [])
    for string in petitioner - accused:
        kind = (record.get("kinds") or {}).get(string) or _shape(string)
        measure = "description masked" if kind == "disclosure" else "masked"
        yield Verdict(measure, kind, string not in protected.text.text, string)
        if string in (record.get("subject") or ""):
            yield Verdict("masked in subject", "", string not in protected.subject.text, string)
    for string in accused - petitioner:
        yield Verdict("readable", "", string in protected.text.text, string)
        yield Verdict("respondent found", "", _is_found(string, protected), string)
    for string in record.get("stays") or []:
        yield Verdict("other words left", "", string in protected.text.text, string)
    for entity in protected.entities:
        if entity.type is EntityType.RESPONDENT:
            agrees = any(entity.text in string or string in entity.text for string in accused)
            yield Verdict("found is respondent", "", agrees, entity.text)


def _shape(string: str) -> str:
    return next((name for name, shape in _SHAPES.items() if shape.match(string)), "description")


def _is_found(string: str, protected: Protected) -> bool:
    return any(e.text in string or string in e.text for e in protected.entities if e.type is EntityType.RESPONDENT)


class Tables:
    """Counts of right and wrong per measure and group of letters."""

    def __init__(self, *, show: bool) -> None:
        self._counts: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
        self._show = show

    def add(self, record: dict[str, Any], protected: Protected, groups: tuple[str, ...], *, hidden: bool) -> None:
        """Count one letter under its groups; a `hidden` one is never shown."""
        for verdict in judge(record, protected):
            for group in groups:
                self._counts[verdict.measure, group][verdict.right] += 1
                if verdict.kind:
                    self._counts[f"{verdict.measure}, {verdict.kind}", group][verdict.right] += 1
            if self._show and not hidden and not verdict.right and verdict.measure != "found is respondent":
                place = max(0, record["text"].find(verdict.string))
                around = re.sub(r"\s", "/", record["text"][max(0, place - 16) : place + 20])
                print(verdict.measure, record["id"], verdict.string, "|", around)
        masked = sum(r.source.end - r.source.start for r in protected.text.replacements)
        for group in groups:
            if "signed" in record:
                self._counts["way of signing right", group][protected.signed == record["signed"]] += 1
            self._counts["share of text masked", group] += Counter({True: masked, False: len(record["text"]) - masked})

    def share(self, measure: str, group: str) -> Share:
        """Return how much of a measure was right in a group."""
        counts = self._counts[measure, group]
        return Share(counts[True], counts.total())

    def print(self, title: str) -> None:
        """Print all rows."""
        print(title)
        for (measure, group), counts in sorted(self._counts.items(), key=lambda item: (item[0][1], item[0][0])):
            print(f"  {group:12s} {measure:28s} {_told(Share(counts[True], counts.total()))}")


def _told(share: Share) -> str:
    low, high = share.range
    return f"{share.hits}/{share.tries} = {share.value:.4f} [{low:.4f}, {high:.4f}]"


def measure_gold(finder: EntityFinder, *, show: bool) -> Tables:
    """Return what is measured on the texts written for masking, the held half and the tuned half apart."""
    tables = Tables(show=show)
    for record in read_lines(_GOLD):
        half = "held" if record["held"] else "tuned"
        protected = protect(letter_of(record), finder)
        tables.add(record, protected, (half, f"{half} {record['slice']}"), hidden=record["held"])
    return tables


def measure_corpus(finder: EntityFinder, *, show: bool) -> Tables:
    """Return what is measured on the corpus by half, author and way of signing, the frozen part apart."""
    tables = Tables(show=show)
    letters = read_corpus(_CORPUS)
    kept = {letters[row].id for row in frozen(letters).tolist()}
    for half in ("literary", "natural"):
        for record in read_lines(_CORPUS / f"{half}.jsonl"):
            hidden = record["id"] in kept
            groups = (
                half,
                record["id"].split("-")[0],
                record["kind"],
                record["signed"],
                f"{half} {'frozen' if hidden else 'open'}",
            )
            tables.add(record, protect(letter_of(record), finder), groups, hidden=hidden)
    return tables


def measure_mail(finder: EntityFinder, path: Path) -> None:
    """Print the share of characters masked in other mail, and milliseconds per letter."""
    letters = [letter_of({"text": record["text"], "title": record.get("title")}) for record in read_lines(path)]
    protect(letters[0], finder)
    start = time.process_time()
    protected = [protect(letter, finder) for letter in letters]
    middle = time.process_time()
    for one in protected:
        document(
            one.subject.text,
            one.text.text,
            kind=one.kind,
            received=None,
            entities=masked_entities(one),
            parts=one.parts,
        )
    end = time.process_time()
    masked = sum(r.source.end - r.source.start for one in protected for r in one.text.replacements)
    length, ms = sum(len(letter.text) for letter in letters), 1000 / len(letters)
    print(
        f"{len(letters)} letters of {length / len(letters):.0f} characters: {_told(Share(masked, length))} of the characters masked"
    )
    print(f"protect {(middle - start) * ms:.2f} ms, document {(end - middle) * ms:.2f} ms a letter")


def main() -> int:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--mail", type=Path)
    arguments = parser.parse_args()
    finder = EntityFinder(Lexicons.load(_HOME / "data" / "lexicons"))
    gold, corpus = (measure(finder, show=arguments.show) for measure in (measure_gold, measure_corpus))
    gold.print("evaluation/gold/masking.jsonl (authored; `held` was not looked at)")
    corpus.print("data/corpus (authored; the rules were written on its open part)")
    if arguments.mail:
        measure_mail(finder, arguments.mail)
    return 0


if __name__ == "__main__":
    sys.exit(main())
