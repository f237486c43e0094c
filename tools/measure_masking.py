"""Measures the masking of the authored corpus, entity finding on other gold files, and the time per letter.

usage: measure_masking.py [--misses] [--ner FILE]... [--speed FILE]

`FILE` of `--ner` holds lines {text, entities: [[start, end, type]]}; that of `--speed` lines {title, text}. Nothing of a letter is printed without
`--misses`, which shows the fictional corpus only.
"""

import argparse
import json
import math
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from xiansuo.domain.letter import Channel, Item, Kind, Letter
from xiansuo.domain.text import EntityType
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.prepare import Protected, document, masked_entities, protect

_HOME = Path(__file__).resolve().parent.parent
_FIELDS = {
    "org": EntityType.ORG,
    "place": EntityType.PLACE,
    "money": EntityType.MONEY,
    "time": EntityType.TIME,
    "accused": EntityType.RESPONDENT,
}
_PEOPLE = frozenset({EntityType.PETITIONER, EntityType.RESPONDENT, EntityType.PERSON})
_NER = {
    "NAME": _PEOPLE,
    "name": _PEOPLE,
    "ORG": {EntityType.ORG},
    "organization": {EntityType.ORG},
    "government": {EntityType.ORG},
    "company": {EntityType.ORG},
}


class Share(NamedTuple):
    """Hits of tries."""

    hits: int
    tries: int

    def __str__(self) -> str:
        low, high = wilson(self.hits, self.tries)
        return f"{self.hits}/{self.tries} = {self.hits / max(1, self.tries):.4f} [{low:.4f}, {high:.4f}]"


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if not tries:
        return 0.0, 1.0
    z, share = 1.96, hits / tries
    centre, spread = (
        share + z * z / (2 * tries),
        z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries)),
    )
    scale = 1 + z * z / tries
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def letter_of(record: dict[str, Any]) -> Letter:
    """Return a corpus record as the letter that intake would hand on."""
    item = Item("measure", record.get("id", ""), b"", "text/plain", Channel.MAILBOX)
    received = date.fromisoformat(record["date"]) if record.get("date") else None
    kind = Kind(record["kind"]) if record.get("kind") else None
    return Letter(item, record["text"], record.get("subject") or record.get("title") or "", kind, received)


def judge(record: dict[str, Any], protected: Protected) -> Iterator[tuple[str, bool, str]]:
    """Yield (measure, right, string) for every petitioner and respondent string, by the definitions the product is judged by."""
    entities = record.get("entities") or {}
    accused, petitioner = set(entities.get("accused") or []), set(entities.get("petitioner") or [])
    for string in petitioner - accused:
        yield "masked", string not in protected.text.text, string
        if string in (record.get("subject") or ""):
            yield "masked in subject", string not in protected.subject.text, string
    for string in accused - petitioner:
        yield "readable", string in protected.text.text, string


def measure_corpus(finder: EntityFinder, *, misses: bool) -> None:
    """Print recall, readability, over-masking and entity agreement by half and by author."""
    hits: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for half in ("literary", "natural"):
        for record in read_lines(_HOME / "data" / "corpus" / f"{half}.jsonl"):
            protected = protect(letter_of(record), finder)
            for group in ("all", half, record["id"].split("-")[0]):
                for measure, right, string in judge(record, protected):
                    hits[measure, group][right] += 1
                    if misses and not right and group == "all":
                        place = max(0, record["text"].find(string))
                        print(
                            measure,
                            record["id"],
                            string,
                            "|",
                            re.sub(r"\s", "/", record["text"][max(0, place - 16) : place + 20]),
                        )
                hidden = sum(r.source.end - r.source.start for r in protected.text.replacements)
                hits["share of text masked", group] += Counter({True: hidden, False: len(record["text"]) - hidden})
                hits["signed right", group][protected.signed == record["signed"]] += 1
            compare(record, protected, found)
    for (measure, group), counts in sorted(hits.items()):
        print(f"{measure:22s} {group:9s} {Share(counts[True], counts.total())}")
    for name, agreed in sorted(found.items()):
        print(
            f"{name:22s} recall {Share(agreed['hit'], agreed['gold'])}  of the found, in the field {Share(agreed['match'], agreed['found'])}"
        )


def compare(record: dict[str, Any], protected: Protected, found: dict[str, Counter[str]]) -> None:
    """Count how the found entities agree with the record's fields; authors listed the main ones only, so precision is a lower bound."""
    for name, kind in _FIELDS.items():
        gold = (record.get("entities") or {}).get(name) or []
        texts = {entity.text for entity in protected.entities if entity.type is kind}
        found[name]["gold"] += len(gold)
        found[name]["hit"] += sum(any(text in string or string in text for text in texts) for string in gold)
        found[name]["found"] += len(texts)
        found[name]["match"] += sum(any(text in string or string in text for string in gold) for text in texts)


def measure_ner(finder: EntityFinder, path: Path) -> None:
    """Print span agreement with a named-entity gold file: exact, and overlapping."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for record in read_lines(path):
        entities = finder.find(record["text"])
        for name, kinds in (("person", _PEOPLE), ("org", {EntityType.ORG})):
            gold = {(s, e) for s, e, kind in record["entities"] if _NER.get(kind) == kinds}
            mine = {(entity.start, entity.end) for entity in entities if entity.type in kinds}
            counts[name] += Counter(
                gold=len(gold),
                found=len(mine),
                exact=len(gold & mine),
                near=_overlapping(gold, mine),
                right=_overlapping(mine, gold),
            )
    for name, c in counts.items():
        print(
            f"{path.stem} {name}: recall exact {Share(c['exact'], c['gold'])} overlapping {Share(c['near'], c['gold'])}; precision exact {Share(c['exact'], c['found'])} overlapping {Share(c['right'], c['found'])}"
        )


def _overlapping(these: Iterable[tuple[int, int]], those: set[tuple[int, int]]) -> int:
    return sum(any(s < end and start < e for s, e in those) for start, end in these)


def measure_speed(finder: EntityFinder, path: Path) -> None:
    """Print milliseconds per letter for masking and for making the document."""
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
    start2 = time.process_time()
    for letter in letters:
        finder.find(letter.text)
    found = time.process_time() - start2
    length = sum(len(letter.text) for letter in letters) / len(letters)
    ms = 1000 / len(letters)
    print(
        f"{len(letters)} letters of {length:.0f} characters: find {found * ms:.2f} ms, protect {(middle - start) * ms:.2f} ms, document {(end - middle) * ms:.2f} ms a letter"
    )


def main() -> int:
    """Measure what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--ner", type=Path, action="append", default=[])
    parser.add_argument("--speed", type=Path)
    arguments = parser.parse_args()
    finder = EntityFinder(Lexicons.load(_HOME / "data" / "lexicons"))
    measure_corpus(finder, misses=arguments.misses)
    for path in arguments.ner:
        measure_ner(finder, path)
    if arguments.speed:
        measure_speed(finder, arguments.speed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
