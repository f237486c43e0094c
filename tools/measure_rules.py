"""Measures what the rule books alone find: precision, recall and F1 per category, traps raised, time per letter.

usage: measure_rules.py CORPUS.jsonl ...   (records with id, text or subject and labels; `border` ones are left out)
"""

import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import Reading
from xiansuo.rulebook.example import example_document
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.match import RuleBooks, categories

Record = Mapping[str, Any]
Read = tuple[Record, frozenset[Category]]
LEAST = (0.0, 2.0)


def read_all(books: RuleBooks, path: Path) -> Iterator[tuple[Record, Reading]]:
    """Read every record of a JSON Lines corpus."""
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if not record.get("border"):
            text = record["text"] or ""
            subject = record.get("subject") or record.get("title") or ""
            yield record, books.read(example_document(text, subject))


def scores(reads: list[Read], category: str) -> tuple[float, float, float]:
    """Return precision, recall and F1 of one category; what only one annotator saw is neither right nor wrong."""
    judged = [
        (category in record["labels"], category in found)
        for record, found in reads
        if category not in (record.get("disputed") or ())
    ]
    hits = sum(gold and raised for gold, raised in judged)
    precision = hits / max(1, sum(raised for _, raised in judged))
    recall = hits / max(1, sum(gold for gold, _ in judged))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def share(reads: Iterable[Read]) -> str:
    """Return how many of some letters are raised."""
    raised = [bool(found) for _, found in reads]
    return f"{sum(raised)}/{len(raised)} = {sum(raised) / max(1, len(raised)):.3f}"


def report(name: str, reads: list[Read]) -> None:
    """Print the table of one corpus."""
    print(f"\n{name}: {len(reads)} letters")
    table = [(category.value, scores(reads, category.value)) for category in CATEGORIES]
    for category, row in table:
        print(f"  {category:15s} P {row[0]:.3f}  R {row[1]:.3f}  F1 {row[2]:.3f}")
    print(
        "  macro           P {:.3f}  R {:.3f}  F1 {:.3f}".format(
            *(statistics.mean(row[i] for _, row in table) for i in (0, 1, 2))
        )
    )
    empty = [read for read in reads if not read[0]["labels"]]
    print("  in scope, raised:        ", share(read for read in reads if read[0]["labels"]))
    print("  out of scope, raised:    ", share(empty))
    for hard in ("keyword_trap", "denied_question"):
        print(f"  {hard} raised:", share(read for read in empty if hard in (read[0].get("hard") or ())))
    print(
        "  implicit found:",
        share(read for read in reads if read[0]["labels"] and "implicit" in (read[0].get("hard") or ())),
    )
    for name_, side in (("transcripts in scope", True), ("transcripts out of scope", False)):
        print(
            f"  {name_}, raised:",
            share(read for read in reads if read[0].get("kind") == "transcript" and bool(read[0]["labels"]) is side),
        )


def main() -> None:
    """Measure every corpus named on the command line."""
    books = load_rule_books(Path(__file__).parent.parent / "rules")
    for argument in sys.argv[1:]:
        path = Path(argument)
        began = time.process_time()
        reads = list(read_all(books, path))
        spent = time.process_time() - began
        characters = sum(len(record["text"] or "") for record, _ in reads)
        if any("labels" in record for record, _ in reads):
            for least in LEAST:
                judged = [(record, categories(reading, least=least)) for record, reading in reads]
                report(f"{path.name}, counting hits of weight >= {least:g}", judged)
        else:
            print(
                f"\n{path.name}: {len(reads)} letters, raised {share((record, categories(reading)) for record, reading in reads)}"
            )
        print(
            f"  {1000 * spent / len(reads):.3f} ms of one core per letter of {characters / len(reads):.0f} characters, {270_000 * spent / characters:.3f} ms per 270"
        )


if __name__ == "__main__":
    main()
