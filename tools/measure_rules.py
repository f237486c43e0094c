"""Measures what the rule books alone find: order and labels, accusation quotes touched, traps raised, each rule's precision, time per letter.

Authored letters are not real petitions. The frozen part of the corpus is left out, so that rules may be changed by what this prints.
"""

import argparse
import json
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from xiansuo.classifiers.prepare import Prepared, load_tools, prepare
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import Reading
from xiansuo.evaluation.baselines import rules_alone
from xiansuo.evaluation.gold import countable, read_corpus, read_gold
from xiansuo.evaluation.report import as_table, measure
from xiansuo.evaluation.split import frozen
from xiansuo.rulebook.check import RuleStatistics, statistics
from xiansuo.rulebook.example import example_document
from xiansuo.rulebook.match import RuleBooks
from xiansuo.settings import Settings

COLUMNS = (
    "scope_auroc",
    "mean_ap",
    "macro_f1",
    "traps_raised",
    "denied_raised",
    "implicit_found",
    "out_of_scope_raised",
    "serious_found",
)
ROUNDS = 3


def measured(corpus: Path, others: Iterable[Path]) -> Iterator[tuple[str, Prepared]]:
    """Yield the two halves of the corpus without their frozen part, then the other gold files."""
    tools = load_tools(Settings().home)
    letters = read_corpus(corpus)
    kept = set(range(len(letters))) - set(frozen(letters).tolist())
    for half in sorted({letter.half for letter in letters}):
        yield half, prepare([letters[row] for row in sorted(kept) if letters[row].half == half], tools)
    for path in others:
        yield path.stem, prepare(countable(read_gold(path)), tools)


def touched(data: Prepared, category: Category | None = None) -> tuple[int, int]:
    """Return how many gold quotes a counting hit of their category overlaps, and how many there are."""
    quotes = [
        (quote, reading)
        for quoted, reading in zip(data.quotes, data.readings, strict=True)
        for quote in quoted
        if quote.category is not None and category in {None, quote.category}
    ]
    found = sum(
        any(hit.counts and hit.category is quote.category and hit.span.overlaps(quote.span) for hit in reading.hits)
        for quote, reading in quotes
    )
    return found, len(quotes)


def by_category(data: Prepared) -> Iterator[str]:
    """Yield one line per category: precision, recall and average precision of a counting hit, and quotes touched."""
    given = rules_alone(data.readings)
    report = measure(data.letters, given, data="", method="", rounds=0)
    for column, category in enumerate(CATEGORIES):
        settled = [row for row, letter in enumerate(data.letters) if category not in letter.disputed]
        gold = np.array([category in data.letters[row].labels for row in settled])
        raised = given.raised[settled, column]
        right = float((gold & raised).sum())
        found, quotes = touched(data, category)
        yield (
            f"  {category:15s} P {right / max(1, raised.sum()):.2f}  R {right / max(1, gold.sum()):.2f}"
            f"  AP {report.value(f'ap_{category}'):.2f}  quotes touched {found}/{quotes} = {found / max(1, quotes):.2f}"
        )
    found, quotes = touched(data)
    yield f"  {'all':15s} {'':26s} quotes touched {found}/{quotes} = {found / max(1, quotes):.2f}"


def rule_rows(books: RuleBooks, sets: Sequence[tuple[str, Prepared]]) -> Iterator[str]:
    """Yield one line per rule: per set the letters in which it counted, its precision, and the letters only it caught."""
    tables = [_statistics(books, data) for _, data in sets]
    yield "rule".ljust(28) + "".join(f"{name[:16]:>20}" for name, _ in sets) + "   (counted  precision  alone)"
    for rule in books.rules:
        yield f"{rule.subtype} {rule.id:25s}" + "".join(_cell(table[rule.id]) for table in tables)


def _statistics(books: RuleBooks, data: Prepared) -> dict[str, RuleStatistics]:
    gold = [letter.labels | letter.disputed for letter in data.letters]
    return {row.rule: row for row in statistics(books, data.readings, gold)}


def _cell(row: RuleStatistics) -> str:
    precision = "   –" if row.precision is None else f"{row.precision:.2f}"
    return f"{row.counted:>9d} {precision} {row.alone:>4d} "


def speed(books: RuleBooks, path: Path) -> str:
    """Return the milliseconds of one core that reading a letter of a JSON Lines file takes, and how many are raised."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    documents = [example_document(row["text"] or "", row.get("subject") or row.get("title") or "") for row in rows]
    spent, readings = math.inf, list[Reading]()
    for _ in range(ROUNDS):
        began = time.process_time()
        readings = [books.read(document) for document in documents]
        spent = min(spent, time.process_time() - began)
    raised = sum(any(hit.counts for hit in reading.hits) for reading in readings)
    return f"{path.stem}: {len(rows)} letters, {raised / len(rows):.3f} raised, {1000 * spent / len(rows):.3f} ms a letter (best of {ROUNDS})"


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("gold", type=Path, nargs="*", help="gold files beside the corpus")
    asked.add_argument("--rules", action="store_true", help="also print every rule")
    asked.add_argument("--speed", type=Path, help="JSON Lines of letters to time the reading on")
    given = asked.parse_args()
    settings = Settings()
    books = load_tools(settings.home).books
    sets = list(measured(settings.corpus, given.gold))
    reports = [
        measure(data.letters, rules_alone(data.readings), data=name, method="rules", rounds=0) for name, data in sets
    ]
    print(as_table(reports, COLUMNS))
    for name, data in sets:
        print(f"\n{name}: {len(data.letters)} letters", *by_category(data), sep="\n")
    if given.rules:
        print("", *rule_rows(books, sets), sep="\n")
    if given.speed:
        print("", speed(books, given.speed), sep="\n")


if __name__ == "__main__":
    main()
